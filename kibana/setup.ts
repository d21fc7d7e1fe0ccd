/** `clickstreamy kibana setup`: installs the index template, which must be there before the first event. */
import { z } from 'zod';
import { authOptions, loadAuth, parseServerUrl } from '../core/auth-flags';
import type { Command, Context } from '../core/command/command';
import { flag, text } from '../core/command/values';
import { readDeployedAddress } from '../core/deploy-outputs';
import { createHttpClient } from '../core/http-client';
import { DEFAULT_INDEX, DEFAULT_TYPE, IndexName } from '../store/search/index-template';
import { type PreparedIndex, prepareIndex } from '../store/search/prepare-index';
import { hasOneAddress, outputsOption } from './dashboards-flags';
import { readDeployedType } from './engine-behind';

const Options = z
  .object({
    url: text('URL').optional().describe('Address of the search engine'),
    outputs: outputsOption(),
    index: IndexName.default(DEFAULT_INDEX)
      .describe('The index; the template also covers its rotated names (apache-2026-11-23)')
      .meta({ value: 'NAME' }),
    type: text('NAME')
      .optional()
      .describe('The documents’ type, which Elasticsearch 6 wants: as in the setting stream.typeName')
      .meta({ otherwise: `that in --outputs, that of the index, or ${DEFAULT_TYPE}` }),
    json: flag().describe('One line of JSON with what was done'),
    ...authOptions,
  })
  .refine(...hasOneAddress);

export const setupCommand: Command<typeof Options> = {
  about:
    'Installs the index template: the types of the fields, which cannot be changed once an index exists. ' +
    'Elasticsearch 6.3 and later, OpenSearch. Safe to repeat.',
  usage: '(--url URL | --outputs FILE) [options]',
  options: Options,
  examples: [
    ['--url http://127.0.0.1:9200', 'An engine on this machine'],
    ['--outputs outputs.json --auth sigv4', 'A deployed domain, with AWS credentials'],
  ],
  run,
};

async function run(
  { url: given, outputs, index, type, json, ...flags }: z.output<typeof Options>,
  { note }: Context,
): Promise<void> {
  const url =
    outputs === undefined
      ? parseServerUrl(given ?? '')
      : readDeployedAddress(outputs, 'domainEndpoint', 'give the engine with --url');
  const client = createHttpClient({ url, auth: loadAuth(flags, url, process.env) });
  const prepared = await prepareIndex(
    client,
    index,
    type ?? (outputs === undefined ? undefined : readDeployedType(outputs)),
  );
  note(renderPrepared(prepared, url));
  if (json) process.stdout.write(`${JSON.stringify(prepared)}\n`);
}

function renderPrepared({ engine, template, indexes }: PreparedIndex, url: URL): string {
  const changed = indexes.map(({ name, added }) =>
    added.length === 0
      ? `index ${name} needs no change`
      : `index ${name} now has ${added.join(', ')}, for events from now on`,
  );
  return [`${url.href} is ${engine.family} ${engine.version}: template ${template} is installed`, ...changed].join(
    '\n',
  );
}
