import { z } from 'zod';

const percent = (fallback: number) => z.number().min(1).max(100).default(fallback);

export const AlarmSettings = z.strictObject({
  enabled: z.boolean().default(true).describe('Create alarms, a topic that they notify, and a dashboard.'),
  emails: z
    .array(z.email('must be an e-mail address'))
    .default([])
    .describe('Addresses that are notified; each must confirm its first mail.'),
  topicArn: z
    .string()
    .regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:.+$/, 'must be the ARN of an SNS topic')
    .optional()
    .describe('An existing topic to notify; by default an encrypted one is created.'),
  freshnessSeconds: z
    .int()
    .min(60)
    .max(86_400)
    .default(900)
    .describe('Alarm when the oldest undelivered record is older than this.'),
  successPercent: percent(99).describe(
    'Alarm when a smaller percentage of the deliveries, the copies or the transform calls succeeds.',
  ),
  freeStoragePercent: percent(25).describe('Alarm when a data node has less than this percentage of its volume free.'),
  cpuPercent: percent(80).describe('Alarm when the domain’s CPU load is above this for 15 minutes.'),
  jvmPressurePercent: percent(80).describe('Alarm when a node’s Java heap is fuller than this for 15 minutes.'),
});
export type AlarmSettings = z.output<typeof AlarmSettings>;
