/** Journeys of one's own: a JSON list in the shape of `JOURNEYS`, documented in docs/traffic.md. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ACTIONS, OUTCOMES } from '../click/click-event';
import { reasonOf, ToolkitError } from '../core/errors';
import { parse } from '../core/parse';
import type { Journey } from './journeys';

/** As a browser would send it: what is not percent-encoded ASCII would break the request line. */
const PATH = /^\/(?!\/)[!-~]*$/;

const Expect = z.strictObject({
  status: z.int().min(200, 'must be 200 to 599').max(599, 'must be 200 to 599'),
  action: z.enum(ACTIONS),
  outcome: z.enum(OUTCOMES).optional(),
});

const Step = z.strictObject({
  method: z.enum(['GET', 'POST']).default('GET'),
  path: z.string().regex(PATH, 'must be a path of the site, percent-encoded, as /products/{product}/'),
  form: z.record(z.string(), z.string()).optional(),
  expect: Expect.default({ status: 200, action: 'page_view' }),
});

const Journeys = z
  .array(
    z.strictObject({
      name: z.string().min(1, 'must not be empty'),
      weight: z.number().min(0, 'must be 0 or more'),
      visitor: z.enum(['guest', 'newcomer', 'member', 'bot']).default('guest'),
      steps: z.array(Step).min(1, 'must have a step'),
    }),
  )
  .refine((journeys) => journeys.some(({ weight }) => weight > 0), 'one journey must have a weight of more than 0')
  .refine((journeys) => journeys.some(({ weight, visitor }) => weight > 0 && /guest|bot/.test(visitor)), {
    message: "one journey must be a guest's or a bot's: names run out, and at first nobody has signed up",
  });

/** @throws ToolkitError JOURNEYS_UNUSABLE */
export function readJourneys(file: string): readonly Journey[] {
  return parse(Journeys, readJson(file), (why) => unusable(`The journeys in ${file} cannot be used: ${why}.`));
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'it is no JSON' : reasonOf(error);
    throw unusable(`The journeys in ${file} cannot be read: ${why}.`, error);
  }
}

function unusable(message: string, cause?: unknown): ToolkitError {
  return new ToolkitError(
    'JOURNEYS_UNUSABLE',
    message,
    'docs/traffic.md has an example to begin with.',
    cause === undefined ? {} : { cause },
  );
}
