import type { CommandModule } from 'yargs';
import { z } from 'zod';
import { errnoOf, UsageError } from '../core/errors';
import { parse } from '../core/parse';
import { runLines } from './lines';
import { openInput } from './lines-input';
import { openRejects, standardOutput } from './lines-output';
import { renderSummary, startProgress } from './lines-progress';

const Arguments = z.object({
  files: z
    .array(z.string().refine((name) => !/^-./.test(name), { error: ({ input }) => `there is no option ${input}` }))
    .default([]),
  rejects: z.string('give one file').optional(),
  json: z.boolean(),
  siteHost: z.array(z.string().regex(/^[^\s/]+$/, 'give a host, with its port if it has one: shop.example.org:8080')),
});

export const etlCommand: CommandModule = {
  command: 'etl [files..]',
  describe: 'Access lines to NDJSON',
  builder: (yargs) =>
    yargs
      // Else yargs loses a file named `-`; what looks like an option and is none is refused above.
      .parserConfiguration({ 'unknown-options-as-args': true })
      .usage(
        '$0 etl [files..]\n\n' +
          'Reads Apache access lines from the files (or standard input; gzip is unpacked, whatever the name),\n' +
          'writes a click event as JSON for each to standard output, and a summary to standard error.',
      )
      .positional('files', { type: 'string', array: true, describe: 'Access logs, in order; `-` is standard input' })
      .option('rejects', {
        type: 'string',
        requiresArg: true,
        describe: 'Write the lines that are no access lines to this file, as NDJSON: file, line, reason, raw',
      })
      .option('site-host', {
        type: 'string',
        array: true,
        nargs: 1,
        default: [],
        describe: 'The site’s own host[:port], for logs whose lines do not name it: makes referers pages; repeatable',
      })
      .option('json', {
        type: 'boolean',
        default: false,
        describe: 'The summary as one line of JSON, on standard error too: standard output is the events’',
      })
      .example('$0 etl < access_log > events.ndjson', '')
      .example('$0 etl access_log.2.gz access_log.1 access_log --rejects rejects.ndjson | head', '')
      .example('tail -f access_log | $0 etl | jq -c .page', '')
      .epilogue(
        'Exit code 0 also when lines were rejected (the summary counts them), 1 when a file could not be read or\n' +
          'written, 2 for wrong usage. When the reader closes the pipe (`| head`) it ends quietly with 0.',
      ),
  handler: (argv) => runEtl(parse(Arguments, argv, (why) => new UsageError(why))),
};

async function runEtl({ files, rejects, json, siteHost }: z.output<typeof Arguments>): Promise<void> {
  const started = performance.now();
  const inputs = (files.length === 0 ? ['-'] : files).map(openInput);
  const rejectsFile = rejects === undefined ? undefined : await openRejects(rejects, files);
  const progress = startProgress(inputs);
  try {
    const summary = await runLines({
      inputs,
      output: standardOutput(),
      rejects: rejectsFile?.write,
      siteHosts: siteHost,
      onProgress: progress?.show,
    });
    progress?.clear();
    process.stderr.write(`${renderSummary(summary, (performance.now() - started) / 1000, json)}\n`);
  } catch (error) {
    progress?.clear();
    // The reader has gone (`| head`): it has all that it wanted.
    if (errnoOf(error) !== 'EPIPE') throw error;
  } finally {
    await rejectsFile?.close();
  }
}
