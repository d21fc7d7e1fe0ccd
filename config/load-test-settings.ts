import { z } from 'zod';
import { LogDays, ParameterName } from './aws-values';

export const LoadTestSettings = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe('Deploy what `traffic load` needs: tasks on Fargate that send visitors to your own site.'),
    url: z
      .url({ protocol: /^https?$/, error: 'is no http or https address' })
      .refine((url) => URL.canParse(url) && new URL(url).pathname === '/', 'must be the site without a path')
      .optional()
      .describe('The site, which must be your own; without it the one that is deployed here.'),
    tasks: z.int().min(1).max(50).default(2).describe('How many tasks share the visitors, a shard each.'),
    rate: z.number().positive().max(100_000).default(50).describe('Requests a second, of all tasks together.'),
    seconds: z.int().min(1).max(86_400).default(60).describe('How long a run takes.'),
    errors: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe('The share of requests that the site is asked to answer with 500.'),
    vcpus: z
      .union(
        [0.25, 0.5, 1, 2, 4].map((vcpus) => z.literal(vcpus)),
        { error: 'must be one of 0.25, 0.5, 1, 2, 4' },
      )
      .default(0.5)
      .describe('Processors of a task; it has 2 GB of memory for each.'),
    tokenParameter: ParameterName.optional().describe(
      'Name of the SecureString parameter of Systems Manager that holds the site’s token, encrypted by AWS’s own key; without it and without `url`, `website.tokenParameter`.',
    ),
    logDays: LogDays.describe('Days that the logs of the tasks are kept.'),
  })
  .describe('Load from several machines: docs/load.md.');
export type LoadTestSettings = z.output<typeof LoadTestSettings>;
