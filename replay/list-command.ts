/** `clickstreamy replay list`: failed records by hour, prefix and cause. */
import { z } from 'zod';
import type { Command, Context } from '../core/command/command';
import { flag } from '../core/command/values';
import { openProgressLine } from '../core/progress-line';
import { countFailures } from './count-failures';
import { collectProblems } from './problems';
import { renderGroups } from './render';
import { openChosen, sourceOptions } from './source-options';

const Options = z.object({ ...sourceOptions, json: flag().describe('One line of JSON instead of the table') });

export const listCommand: Command<typeof Options> = {
  about: 'Counts failed records by the hour of their arrival (UTC), by prefix and by cause.',
  usage: 'DIR|s3://BUCKET/PREFIX [options]',
  options: Options,
  examples: [
    ['data', 'A data folder of `local`'],
    ['s3://clickstream-backup-1/apache_processing-failed/', 'A bucket, with your AWS credentials'],
    ['data --from 2026-11-23 --to 2026-11-24 --json', 'One day, for a program'],
  ],
  notes:
    'Exit code 0 when everything was read, however many records failed; 1 when a line or an object could not be read; 2 for wrong ' +
    'usage. $AWS_ENDPOINT_URL_S3 names another S3 server.',
  run,
};

async function run({ json, ...options }: z.output<typeof Options>, { quiet }: Context): Promise<void> {
  const view = openProgressLine({ quiet });
  const problems = collectProblems(view.warn);
  const { source, filter } = await openChosen(options, process.env);
  const counted = await countFailures(source, filter, {
    onProgress: (toText) => view.show(toText),
    onProblem: problems.add,
  });
  view.end();
  process.stdout.write(json ? `${JSON.stringify({ source: source.place, ...counted })}\n` : renderGroups(counted));
  problems.failIfAny();
}
