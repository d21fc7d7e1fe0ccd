import { z } from 'zod';

/** The retentions that CloudWatch Logs has, in days. */
const DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

export const LogDays = z
  .union(
    DAYS.map((days) => z.literal(days)),
    { error: `must be one of ${DAYS.join(', ')}` },
  )
  .default(14);
