/** `clickstreamy kibana import`: finds the server, writes the dashboards and reads them back. */
import { z } from 'zod';
import { parseServerUrl } from '../core/auth-flags';
import type { Command, Context } from '../core/command/command';
import { flag, text } from '../core/command/values';
import { readDeployedAddress } from '../core/deploy-outputs';
import { ToolkitError } from '../core/errors';
import { plural } from '../core/plural';
import { DEFAULT_INDEX } from '../store/search/index-template';
import { dashboardsOptions, hasOneAddress, introduce, loadEngineAuth, openServer } from './dashboards-flags';
import type { DashboardsServer } from './dashboards-server';
import { dashboardAddress } from './dashboards-version';
import { type EngineBehind, guessEngine, indexOf, prepareEngine, readDeployedType } from './engine-behind';
import { type DefaultIndex, type ImportedObjects, importObjects, setDefaultIndex } from './import-objects';
import { objectId, type SavedObject } from './saved-object';
import { toSavedObjects } from './to-saved-objects';

const Options = z
  .object({
    index: text('NAME')
      .regex(/^[a-z0-9][a-z0-9._*-]{0,199}$/, 'must be an index’s name, or a pattern such as apache-*')
      .default(DEFAULT_INDEX)
      .describe('The index that the dashboards read; a pattern (apache-*) where it is rotated'),
    engine: text('URL')
      .optional()
      .describe('Search engine behind the dashboards, to install the index template there first')
      .meta({ otherwise: 'from --outputs, or from a domain’s address' }),
    overwrite: flag().describe('Replace what is there, even what somebody has changed; `kibana export` saves it first'),
    defaultIndex: z
      .boolean()
      .optional()
      .describe('Make this index the default one')
      .meta({ otherwise: 'only where there is none yet' }),
    dryRun: flag().describe('Say what would be done, and do nothing'),
    json: flag().describe('One line of JSON with what was done'),
    ...dashboardsOptions,
  })
  .refine(...hasOneAddress);

export const importCommand: Command<typeof Options> = {
  about:
    'Imports two dashboards into Kibana 6.3–7 or OpenSearch Dashboards 1–3, reads them back and prints their addresses. ' +
    'Safe to repeat: what is there stays, unless --overwrite is given.',
  usage: '(--url URL | --outputs FILE) [options]',
  options: Options,
  examples: [
    ['--url http://127.0.0.1:5601', 'A server on this machine'],
    ['--outputs outputs.json --auth sigv4', 'A deployed domain, with AWS credentials'],
    [
      '--url https://search-x.eu-west-1.es.amazonaws.com --auth cookie --user admin',
      'A domain with fine-grained access control',
    ],
  ],
  run,
};

type Options = z.output<typeof Options>;

async function run(options: Options, { note }: Context): Promise<void> {
  const { index, overwrite, defaultIndex, dryRun, json } = options;
  const server = await openServer(options, process.env);
  note(introduce(server));
  if (!dryRun) note(await putTemplate(options, server));
  const objects = toSavedObjects(server.target, index);
  const imported = await importObjects(server, objects, { overwrite, dryRun });
  const set =
    dryRun || defaultIndex === false
      ? undefined
      : await setDefaultIndex(server, objectId(index, 'index'), defaultIndex === true);
  for (const line of render(imported, set, dryRun)) note(line);
  const dashboards = objects.filter(({ type }) => type === 'dashboard').map((object) => toAddress(server, object));
  if (!json) {
    for (const { title, url } of dashboards) process.stdout.write(`${title}  ${url}\n`);
    return;
  }
  const { family, version, url } = server;
  const report = {
    server: { family, version, url: url.href },
    dryRun,
    created: imported.created.map(nameOf),
    overwritten: imported.overwritten.map(nameOf),
    kept: imported.kept.map(nameOf),
    defaultIndex: set,
    dashboards,
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

/** @returns what was done, or why nothing was. */
async function putTemplate(options: Options, server: DashboardsServer): Promise<string> {
  const engine = findEngineBehind(options, server);
  const index = indexOf(options.index);
  if (engine === undefined || index === undefined) {
    return `the index template was not checked: ${index === undefined ? `${options.index} is not one index` : 'name the search engine with --engine'}, or run \`kibana setup\``;
  }
  const auth = loadEngineAuth(options, engine.url, process.env);
  const prepared = await prepareEngine(engine, auth, {
    index,
    type: options.outputs === undefined ? undefined : readDeployedType(options.outputs),
    timeoutSeconds: options.timeout,
  });
  if (prepared instanceof ToolkitError)
    return `the index template was not installed: ${prepared.message.split('\n', 1)[0]}`;
  const isThere = prepared.indexes.length > 0;
  return `template ${prepared.template} is installed${isThere ? '' : `; the index ${index} comes with the first event`}`;
}

function findEngineBehind({ engine, outputs }: Options, server: DashboardsServer): EngineBehind | undefined {
  if (engine !== undefined) return { url: parseServerUrl(engine), isGuessed: false };
  if (outputs === undefined) return guessEngine(server.url);
  const url = readDeployedAddress(outputs, 'domainEndpoint', 'give the search engine with --engine');
  return { url, isGuessed: false };
}

const nameOf = ({ type, id }: SavedObject) => ({ type, id });

function toAddress(server: DashboardsServer, { id, attributes }: SavedObject) {
  return { title: String(attributes['title']), url: dashboardAddress(server, id) };
}

function render(
  { created, overwritten, kept }: ImportedObjects,
  set: DefaultIndex | undefined,
  dryRun: boolean,
): readonly string[] {
  const would = dryRun ? 'would be ' : '';
  const lines = [
    created.length > 0 ? `${plural(created.length, 'object')} ${would}created` : '',
    overwritten.length > 0 ? `${plural(overwritten.length, 'object')} ${would}overwritten` : '',
    kept.length > 0
      ? `${dryRun ? 'would keep' : 'kept'} ${plural(kept.length, 'object')} already there (--overwrite replaces)`
      : '',
    set === 'kept' ? 'another index stays the default one (--default-index changes that)' : '',
  ];
  return lines.filter((line) => line !== '');
}
