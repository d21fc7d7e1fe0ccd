import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClickEvent, clickEventFields, type Field } from '../../click/click-event';
import { renderClickEventDocs } from '../../click/click-event-docs';
import { clickEventJsonSchema } from '../../click/click-event-schema';
import { packageRoot } from '../../core/package-root';
import { expectValid } from '../support/one-line';

const FIELDS = Object.entries<Field>(clickEventFields);

/** An event with only the required fields. */
const BARE: ClickEvent = {
  '@timestamp': '2026-10-10T13:55:36',
  response: 408,
  status_class: '4xx',
  bytes: 0,
  is_bot: false,
  action: 'other',
};

describe('the JSON schema', () => {
  it('takes the event of all examples', () => {
    const event = Object.fromEntries(FIELDS.map(([name, field]) => [name, field.example]));

    expect(() => expectValid(event)).not.toThrow();
  });

  it('takes an event of the required fields alone', () => {
    expect(() => expectValid(BARE)).not.toThrow();
  });

  it.each(Object.keys(BARE))('misses %s', (name) => {
    const { [name as keyof ClickEvent]: _, ...rest } = BARE;

    expect(() => expectValid(rest)).toThrow(`must have required property '${name}'`);
  });

  it.each<[string, object]>([
    ['an unknown field', { colour: 'red' }],
    ['an empty string', { host: '' }],
    ['null', { host: null }],
    ['a number as text', { bytes: '12' }],
    ['half a byte', { bytes: 0.5 }],
    ['a negative size', { bytes: -1 }],
    ['an unknown action', { action: 'buy' }],
    ['a UTC time without its zone', { '@timestamp_utc': '2026-10-10T03:55:36' }],
    ['31 February', { '@timestamp_utc': '2026-02-31T03:55:36Z' }],
  ])('refuses %s', (_, fault) => {
    expect(() => expectValid({ ...BARE, ...fault })).toThrow();
  });

  it('gives every field its meaning, an example, its unit and when it is absent', () => {
    for (const [name, field] of FIELDS) {
      const schema = clickEventJsonSchema.properties[name as keyof ClickEvent];

      expect(schema.description).toContain(field.about);
      expect(schema.description).toContain(field.unit ?? '');
      expect(schema.description).toContain(field.absent ?? '');
      expect(schema.examples).toEqual([field.example]);
      expect(schema.enum).toEqual(field.values);
    }
  });
});

describe('docs/click-event.md', () => {
  it('is the table of the fields', () => {
    const file = readFileSync(join(packageRoot, 'docs/click-event.md'), 'utf8');

    expect(file).toBe(renderClickEventDocs());
  });

  it('has a row for each field', () => {
    const rows = renderClickEventDocs()
      .split('\n')
      .filter((line) => line.startsWith('| `'));

    expect(rows.map((row) => row.split('`')[1])).toEqual(FIELDS.map(([name]) => name));
  });
});
