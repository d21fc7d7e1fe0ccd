/** `clickstreamy kibana export`: the dashboards as they are in a server now, as files. */
import { z } from 'zod';
import type { Command, Context } from '../core/command/command';
import { flag, folder, text } from '../core/command/values';
import { plural } from '../core/plural';
import { dashboards } from '../panels/dashboards';
import { DEFAULT_INDEX } from '../store/search/index-template';
import { dashboardsOptions, hasOneAddress, introduce, openServer } from './dashboards-flags';
import { exportObjects, writeObjects } from './export-objects';
import { objectId } from './saved-object';

const Options = z
  .object({
    index: text('NAME').default(DEFAULT_INDEX).describe('The index that the dashboards were imported for'),
    out: folder().describe('Folder for the files'),
    json: flag().describe('One line of JSON with what was written'),
    ...dashboardsOptions,
  })
  .refine(...hasOneAddress);

export const exportCommand: Command<typeof Options> = {
  about:
    'Saves the dashboards as they are in a server now, with everybody’s changes. ' +
    'Writes one file for each object, so that two exports can be compared line by line.',
  usage: '(--url URL | --outputs FILE) --out DIR [options]',
  options: Options,
  examples: [
    ['--url http://127.0.0.1:5601 --out dashboards', 'A server on this machine'],
    ['--outputs outputs.json --auth sigv4 --out dashboards', 'A deployed domain, with AWS credentials'],
  ],
  run,
};

async function run({ index, out, json, ...flags }: z.output<typeof Options>, { note }: Context): Promise<void> {
  const server = await openServer(flags, process.env);
  note(introduce(server));
  const objects = await exportObjects(
    server,
    dashboards.map(({ id }) => objectId(index, id)),
  );
  const files = await writeObjects(out, objects);
  note(`${plural(files.length, 'object')} in ${out}`);
  const { family, version, url } = server;
  if (json) process.stdout.write(`${JSON.stringify({ server: { family, version, url: url.href }, files })}\n`);
}
