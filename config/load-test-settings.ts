import { z } from 'zod';
import { LogDays, ParameterName } from './aws-values';

export const LoadTestSettings = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe('Deploy what `traffic load` needs: Fargate tasks that send visitors to your own site.'),
    url: z
      .url({ protocol: /^https?$/, error: 'must be an http or https address' })
      .refine((url) => URL.canParse(url) && new URL(url).pathname === '/', 'must be a site’s address without a path')
      .optional()
      .describe('The site to load, which must be your own; by default the one that is deployed here.'),
    tasks: z.int().min(1).max(50).default(2).describe('How many tasks share the visitors.'),
    rate: z.number().positive().max(100_000).default(50).describe('Requests per second of all tasks together.'),
    seconds: z.int().min(1).max(86_400).default(60).describe('Length of a run in seconds.'),
    errors: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe('Share of requests that the site is asked to answer with 500, from 0 to 1.'),
    vcpus: z
      .union(
        [0.25, 0.5, 1, 2, 4].map((vcpus) => z.literal(vcpus)),
        { error: 'must be one of 0.25, 0.5, 1, 2, 4' },
      )
      .default(0.5)
      .describe('Processors of each task, which gets 2 GB of memory per processor.'),
    tokenParameter: ParameterName.optional().describe(
      'Name of the Systems Manager SecureString parameter with the site’s token, encrypted with AWS’s own key; by default `website.tokenParameter`, unless `load.url` is set.',
    ),
    logDays: LogDays.describe('Days to keep the tasks’ logs.'),
  })
  .describe('Load from several machines: docs/load.md.');
export type LoadTestSettings = z.output<typeof LoadTestSettings>;
