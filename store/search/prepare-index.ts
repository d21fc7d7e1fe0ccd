/** Prepares an engine for click events: the template for new indexes, and the fields that indexes of an earlier version lack. */
import { z } from 'zod';
import { ToolkitError } from '../../core/errors';
import type { HttpClient } from '../../core/http-client';
import { compareMapping, Mapping, type Properties } from './compare-mapping';
import { askEngine, type Engine, type FoundEngine, findEngine, isTyped } from './engine';
import { DEFAULT_TYPE, indexPatterns, toIndexBody } from './index-template';
import { installTemplate } from './install-template';

export interface PreparedIndex {
  readonly engine: FoundEngine;
  readonly template: string;
  /** The documents' type, where the engine has types. */
  readonly type?: string;
  /** Existing indexes, and the fields that were added to each. */
  readonly indexes: readonly IndexChange[];
}

export interface IndexChange {
  readonly name: string;
  readonly added: readonly string[];
}

/**
 * Safe to repeat; changes no event.
 *
 * @param type the documents' type, where the engine has types. @default that of the index, else `DEFAULT_TYPE`
 * @throws ToolkitError INDEX_MISMATCHED if an index has a field of another type, which no template can change, or documents of another
 *   type; and those of `installTemplate` and `findEngine`
 */
export async function prepareIndex(client: HttpClient, index: string, type?: string): Promise<PreparedIndex> {
  const engine = await findEngine(client);
  const found = await readIndexes(client, engine, index);
  const wanted = isTyped(engine)
    ? (type ?? found.find((each) => each.type !== undefined)?.type ?? DEFAULT_TYPE)
    : undefined;
  const template = await installTemplate(client, engine, index, wanted);
  const indexes = await addFields(client, found, wanted);
  return { engine, template, ...(wanted === undefined ? {} : { type: wanted }), indexes };
}

/**
 * Makes the index, with our fields whatever template it gets, and looks at what it has become. If it cannot be made now, the first events
 * will say why.
 *
 * @throws ToolkitError INDEX_MISMATCHED and those of `askEngine`
 */
export async function makeIndex(client: HttpClient, { engine, type }: PreparedIndex, index: string): Promise<void> {
  const json = JSON.stringify(toIndexBody(type));
  const headers = { 'content-type': 'application/json' };
  await client.send({ method: 'PUT', path: `/${encodeURIComponent(index)}`, headers, body: Buffer.from(json) });
  await addFields(client, await readIndexes(client, engine, index), type);
}

/**
 * Checks that click events can be counted in the index and its rotated ones; changes nothing.
 *
 * @throws ToolkitError INDEX_NOT_FOUND, INDEX_MISMATCHED and those of `askEngine`
 */
export async function checkIndex(client: HttpClient, engine: Engine, index: string): Promise<void> {
  const found = await readIndexes(client, engine, index);
  if (found.length === 0) {
    throw new ToolkitError(
      'INDEX_NOT_FOUND',
      `${client.url.href} has no index ${index}, and none whose name begins with ${index}-.`,
      'Check --index and the address; the first event creates the index.',
    );
  }
  for (const { name, properties } of found) {
    const { missing, conflict } = compareMapping(properties);
    const [lacks] = Object.keys(missing);
    if (conflict !== undefined) throw mismatched(name, conflict);
    if (lacks !== undefined) throw mismatched(name, `it does not index ${lacks}`);
  }
}

interface FoundIndex {
  readonly name: string;
  /** Absent where the engine has no types, or the index no document and no mapping. */
  readonly type?: string;
  readonly properties: Properties;
}

/** Reads the fields of the index and of its rotated ones. */
async function readIndexes(client: HttpClient, engine: Engine, index: string): Promise<readonly FoundIndex[]> {
  const request = {
    method: 'GET',
    // Not `/_mapping`, which Elasticsearch 6 answers with 404 while there is no index.
    path: `/${indexPatterns(index).map(encodeURIComponent).join(',')}`,
    query: { ignore_unavailable: 'true' },
  } as const;
  if (!isTyped(engine)) {
    const found = await askEngine(client, request, z.record(z.string(), z.object({ mappings: Mapping })));
    return Object.entries(found).map(([name, { mappings }]) => ({ name, properties: mappings.properties }));
  }
  const found = await askEngine(
    client,
    request,
    z.record(z.string(), z.object({ mappings: z.record(z.string(), Mapping) })),
  );
  return Object.entries(found).map(([name, { mappings }]) => {
    const [only] = Object.entries(mappings).filter(([type]) => type !== '_default_');
    return only === undefined ? { name, properties: {} } : { name, type: only[0], properties: only[1].properties };
  });
}

/** Adds the fields that are missing. They hold for new events: those already stored are not indexed again. */
async function addFields(
  client: HttpClient,
  found: readonly FoundIndex[],
  wanted: string | undefined,
): Promise<readonly IndexChange[]> {
  const changes: IndexChange[] = [];
  for (const { name, type = wanted, properties } of found) {
    if (type !== wanted) throw mismatched(name, `its documents have the type ${type}, not ${wanted}`);
    const { missing, conflict } = compareMapping(properties);
    if (conflict !== undefined) throw mismatched(name, conflict);
    const added = Object.keys(missing);
    if (added.length > 0) {
      const path = `/${encodeURIComponent(name)}/_mapping${wanted === undefined ? '' : `/${encodeURIComponent(wanted)}`}`;
      await askEngine(client, { method: 'PUT', path, json: { properties: missing } }, z.object({}));
    }
    changes.push({ name, added });
  }
  return changes;
}

function mismatched(index: string, what: string): ToolkitError {
  return new ToolkitError(
    'INDEX_MISMATCHED',
    `The index ${index} was made without the template: ${what}.`,
    'Delete it, or copy it with _reindex into an index of another name created after this command; or choose another --index.',
  );
}
