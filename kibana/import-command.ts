/** `clickstreamy kibana import`: the dashboards into a server, found, checked, written and read back. */
import type { CommandModule } from 'yargs';
import { z } from 'zod';
import { parseServerUrl } from '../core/auth-flags';
import { readDeployedAddress } from '../core/deploy-outputs';
import { ToolkitError, UsageError } from '../core/errors';
import { parse } from '../core/parse';
import { DEFAULT_INDEX } from '../store/search/index-template';
import {
  DashboardsFlags,
  dashboardsFlags,
  hasOneAddress,
  introduce,
  loadEngineAuth,
  openServer,
} from './dashboards-flags';
import type { DashboardsServer } from './dashboards-server';
import { dashboardAddress } from './dashboards-version';
import { type EngineBehind, guessEngine, indexOf, prepareEngine } from './engine-behind';
import { type DefaultIndex, type ImportedObjects, importObjects, setDefaultIndex } from './import-objects';
import { objectId, type SavedObject } from './saved-object';
import { toSavedObjects } from './to-saved-objects';

const Options = DashboardsFlags.extend({
  index: z
    .string('must be one name')
    .regex(/^[a-z0-9][a-z0-9._*-]{0,199}$/, 'must be an index’s name, or a pattern such as apache-*'),
  engine: z.string('must be one address').optional(),
  overwrite: z.boolean(),
  defaultIndex: z.boolean().optional(),
  dryRun: z.boolean(),
  json: z.boolean(),
}).refine(...hasOneAddress);

export const importCommand: CommandModule = {
  command: 'import',
  describe: 'Put the dashboards into Kibana or OpenSearch Dashboards',
  builder: (yargs) =>
    yargs
      .usage(
        '$0 kibana import (--url URL | --outputs FILE)\n\nPuts two dashboards into Kibana 6.3–7 or OpenSearch Dashboards 1–3, reads them back and prints their addresses.\nSafe to repeat: what is there stays, unless --overwrite is given.',
      )
      .options(dashboardsFlags)
      .option('index', {
        type: 'string',
        requiresArg: true,
        default: DEFAULT_INDEX,
        describe: 'The index that the dashboards read; a pattern (apache-*) where it is rotated',
      })
      .option('engine', {
        type: 'string',
        requiresArg: true,
        describe:
          'The search engine behind it, to put the index template first  [of --outputs, or of a domain’s address]',
      })
      .option('overwrite', {
        type: 'boolean',
        default: false,
        describe: 'Replace what is there, also what somebody has changed; `kibana export` saves it before',
      })
      .option('default-index', {
        type: 'boolean',
        describe: 'Make the index the one that is shown first  [only where there is none yet]',
      })
      .option('dry-run', { type: 'boolean', default: false, describe: 'Say what would be done, and do nothing' })
      .option('json', { type: 'boolean', default: false, describe: 'One line of JSON with what was done' })
      .example('$0 kibana import --url http://127.0.0.1:5601', 'A server on this machine')
      .example('$0 kibana import --outputs outputs.json --auth sigv4', 'A deployed domain, with AWS credentials')
      .example(
        '$0 kibana import --url https://search-x.eu-west-1.es.amazonaws.com --auth cookie --user admin',
        'With fine-grained access control',
      ),
  handler: async (argv) => run(parse(Options, argv, (why) => new UsageError(why))),
};

type Options = z.output<typeof Options>;

async function run(options: Options): Promise<void> {
  const { index, overwrite, defaultIndex, dryRun, json } = options;
  const server = await openServer(options, process.env);
  process.stderr.write(introduce(server));
  if (!dryRun) process.stderr.write(await putTemplate(options, server));
  const objects = toSavedObjects(server.target, index);
  const imported = await importObjects(server, objects, { overwrite, dryRun });
  const set =
    dryRun || defaultIndex === false
      ? undefined
      : await setDefaultIndex(server, objectId(index, 'index'), defaultIndex === true);
  process.stderr.write(render(imported, set, dryRun));
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
    return `the index template is not looked after: ${index === undefined ? `${options.index} is not one index` : 'name the search engine with --engine'}, or run \`kibana setup\`\n`;
  }
  const auth = loadEngineAuth(options, engine.url, process.env);
  const prepared = await prepareEngine(engine, auth, index, options.timeout);
  if (prepared instanceof ToolkitError) return `the index template is not put: ${prepared.message.split('\n', 1)[0]}\n`;
  const isThere = prepared.indexes.length > 0;
  return `template ${prepared.template} is put${isThere ? '' : `; the index ${index} comes with the first event`}\n`;
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
): string {
  const would = dryRun ? 'would be ' : '';
  const lines = [
    created.length > 0 ? `${created.length} objects ${would}created\n` : '',
    overwritten.length > 0 ? `${overwritten.length} objects ${would}overwritten\n` : '',
    kept.length > 0
      ? `${kept.length} objects were there and ${dryRun ? 'would stay' : 'stay'} as they are (--overwrite replaces them)\n`
      : '',
    set === 'kept' ? 'another index stays the default one (--default-index changes that)\n' : '',
  ];
  return lines.join('');
}
