/** Imports saved objects into a dashboards server: the missing ones, or all. Checks every object of a reply, then reads each one back. */
import { z } from 'zod';
import { ToolkitError } from '../core/errors';
import type { HttpReply } from '../core/http-client';
import { toJson } from '../core/http-reply';
import { plural } from '../core/plural';
import { type DashboardsServer, describeReply } from './dashboards-server';
import { settingsPath } from './dashboards-version';
import { parsed } from './object-parts';
import { type SavedObject, toFile } from './saved-object';

export interface ImportOptions {
  /** Replace existing objects, also those that somebody has changed. Otherwise they stay as they are. */
  readonly overwrite: boolean;
  /** Only find out what would be done. */
  readonly dryRun: boolean;
}

/** Objects by what was done with them, or would be in a dry run. */
export interface ImportedObjects {
  readonly created: readonly SavedObject[];
  readonly overwritten: readonly SavedObject[];
  readonly kept: readonly SavedObject[];
}

/**
 * Safe to repeat, also after an import that failed halfway.
 *
 * @throws ToolkitError IMPORT_FAILED, SERVER_REPLY_UNUSABLE, and those of `DashboardsServer.send`
 */
export async function importObjects(
  server: DashboardsServer,
  objects: readonly SavedObject[],
  { overwrite, dryRun }: ImportOptions,
): Promise<ImportedObjects> {
  const found = await readObjects(server, objects);
  const there = objects.filter((_, at) => found[at] !== undefined);
  const created = objects.filter((_, at) => found[at] === undefined);
  const overwritten = overwrite ? there : [];
  const written = objects.filter((object) => created.includes(object) || overwritten.includes(object));
  if (!dryRun && written.length > 0) {
    const faults = server.target.hasReferences
      ? await importFile(server, written, overwrite)
      : await createAll(server, written, overwrite);
    if (faults.length > 0) throw failed(server, faults);
    await readBack(server, written);
  }
  return { created, overwritten, kept: overwrite ? [] : there };
}

const nameOf = ({ type, id }: { readonly type?: string | undefined; readonly id?: string | undefined }) =>
  `${type ?? 'object'} ${id ?? 'without an id'}`;

/** For Kibana 6: one request, in which each object is accepted or refused by itself. */
async function createAll(server: DashboardsServer, objects: readonly SavedObject[], overwrite: boolean) {
  const reply = await server.send({
    method: 'POST',
    path: '/api/saved_objects/_bulk_create',
    ...(overwrite ? { query: { overwrite: 'true' } } : {}),
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(objects)),
  });
  const { saved_objects } = readReply(server, reply, Objects);
  return saved_objects.flatMap((object) =>
    object.error === undefined ? [] : [`${nameOf(object)}: ${explain(object.error)}`],
  );
}

/** For later servers: a file, of which nothing is written if one object is refused. */
async function importFile(server: DashboardsServer, objects: readonly SavedObject[], overwrite: boolean) {
  const form = new FormData();
  form.append('file', new Blob([toFile(server.target, objects)], { type: 'application/ndjson' }), 'objects.ndjson');
  // Encoded at once, since a signature needs the whole body.
  const multipart = new Response(form);
  const reply = await server.send({
    method: 'POST',
    path: '/api/saved_objects/_import',
    ...(overwrite ? { query: { overwrite: 'true' } } : {}),
    headers: { 'content-type': multipart.headers.get('content-type') ?? '' },
    body: new Uint8Array(await multipart.arrayBuffer()),
  });
  const { success, successCount, errors } = readReply(server, reply, Imported);
  if (errors.length > 0) return errors.map((fault) => `${nameOf(fault)}: ${explain(fault.error)}`);
  return success && successCount === objects.length
    ? []
    : [`it says that it accepted ${successCount} of ${plural(objects.length, 'object')}, and nothing about the others`];
}

const Fault = z.looseObject({
  type: z.string().optional(),
  message: z.string().optional(),
  statusCode: z.number().optional(),
  references: z.array(z.object({ type: z.string(), id: z.string() })).optional(),
});
const Found = z.object({
  type: z.string().optional(),
  id: z.string().optional(),
  attributes: z.record(z.string(), z.unknown()).optional(),
  error: Fault.optional(),
});
const Objects = z.object({ saved_objects: z.array(Found) });
const Imported = z.object({
  success: z.boolean(),
  successCount: z.number(),
  errors: z.array(z.object({ type: z.string().optional(), id: z.string().optional(), error: Fault })).default([]),
});
type Found = z.infer<typeof Found>;

