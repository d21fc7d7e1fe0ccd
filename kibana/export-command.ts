/** `clickstreamy kibana export`: the dashboards as they are in a server now, as files. */
import type { CommandModule } from 'yargs';
import { z } from 'zod';
import { UsageError } from '../core/errors';
import { parse } from '../core/parse';
import { dashboards } from '../panels/dashboards';
import { DEFAULT_INDEX } from '../store/search/index-template';
import { DashboardsFlags, dashboardsFlags, hasOneAddress, introduce, openServer } from './dashboards-flags';
import { exportObjects, writeObjects } from './export-objects';
import { objectId } from './saved-object';

const Options = DashboardsFlags.extend({
  index: z.string('must be one name').min(1, 'must be an index’s name'),
  out: z.string('must be one folder').min(1, 'must name a folder'),
  json: z.boolean(),
}).refine(...hasOneAddress);

export const exportCommand: CommandModule = {
  command: 'export',
  describe: 'Bring the dashboards back as files, with what somebody has changed',
  builder: (yargs) =>
    yargs
      .usage(
        '$0 kibana export (--url URL | --outputs FILE) --out FOLDER\n\nWrites one file for each object, so that two exports can be compared line by line.',
      )
      .options(dashboardsFlags)
      .option('index', {
        type: 'string',
        requiresArg: true,
        default: DEFAULT_INDEX,
        describe: 'The index that the dashboards were imported for',
      })
      .option('out', { type: 'string', requiresArg: true, demandOption: true, describe: 'The folder for the files' })
      .option('json', { type: 'boolean', default: false, describe: 'One line of JSON with what was written' }),
  handler: async (argv) => run(parse(Options, argv, (why) => new UsageError(why))),
};

async function run({ index, out, json, ...flags }: z.output<typeof Options>): Promise<void> {
  const server = await openServer(flags, process.env);
  process.stderr.write(introduce(server));
  const objects = await exportObjects(
    server,
    dashboards.map(({ id }) => objectId(index, id)),
  );
  const files = await writeObjects(out, objects);
  process.stderr.write(`${files.length} objects are in ${out}\n`);
  const { family, version, url } = server;
  if (json) process.stdout.write(`${JSON.stringify({ server: { family, version, url: url.href }, files })}\n`);
}
