/** `clickstreamy kibana setup`: the index template, put before the first event. */
import type { CommandModule } from 'yargs';
import { z } from 'zod';
import { AuthFlags, authFlags, loadAuth, parseServerUrl } from '../core/auth-flags';
import { readDeployedAddress } from '../core/deploy-outputs';
import { UsageError } from '../core/errors';
import { createHttpClient } from '../core/http-client';
import { parse } from '../core/parse';
import { DEFAULT_INDEX, IndexName } from '../store/search/index-template';
import { type PreparedIndex, prepareIndex } from '../store/search/prepare-index';

const Options = AuthFlags.extend({
  url: z.string('must be one address').optional(),
  outputs: z.string('must be one file').min(1, 'must name a file').optional(),
  index: IndexName,
  json: z.boolean(),
}).refine(({ url, outputs }) => (url === undefined) !== (outputs === undefined), {
  message: 'give the engine’s address with --url, or the file of the deployment’s outputs with --outputs',
});

export const setupCommand: CommandModule = {
  command: 'setup',
  describe: 'Make a search engine ready for click events, before the first one',
  builder: (yargs) =>
    yargs
      .usage(
        '$0 kibana setup (--url URL | --outputs FILE)\n\nPuts the index template: the types of the fields, which cannot be changed once an index is there.\n' +
          'Elasticsearch 6.3 and later, OpenSearch. Safe to repeat.',
      )
      .option('url', { type: 'string', requiresArg: true, describe: 'The search engine’s address' })
      .option('outputs', {
        type: 'string',
        requiresArg: true,
        describe: 'Take the address from what `cdktf deploy --outputs-file` has written',
      })
      .option('index', {
        type: 'string',
        requiresArg: true,
        default: DEFAULT_INDEX,
        describe: 'The index, and with `-…` behind it what Firehose rotates it to',
      })
      .options(authFlags)
      .option('json', { type: 'boolean', default: false, describe: 'One line of JSON with what was done' })
      .example('$0 kibana setup --url http://127.0.0.1:9200', 'An engine on this machine')
      .example('$0 kibana setup --outputs outputs.json --auth sigv4', 'A deployed domain, with AWS credentials'),
  handler: async (argv) => run(parse(Options, argv, (why) => new UsageError(why))),
};

async function run({ url: given, outputs, index, json, ...flags }: z.output<typeof Options>): Promise<void> {
  const url =
    outputs === undefined
      ? parseServerUrl(given ?? '')
      : readDeployedAddress(outputs, 'domainEndpoint', 'give the engine with --url');
  const client = createHttpClient({ url, auth: loadAuth(flags, url, process.env) });
  const prepared = await prepareIndex(client, index);
  process.stderr.write(renderPrepared(prepared, url));
  if (json) process.stdout.write(`${JSON.stringify(prepared)}\n`);
}

function renderPrepared({ engine, template, indexes }: PreparedIndex, url: URL): string {
  const changed = indexes.map(({ name, added }) =>
    added.length === 0
      ? `index ${name} needs no change\n`
      : `index ${name} has new fields, for events from now on: ${added.join(', ')}\n`,
  );
  return `${url.href} is ${engine.family} ${engine.version}: template ${template} is put\n${changed.join('')}`;
}