function explain({ type, message, statusCode, references }: z.infer<typeof Fault>): string {
  if (type === 'conflict' || statusCode === 409) return 'somebody else has just created it';
  if (type === 'missing_references')
    return `it refers to ${[...new Set(references?.map(nameOf))].join(', ')}, which does not exist`;
  return (message ?? type ?? 'no reason').replace(/\p{Cc}+/gu, ' ').slice(0, 300);
}

/** Reads the same objects from the server, in the same order; undefined for each that is missing. */
async function readObjects(
  server: DashboardsServer,
  objects: readonly SavedObject[],
): Promise<readonly (Found | undefined)[]> {
  const reply = await server.send({
    method: 'POST',
    path: '/api/saved_objects/_bulk_get',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(objects.map(({ type, id }) => ({ type, id })))),
  });
  const { saved_objects } = readReply(server, reply, Objects);
  const faults = saved_objects.filter(({ error }) => error !== undefined && error.statusCode !== 404);
  if (faults.length > 0)
    throw failed(
      server,
      faults.map((each) => `${nameOf(each)}: ${explain(each.error ?? {})}`),
    );
  const byName = new Map(saved_objects.map((object) => [nameOf(object), object]));
  return objects.map((object) => {
    const found = byName.get(nameOf(object));
    return found?.error === undefined ? found : undefined;
  });
}

/** A server that reports success may not have written everything: checks that each object is there, with its title and its panels. */
async function readBack(server: DashboardsServer, objects: readonly SavedObject[]): Promise<void> {
  const found = await readObjects(server, objects);
  const faults = objects.flatMap((object, at) => {
    const attributes = found[at]?.attributes;
    if (attributes === undefined) return [`${nameOf(object)}: it is missing`];
    const isSame =
      attributes['title'] === object.attributes['title'] && panelsOf(attributes) === panelsOf(object.attributes);
    return isSame ? [] : [`${nameOf(object)}: it differs from what was sent`];
  });
  if (faults.length > 0) throw failed(server, faults);
}

const panelsOf = (attributes: Readonly<Record<string, unknown>>): unknown => parsed(attributes['panelsJSON']).length;

export type DefaultIndex = 'set' | 'kept';

/**
 * Makes an index pattern the default one, which Discover opens with.
 *
 * @param force also if there is another default; otherwise that one stays.
 * @throws ToolkitError as `importObjects`
 */
export async function setDefaultIndex(server: DashboardsServer, id: string, force: boolean): Promise<DefaultIndex> {
  const path = settingsPath(server);
  const { settings } = readReply(server, await server.send({ method: 'GET', path }), Settings);
  const now = settings.defaultIndex?.userValue;
  if (now === id) return 'set';
  if (typeof now === 'string' && now !== '' && !force) return 'kept';
  const isSix = !server.target.hasReferences;
  const reply = await server.send({
    method: 'POST',
    path: isSix ? `${path}/defaultIndex` : path,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(isSix ? { value: id } : { changes: { defaultIndex: id } })),
  });
  readReply(server, reply, Settings);
  return 'set';
}

const Settings = z.object({
  settings: z.object({ defaultIndex: z.object({ userValue: z.unknown() }).optional() }),
});

/** @throws ToolkitError IMPORT_FAILED if the server refuses, SERVER_REPLY_UNUSABLE if the reply is something else */
export function readReply<S extends z.ZodType>(server: DashboardsServer, reply: HttpReply, schema: S): z.output<S> {
  const json = toJson(reply);
  if (reply.status >= 400 && json !== undefined) throw failed(server, [describeReply(reply)]);
  const parsed = schema.safeParse(json);
  if (reply.status === 200 && parsed.success) return parsed.data;
  throw new ToolkitError(
    'SERVER_REPLY_UNUSABLE',
    `The reply of ${server.url.href} cannot be used: ${describeReply(reply)}.`,
    'Check that the address is right, and that no proxy or login page answers in the server’s place; with --auth sigv4, an HTML page means that the signature was not accepted.',
  );
}

const SHOWN = 5;

function failed({ url }: DashboardsServer, faults: readonly string[]): ToolkitError {
  const more = faults.length > SHOWN ? `; and ${faults.length - SHOWN} more` : '';
  return new ToolkitError(
    'IMPORT_FAILED',
    `${url.href} refused: ${faults.slice(0, SHOWN).join('; ')}${more}.`,
    'Fix what it reports, then run this again: objects that are there already stay as they are.',
  );
}
