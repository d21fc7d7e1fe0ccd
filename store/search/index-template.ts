/**
 * The index template: how a search engine stores the click event, made from the event's one table of fields. It has to be there before
 * the first event, since the type of a field cannot be changed afterwards.
 *
 * - `dynamic: false`: an unknown field stays in the document and is not indexed. With `true` anybody who can write a log line could create
 *   fields; `strict` would refuse the events of a newer version, and a refused event is a lost click.
 * - Text is a `keyword`, so that it can be counted; where people search for a word it has the sub-field `text`, too.
 * - `host` is a keyword with the sub-field `host.ip`: address ranges can be searched, and a host name is stored rather than refused.
 */
import { z } from 'zod';
import { clickEventFields, type Field, type FieldName } from '../../click/click-event';

/** The documents' type, if the engine has types and neither an index nor a setting names one. Like the index's name, it is the AWS workshop's. */
export const DEFAULT_TYPE = 'clickstream';

export const DEFAULT_INDEX = 'apache';

/** A name that every engine accepts, also within a URL. */
export const IndexName = z
  .string('must be one name')
  .regex(/^[a-z0-9][a-z0-9._-]{0,199}$/, 'must be lower-case letters, digits, `-`, `_` and `.`: an index’s name');

export interface FieldMapping {
  readonly type: 'keyword' | 'text' | 'ip' | 'date' | 'long' | 'boolean';
  readonly ignore_above?: number;
  readonly ignore_malformed?: boolean;
  readonly norms?: boolean;
  readonly fields?: Readonly<Record<string, FieldMapping>>;
}

/**
 * In characters: Lucene refuses a keyword over 32,766 bytes, and with it the event; a character is at most 4 bytes. Apache's limit for a
 * request line or a header is 8,190 bytes, so everything it logs is indexed.
 */
const MOST_CHARACTERS = 8191;

/** Fields in which people look for a word, not only for the whole value. */
const SEARCHED: ReadonlySet<FieldName> = new Set(['request', 'page', 'referer', 'user-agent', 'username']);

const keyword = { type: 'keyword', ignore_above: MOST_CHARACTERS } as const;

/** Each field's mapping. */
export const eventMapping = Object.fromEntries(
  Object.entries(clickEventFields).map(([name, field]) => [name, toMapping(name as FieldName, field)]),
) as Readonly<Record<FieldName, FieldMapping>>;

function toMapping(name: FieldName, { type, format }: Field): FieldMapping {
  // Where the log has no offset the engine reads the time as UTC, as the embedded store does.
  if (name === '@timestamp' || format === 'date-time') return { type: 'date' };
  if (type !== 'string') return { type: type === 'integer' ? 'long' : 'boolean' };
  if (name === 'host') return { ...keyword, fields: { ip: { type: 'ip', ignore_malformed: true } } };
  // Without norms the field is smaller; only ranking by relevance needs them.
  return SEARCHED.has(name) ? { ...keyword, fields: { text: { type: 'text', norms: false } } } : keyword;
}

export const templateName = (index: string) => `clickstreamy-${index}`;

/** The index itself, and the names that Firehose gives its rotated indexes: `apache-2026-11-23`. */
export const indexPatterns = (index: string): readonly string[] => [index, `${index}-*`];

/** The body of `PUT /<index>`. @param type the documents' type, where the engine has types. */
export function toIndexBody(type: string | undefined): object {
  const mappings = { dynamic: false, properties: eventMapping };
  return {
    settings: {
      // A workshop's log, or a day's, is far below what one shard holds, and counts over one shard are exact.
      number_of_shards: 1,
      // No replica on a single node, where it could not be placed; else one.
      auto_expand_replicas: '0-1',
    },
    mappings: type === undefined ? mappings : { [type]: mappings },
  };
}

/** The body of `PUT /_template/<name>`. */
export const toLegacyTemplate = (index: string, order: number, type: string | undefined): object => ({
  index_patterns: indexPatterns(index),
  order,
  ...toIndexBody(type),
});

/** The body of `PUT /_index_template/<name>`. */
export const toComposableTemplate = (index: string, priority: number): object => ({
  index_patterns: indexPatterns(index),
  priority,
  template: toIndexBody(undefined),
});
