/** The index pattern: the click event's fields as Kibana lists them, two scripted ones, and how values are shown. */
import { eventMapping, type FieldMapping } from '../store/search/index-template';
import { timeScripts, timeScripts6 } from '../store/search/to-search';
import type { Target } from './saved-object';

/** Named after the splits. */
export const scriptedFields = ['weekday', 'hour'] as const;

const META: Readonly<Record<string, string>> = {
  _id: 'string',
  _index: 'string',
  _score: 'number',
  _source: '_source',
};

export function toIndexPattern(index: string, target: Target): Readonly<Record<string, unknown>> {
  const fields = [
    ...Object.entries(eventMapping).flatMap(([name, mapping]) => toFields(name, mapping)),
    ...scriptedFields.map((name) => ({
      name,
      type: 'number',
      count: 0,
      scripted: true,
      script: (target.hasReferences ? timeScripts : timeScripts6)[name],
      lang: 'painless',
      searchable: true,
      aggregatable: true,
      readFromDocValues: false,
    })),
    ...Object.entries(META).map(([name, type]) => ({
      name,
      type,
      count: 0,
      scripted: false,
      searchable: type === 'string',
      aggregatable: type === 'string',
      readFromDocValues: false,
    })),
  ];
  return {
    title: index,
    timeFieldName: '@timestamp',
    fields: JSON.stringify(fields),
    fieldFormatMap: JSON.stringify(formats),
  };
}

/** The field and its sub-fields, such as `page.text`. */
function toFields(name: string, { type, fields = {} }: FieldMapping): readonly object[] {
  const field = {
    name,
    type: TYPES[type],
    count: 0,
    scripted: false,
    searchable: true,
    aggregatable: type !== 'text',
    readFromDocValues: type !== 'text',
  };
  return [field, ...Object.entries(fields).flatMap(([inner, mapping]) => toFields(`${name}.${inner}`, mapping))];
}

/** Kibana's names for the engine's types. */
const TYPES: Readonly<Record<FieldMapping['type'], string>> = {
  keyword: 'string',
  text: 'string',
  ip: 'ip',
  date: 'date',
  long: 'number',
  boolean: 'boolean',
};

const lookup = (values: Readonly<Record<string, string>>) => ({
  id: 'static_lookup',
  params: { lookupEntries: Object.entries(values).map(([key, value]) => ({ key, value })) },
});

const formats = {
  bytes: { id: 'bytes' },
  // Status codes aren't quantities: no thousands separator.
  response: { id: 'string' },
  hour: { id: 'string' },
  weekday: lookup({ 1: 'Mon', 2: 'Tue', 3: 'Wed', 4: 'Thu', 5: 'Fri', 6: 'Sat', 7: 'Sun' }),
  // In an aggregation's bucket a boolean is 1 or 0.
  is_bot: lookup({ true: 'bots', false: 'people', 1: 'bots', 0: 'people' }),
};
