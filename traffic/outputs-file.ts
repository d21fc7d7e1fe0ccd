/** The site's address as it was deployed: from the file that `cdktf deploy --outputs-file FILE` leaves, `{"<stack>": {"siteUrl": …}}`. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { reasonOf, ToolkitError } from '../core/errors';
import { parse } from '../core/parse';

const KEY = 'siteUrl';
const Stacks = z.record(z.string(), z.record(z.string(), z.unknown(), 'must be outputs by stack'), 'must be stacks');
const SiteUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https address' });

/**
 * @returns the site's origin, of whichever stack says it.
 * @throws ToolkitError OUTPUTS_UNUSABLE
 */
export function readSiteUrl(file: string): string {
  const stacks = parse(Stacks, readJson(file), (why) => unusable(`The outputs in ${file} cannot be used: ${why}.`));
  const found = Object.values(stacks).find((outputs) => KEY in outputs);
  if (found === undefined) throw unusable(`The outputs in ${file} have no ${KEY}.`);
  return new URL(parse(SiteUrl, found[KEY], (why) => unusable(`The ${KEY} in ${file} cannot be used: it ${why}.`)))
    .origin;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error instanceof SyntaxError ? 'it is no JSON' : reasonOf(error);
    throw unusable(`The outputs in ${file} cannot be read: ${why}.`, error);
  }
}

function unusable(message: string, cause?: unknown): ToolkitError {
  return new ToolkitError(
    'OUTPUTS_UNUSABLE',
    message,
    'Deploy with --outputs-file, or give the site with --url.',
    cause === undefined ? {} : { cause },
  );
}
