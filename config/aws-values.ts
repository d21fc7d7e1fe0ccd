/** Values that AWS defines and that several sections of the settings share. */
import { z } from 'zod';

/** The retentions that CloudWatch Logs offers, in days. */
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export const LogDays = z
  .union(
    RETENTIONS.map((days) => z.literal(days)),
    { error: `must be one of ${RETENTIONS.join(', ')}` },
  )
  .default(14);

/** A parameter of Systems Manager. */
export const ParameterName = z
  .string()
  .regex(/^\/[\w.\-/]{1,1010}$/, 'must be a parameter’s name, such as /clickstreamy/token');

export const RoleArn = z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, 'must be the ARN of an IAM role');
