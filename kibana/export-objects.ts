/** Exports dashboards to files that can be compared: JSON inside text is unfolded, and fields that change with each write are left out. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { reasonOf, ToolkitError } from '../core/errors';
import { toJson } from '../core/http-reply';
import type { DashboardsServer } from './dashboards-server';
import { readReply } from './import-objects';

const Exported = z.looseObject({
  type: z.string(),
  id: z.string(),
  attributes: z.record(z.string(), z.unknown()).optional(),
  references: z.array(z.looseObject({ name: z.string() })).optional(),
  error: z.looseObject({ message: z.string().optional() }).optional(),
});
export type ExportedObject = z.infer<typeof Exported>;

/**
 * Exports the dashboards with these ids and everything that they refer to, as they are now.
 *
 * @throws ToolkitError EXPORT_FAILED if one is missing, and those of `readReply`
 */
export async function exportObjects(
  server: DashboardsServer,
  ids: readonly string[],
): Promise<readonly ExportedObject[]> {
  const objects = server.target.hasReferences ? await exportFile(server, ids) : await exportDashboards(server, ids);
  const missing = objects.filter(({ error }) => error !== undefined).map(({ type, id }) => `${type} ${id}`);
  if (missing.length > 0) throw notThere(server, missing);
  return objects;
}

async function exportDashboards(server: DashboardsServer, ids: readonly string[]) {
  const objects: ExportedObject[] = [];
  for (const id of ids) {
    const reply = await server.send({ method: 'GET', path: '/api/kibana/dashboards/export', query: { dashboard: id } });
    objects.push(...readReply(server, reply, z.object({ objects: z.array(Exported) })).objects);
  }
  return [...new Map(objects.map((object) => [`${object.type} ${object.id}`, object])).values()];
}

/** The reply has one object a line; its last line is a summary. */
async function exportFile(server: DashboardsServer, ids: readonly string[]): Promise<readonly ExportedObject[]> {
  const objects = ids.map((id) => ({ type: 'dashboard', id }));
  const reply = await server.send({
    method: 'POST',
    path: '/api/saved_objects/_export',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ objects, includeReferencesDeep: true })),
  });
  const refused = Refused.safeParse(toJson(reply));
  if (reply.status === 400 && refused.success) {
    const missing = refused.data.attributes.objects.filter(({ error }) => error !== undefined);
    throw notThere(
      server,
      missing.map(({ type, id }) => `${type} ${id}`),
    );
  }
  const lines = reply.status === 200 ? reply.text.split('\n').filter((line) => line.trim() !== '') : [];
  const read = readReply(
    server,
    { ...reply, text: lines.length === 0 ? reply.text : JSON.stringify(lines.map((text) => toJson({ text }))) },
    z.array(z.union([Exported, z.object({ exportedCount: z.number() })])),
  );
  return read.filter((each) => 'type' in each);
}

const Refused = z.object({ attributes: z.object({ objects: z.array(Exported) }) });

function notThere({ url }: DashboardsServer, names: readonly string[]): ToolkitError {
  return new ToolkitError(
    'EXPORT_FAILED',
    `${url.href} has no ${names.join(', no ')}.`,
    'Run `kibana import` first; give the same --index, --tenant and --space as then.',
  );
}

/** Fields that change with each write and say nothing about the object. */
const VOLATILE = new Set(['updated_at', 'created_at', 'version', 'namespaces', 'originId', 'coreMigrationVersion']);
/** Attributes that hold JSON as text. */
const PACKED = new Set([
  ...['visState', 'uiStateJSON', 'searchSourceJSON', 'panelsJSON', 'optionsJSON'],
  ...['fields', 'fieldFormatMap', 'spec'],
]);

/** The object as JSON on many lines: keys sorted, JSON inside text unfolded, volatile fields left out. */
export function toReadable(object: ExportedObject): string {
  const entries = Object.entries(object).filter(([name]) => !VOLATILE.has(name));
  return `${JSON.stringify(unfold(Object.fromEntries(entries)), undefined, 2)}\n`;
}

function unfold(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unfold);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, unfold(PACKED.has(name) ? unpack(inner) : inner)]));
}

/** Vega's text may be HJSON, which stays text. */
const unpack = (value: unknown) => (typeof value === 'string' ? (toJson({ text: value }) ?? value) : value);

/**
 * Writes each object to `<type>.<id>.json`, replacing files of that name.
 *
 * @returns the files' names.
 * @throws ToolkitError OUTPUT_UNWRITABLE
 */
export async function writeObjects(folder: string, objects: readonly ExportedObject[]): Promise<readonly string[]> {
  // The ids come from a server: none may lead out of the folder.
  const files = objects.map((object) => ({ name: `${safe(object.type)}.${safe(object.id)}.json`, object }));
  try {
    await mkdir(folder, { recursive: true });
    for (const { name, object } of files) await writeFile(join(folder, name), toReadable(object));
  } catch (error) {
    throw new ToolkitError(
      'OUTPUT_UNWRITABLE',
      `The folder ${folder} cannot be written: ${reasonOf(error)}.`,
      'Choose another folder with --out.',
      { cause: error },
    );
  }
  return files.map(({ name }) => name);
}

const safe = (text: string) => encodeURIComponent(text).replaceAll('*', '%2A').slice(0, 200);
