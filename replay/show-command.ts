/** `clickstreamy replay show`: failed records as text. */
import { z } from 'zod';
import { toStandardOutput } from '../core/byte-writer';
import type { Command } from '../core/command/command';
import { flag } from '../core/command/values';
import { errnoOf, reasonOf } from '../core/errors';
import { collectProblems, type Problems } from './problems';
import { readFailures, UnreadableObject } from './read-failures';
import { renderFailure, toShown } from './render';
import type { SourceObject } from './source';
import { type Chosen, openChosen, sourceOptions } from './source-options';

const Options = z.object({
  ...sourceOptions,
  json: flag().describe('A line of JSON for each record instead of text'),
});

export const showCommand: Command<typeof Options> = {
  about:
    'Prints failed records: the file and the line, when the record arrived, why it failed, and its text. ' +
    'Control characters are escaped, so that a terminal does not obey what a visitor sent.',
  usage: 'DIR|s3://BUCKET/PREFIX [options]',
  options: Options,
  examples: [
    ['data | less', 'A data folder of `local`'],
    ['s3://clickstream-backup-1/ --prefix apache_elasticsearch-failed/ --cause 400', 'What the domain refused'],
    ['data --json | jq -r .text', 'The texts alone, for a program'],
  ],
  notes:
    'Exit code 0 when everything was read, 1 when a line or an object could not be read, 2 for wrong usage. ' +
    'When the reader closes the pipe (`| head`), it ends quietly with 0.',
  run,
};

async function run({ json, ...options }: z.output<typeof Options>): Promise<void> {
  const problems = collectProblems((sentence) => process.stderr.write(`${sentence}\n`));
  const chosen = await openChosen(options, process.env);
  const write = toStandardOutput();
  const print = async (text: string) => write(Buffer.from(text));
  try {
    for await (const object of chosen.source.objects(problems.add))
      await showObject(object, { ...chosen, problems, json, print });
  } catch (error) {
    if (errnoOf(error) === 'EPIPE') return;
    throw error;
  }
  problems.failIfAny();
}

interface ShowProps extends Pick<Chosen, 'filter'> {
  readonly problems: Problems;
  readonly json: boolean;
  readonly print: (text: string) => Promise<void>;
}

async function showObject(object: SourceObject, { filter, problems, json, print }: ShowProps): Promise<void> {
  try {
    for await (const lines of readFailures(object, () => {})) {
      let text = '';
      for (const line of lines) {
        if (!('failure' in line)) problems.add(`${object.key}:${line.line}`, line.why);
        else if (filter(line.failure)) {
          text += json ? `${JSON.stringify(toShown(object.key, line))}\n` : renderFailure(object.key, line);
        }
      }
      if (text !== '') await print(text);
    }
  } catch (error) {
    if (!(error instanceof UnreadableObject)) throw error;
    problems.add(object.key, `cannot be read to its end: ${reasonOf(error.cause)}`);
  }
}
