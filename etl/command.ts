/** `clickstreamy etl`: access lines to click events, as a Unix filter. */
import { z } from 'zod';
import type { Command, Context } from '../core/command/command';
import { file, flag, host, list } from '../core/command/values';
import { reportFailure } from '../core/command-line';
import { errnoOf } from '../core/errors';
import { openInput } from './lines-input';
import { openRejects, standardOutput } from './lines-output';
import { renderSummary, startProgress, warningOf } from './lines-progress';

const Options = z.object({
  files: list(file()).describe('Access logs, in order; `-` is standard input').meta({ positional: true }),
  rejects: file()
    .optional()
    .describe('Write the lines that are not access lines to this file, as NDJSON: file, line, reason, raw'),
  siteHost: list(host()).describe(
    'Your site’s host[:port], for logs whose lines do not name it: turns referers into pages',
  ),
  json: flag().describe('Summary as one line of JSON, still on standard error: standard output belongs to the events'),
});

export const etlCommand: Command<typeof Options> = {
  about:
    'Reads Apache access lines from the files (or standard input; gzip is unpacked, whatever the name), ' +
    'writes a click event as JSON for each to standard output, and a summary to standard error.',
  usage: '[options] [files..]',
  options: Options,
  examples: [
    ['$0 < access_log > events.ndjson', 'One log'],
    [
      '$0 access_log.2.gz access_log.1 access_log --rejects rejects.ndjson | head',
      'Rotated logs; the lines that are rejected go to a file',
    ],
    ['tail -f access_log | $0 | jq -c .page', 'A log that grows'],
  ],
  notes:
    'Exit code 0 even when lines were rejected (the summary counts them), 1 when a file could not be read to its end ' +
    '(the others are) or not be written, 2 for wrong usage. When the reader closes the pipe (`| head`), it ends quietly with 0.',
  run: runEtl,
};

async function runEtl(
  { files, rejects, json, siteHost }: z.output<typeof Options>,
  { quiet, note }: Context,
): Promise<void> {
  // Loaded here, so that --help does not wait for them.
  const { runLines } = require('./lines') as typeof import('./lines');
  const started = performance.now();
  const inputs = (files.length === 0 ? ['-'] : files).map(openInput);
  const rejectsFile = rejects === undefined ? undefined : await openRejects(rejects, files);
  const progress = startProgress(inputs, quiet);
  let faults = 0;
  try {
    const summary = await runLines({
      inputs,
      output: standardOutput(),
      rejects: rejectsFile?.write,
      siteHosts: siteHost,
      onProgress: progress.show,
      onFault: (fault) => {
        faults += 1;
        progress.clear();
        reportFailure(fault);
      },
    });
    progress.clear();
    const warning = warningOf(summary);
    if (warning !== undefined) progress.warn(warning);
    // Where nothing could be read, the errors say all.
    if (summary.bytes > 0 || faults < inputs.length)
      note(renderSummary(summary, (performance.now() - started) / 1000, json));
  } catch (error) {
    progress.clear();
    // The reader has gone (`| head`): it has all that it wanted.
    if (errnoOf(error) !== 'EPIPE') throw error;
  } finally {
    await rejectsFile?.close();
  }
}
