/** Journeys from a file: a JSON list in the shape of `JOURNEYS`, documented in docs/traffic.md. */
import { z } from 'zod';
import { ACTIONS, OUTCOMES } from '../click/click-event';
import { ToolkitError } from '../core/errors';
import { readJsonFile } from '../core/json-file';
import type { Journey } from './journeys';

/** Percent-encoded ASCII, as browsers send it: anything else would break the request line. */
const PATH = /^\/(?!\/)[!-~]*$/;

const Expect = z.strictObject({
  status: z.int().min(200, 'must be 200 to 599').max(599, 'must be 200 to 599'),
  action: z.enum(ACTIONS),
  outcome: z.enum(OUTCOMES).optional(),
});

const Step = z.strictObject({
  method: z.enum(['GET', 'POST']).default('GET'),
  path: z.string().regex(PATH, 'must be a path on the site, percent-encoded, such as /products/{product}/'),
  form: z.record(z.string(), z.string()).optional(),
  expect: Expect.default({ status: 200, action: 'page_view' }),
});

const Journeys = z
  .array(
    z.strictObject({
      name: z.string().min(1, 'must not be empty'),
      weight: z.number().min(0, 'must be 0 or more'),
      visitor: z.enum(['anonymous', 'newcomer', 'member', 'bot']).default('anonymous'),
      steps: z.array(Step).min(1, 'must have at least one step'),
    }),
  )
  .refine((journeys) => journeys.some(({ weight }) => weight > 0), 'at least one journey must have a weight above 0')
  .refine((journeys) => journeys.some(({ weight, visitor }) => weight > 0 && /anonymous|bot/.test(visitor)), {
    message:
      'at least one journey must be for anonymous visitors or bots: names run out, and at first nobody has signed up',
  });

/** @throws ToolkitError JOURNEYS_UNUSABLE */
export function readJourneys(file: string): readonly Journey[] {
  return readJsonFile(file, Journeys, (why, cause) => {
    const hint = 'docs/traffic.md has an example to start from.';
    return new ToolkitError('JOURNEYS_UNUSABLE', `The journeys in ${file} ${why}.`, hint, { cause });
  });
}
