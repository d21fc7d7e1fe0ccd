/** Prepares an engine for click events: the template for new indexes, and the fields that indexes of an earlier version lack. */
import { z } from 'zod';
import { ToolkitError } from '../../core/errors';
import type { HttpClient } from '../../core/http-client';
import { askEngine, type Engine, type FoundEngine, findEngine, isTyped } from './engine';
import {
  eventMapping,
  type FieldMapping,
  indexPatterns,
  TYPE_NAME,
  templateName,
  toIndexTemplate,
} from './index-template';

export interface PreparedIndex {
  readonly engine: FoundEngine;
  readonly template: string;
  /** Existing indexes, and the fields that were added to each. */
  readonly indexes: readonly { readonly name: string; readonly added: readonly string[] }[];
}

/**
 * Safe to repeat; changes no event.
 *
 * @throws ToolkitError INDEX_MISMATCHED if an index has a field of another type, which no template can change, and those of `askEngine`
 *   and `findEngine`
 */
export async function prepareIndex(client: HttpClient, index: string): Promise<PreparedIndex> {
  const engine = await findEngine(client);
  const template = templateName(index);
  await askEngine(
    client,
    { method: 'PUT', path: `/_template/${encodeURIComponent(template)}`, json: toIndexTemplate(engine, index) },
    z.object({ acknowledged: z.literal(true) }),
  );
  const indexes = [];
  for (const [name, properties] of await readMappings(client, engine, index)) {
    indexes.push({ name, added: await addFields(client, engine, name, properties) });
  }
  return { engine, template, indexes };
}

/**
 * Checks that click events can be counted in the index and its rotated ones; changes nothing.
 *
 * @throws ToolkitError INDEX_NOT_FOUND, INDEX_MISMATCHED and those of `askEngine`
 */
export async function checkIndex(client: HttpClient, engine: Engine, index: string): Promise<void> {
  const found = await readMappings(client, engine, index);
  if (found.length === 0) {
    throw new ToolkitError(
      'INDEX_NOT_FOUND',
      `${client.url.href} has no index ${index}, and none whose name begins with ${index}-.`,
      'Check --index and the address; the first event creates the index.',
    );
  }
  for (const [name, properties] of found) {
    const [missing] = Object.keys(missingFields(name, properties));
    if (missing !== undefined) throw mismatched(name, `it does not index ${missing}`);
  }
}

const Property = z.looseObject({
  type: z.string().optional(),
  fields: z.record(z.string(), z.looseObject({ type: z.string().optional() })).optional(),
});
const Mapping = z.object({ properties: z.record(z.string(), Property).default({}) });
type Properties = z.output<typeof Mapping>['properties'];

/** Reads the fields of the index and of its rotated ones. */
async function readMappings(client: HttpClient, engine: Engine, index: string): Promise<[string, Properties][]> {
  const request = {
    method: 'GET',
    // Not `/_mapping`, which Elasticsearch 6 answers with 404 while there is no index.
    path: `/${indexPatterns(index).map(encodeURIComponent).join(',')}`,
    query: { ignore_unavailable: 'true' },
  } as const;
  if (!isTyped(engine)) {
    const found = await askEngine(client, request, z.record(z.string(), z.object({ mappings: Mapping })));
    return Object.entries(found).map(([name, { mappings }]) => [name, mappings.properties]);
  }
  const found = await askEngine(
    client,
    request,
    z.record(z.string(), z.object({ mappings: z.record(z.string(), Mapping) })),
  );
  return Object.entries(found).map(([name, { mappings }]) => {
    const other = Object.keys(mappings).find((type) => type !== TYPE_NAME);
    if (other !== undefined) throw mismatched(name, `its documents have the type ${other}, not ${TYPE_NAME}`);
    return [name, mappings[TYPE_NAME]?.properties ?? {}];
  });
}

/** @returns the fields added. They hold for new events: those already stored are not indexed again. */
async function addFields(
  client: HttpClient,
  engine: Engine,
  index: string,
  have: Properties,
): Promise<readonly string[]> {
  const missing = missingFields(index, have);
  const added = Object.keys(missing);
  if (added.length > 0) {
    const path = `/${encodeURIComponent(index)}/_mapping${isTyped(engine) ? `/${TYPE_NAME}` : ''}`;
    await askEngine(client, { method: 'PUT', path, json: { properties: missing } }, z.object({}));
  }
  return added;
}

function missingFields(index: string, have: Properties): Readonly<Record<string, FieldMapping>> {
  const missing: Record<string, FieldMapping> = {};
  for (const [name, wanted] of Object.entries(eventMapping)) {
    const found = have[name];
    if (found === undefined) {
      missing[name] = wanted;
      continue;
    }
    if (found.type !== wanted.type)
      throw mismatched(index, `${name} is ${found.type ?? 'an object'}, not ${wanted.type}`);
    const lacks = Object.keys(wanted.fields ?? {}).filter((sub) => found.fields?.[sub] === undefined);
    // Sub-fields that somebody has added stay.
    if (lacks.length > 0) missing[name] = wanted;
  }
  return missing;
}

function mismatched(index: string, what: string): ToolkitError {
  return new ToolkitError(
    'INDEX_MISMATCHED',
    `The index ${index} was made without the template: ${what}.`,
    'Delete it, or copy it with _reindex into an index of another name created after this command; or choose another --index.',
  );
}
