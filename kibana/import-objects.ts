/** Saved objects into a dashboards server: what is missing, or all; each object of a reply is looked at, and each is read back. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { ToolkitError } from '../core/errors';
import type { HttpReply } from '../core/http-client';
import { toJson } from '../core/http-reply';
import { type DashboardsServer, describe } from './dashboards-server';
import { settingsPath } from './dashboards-version';
import { parsed } from './object-parts';
import { type SavedObject, toFile } from './saved-object';

export interface ImportOptions {
  /** Replace what is there, also what somebody has changed. Without it what is there stays. */
  readonly overwrite: boolean;
  /** Only look. */
  readonly dryRun: boolean;
}

/** Objects by what was done with them, or would be. */
export interface ImportedObjects {
  readonly created: readonly SavedObject[];
  readonly overwritten: readonly SavedObject[];
  readonly kept: readonly SavedObject[];
}

/**
 * Safe to repeat, also after an import that failed half way.
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

/** Kibana 6: one request, in which each object stands or falls by itself. */
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

/** The later ones: a file, of which nothing is written where one object is refused. */
async function importFile(server: DashboardsServer, objects: readonly SavedObject[], overwrite: boolean) {
  const boundary = `clickstreamy-${randomUUID()}`;
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="objects.ndjson"\r\nContent-Type: application/ndjson\r\n\r\n`;
  const reply = await server.send({
    method: 'POST',
    path: '/api/saved_objects/_import',
    ...(overwrite ? { query: { overwrite: 'true' } } : {}),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: Buffer.from(`${head}${toFile(server.target, objects)}\r\n--${boundary}--\r\n`),
  });
  const { success, successCount, errors } = readReply(server, reply, Imported);
  if (errors.length > 0) return errors.map((fault) => `${nameOf(fault)}: ${explain(fault.error)}`);
  return success && successCount === objects.length
    ? []
    : [`${successCount} of ${objects.length} objects were taken, without a word about the others`];
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
  if (type === 'conflict' || statusCode === 409) return 'somebody else has just made it';
  if (type === 'missing_references') return `it names ${references?.map(nameOf).join(', ')}, which is not there`;
  return (message ?? type ?? 'no reason').replace(/\p{Cc}+/gu, ' ').slice(0, 300);
}

/** What the server has of these, at their places; undefined where it has none. */
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

/** A server that says yes has not always done it: each is there, under its title, and a dashboard has its panels. */
async function readBack(server: DashboardsServer, objects: readonly SavedObject[]): Promise<void> {
  const found = await readObjects(server, objects);
  const faults = objects.flatMap((object, at) => {
    const attributes = found[at]?.attributes;
    if (attributes === undefined) return [`${nameOf(object)}: it is not there`];
    const isSame =
      attributes['title'] === object.attributes['title'] && panelsOf(attributes) === panelsOf(object.attributes);
    return isSame ? [] : [`${nameOf(object)}: it is another than was sent`];
  });
  if (faults.length > 0) throw failed(server, faults);
}

const panelsOf = (attributes: Readonly<Record<string, unknown>>): unknown => parsed(attributes['panelsJSON']).length;

export type DefaultIndex = 'set' | 'kept';

/**
 * Makes an index pattern the one that a person sees first.
 *
 * @param force also where another is; without it that one stays.
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

/** @throws ToolkitError IMPORT_FAILED if the server refuses, SERVER_REPLY_UNUSABLE if it is no answer to that */
export function readReply<S extends z.ZodType>(server: DashboardsServer, reply: HttpReply, schema: S): z.output<S> {
  const json = toJson(reply);
  if (reply.status >= 400 && json !== undefined) throw failed(server, [describe(reply)]);
  const parsed = schema.safeParse(json);
  if (reply.status === 200 && parsed.success) return parsed.data;
  throw new ToolkitError(
    'SERVER_REPLY_UNUSABLE',
    `${server.url.href} gave an answer that is not understood: ${describe(reply)}.`,
    'Look whether the address is right, and whether a proxy or a login page answers in the server’s place; with --auth sigv4 a page means that the signature was not taken.',
  );
}

const SHOWN = 5;

function failed({ url }: DashboardsServer, faults: readonly string[]): ToolkitError {
  const more = faults.length > SHOWN ? `; and ${faults.length - SHOWN} more` : '';
  return new ToolkitError(
    'IMPORT_FAILED',
    `${url.href} has refused: ${faults.slice(0, SHOWN).join('; ')}${more}.`,
    'Mend what it says and run this again: what is there already does no harm.',
  );
}
