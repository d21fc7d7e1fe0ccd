import { z } from 'zod';

const percent = (fallback: number) => z.number().min(1).max(100).default(fallback);

export const AlarmSettings = z.strictObject({
  enabled: z.boolean().default(true).describe('Make alarms, a topic that they go to, and a dashboard.'),
  emails: z
    .array(z.email('is no e-mail address'))
    .default([])
    .describe('Who gets a mail; each must confirm the first one.'),
  topicArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:.+$/, 'is no ARN of an SNS topic')
    .optional()
    .describe('An existing topic; without it an encrypted one is made.'),
  freshnessSeconds: z
    .int()
    .min(60)
    .max(86_400)
    .default(900)
    .describe('Alarm when the oldest record that is not yet delivered is older.'),
  successPercent: percent(99).describe(
    'Alarm when fewer of the records, of the copies or of the transform calls succeed.',
  ),
  freeStoragePercent: percent(25).describe('Alarm when less of a data node’s volume is free.'),
  cpuPercent: percent(80).describe('Alarm when the domain’s processors are busier for 15 minutes.'),
  jvmPressurePercent: percent(80).describe('Alarm when the domain’s Java heap is fuller for 15 minutes.'),
});
export type AlarmSettings = z.output<typeof AlarmSettings>;
