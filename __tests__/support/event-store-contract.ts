import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { clickEventFields, type Field } from '../../click/click-event';
import type { Delivery, EventStore } from '../../store/event-store';

/** A store under test, and a way to look into it that does not use its port. */
export interface StoreUnderTest {
  readonly store: EventStore;
  /** What is stored, as `id → value of field`, absent fields left out. */
  stored(field: string): Promise<Readonly<Record<string, unknown>>>;
}

export const EVENT = {
  '@timestamp': '2026-10-10T13:55:36+10:00',
  '@timestamp_utc': '2026-10-10T03:55:36Z',
  response: 200,
  status_class: '2xx',
  bytes: 2326,
  is_bot: false,
  action: 'page_view',
} as const;

/** A UUIDv7 of the given moment. */
export function idAt(ms: number): string {
  const hex = ms.toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

export function delivery(document: unknown, id = idAt(Date.now())): Delivery {
  return { id, document: Buffer.from(typeof document === 'string' ? document : JSON.stringify(document)) };
}

/** What every event store promises. Each adapter's test passes a function that opens an empty store. */
export function describeEventStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} as an event store`, () => {
    let store: EventStore;
    let stored: StoreUnderTest['stored'];

    beforeEach(async () => {
      ({ store, stored } = await open());
    });
    afterEach(() => store.close());

    it('keeps every event of a batch under its id', async () => {
      const batch = [delivery({ ...EVENT, page: '/a/' }), delivery({ ...EVENT, page: '/b/' })];

      const refused = await store.write(batch);

      expect(refused).toEqual([]);
      expect(await stored('page')).toEqual({ [String(batch[0]?.id)]: '/a/', [String(batch[1]?.id)]: '/b/' });
    });

    it('accepts an empty batch', async () => {
      expect(await store.write([])).toEqual([]);
      expect(await stored('page')).toEqual({});
    });

    it('stores an id once: within one batch, in the next, and among new ids of all times', async () => {
      const old = delivery({ ...EVENT, page: '/old/' }, idAt(1_000_000_000_000));
      const now = delivery({ ...EVENT, page: '/now/' });
      const later = delivery({ ...EVENT, page: '/later/' }, idAt(4_000_000_000_000));

      await store.write([now, now]);
      await store.write([now, old]);
      await store.write([later, now, old, later]);

      expect(Object.values(await stored('page')).sort()).toEqual(['/later/', '/now/', '/old/']);
    });

    it('counts two equal events with two ids twice', async () => {
      await store.write([delivery(EVENT), delivery(EVENT)]);

      expect(Object.keys(await stored('response'))).toHaveLength(2);
    });

    it.each([
      ['a text that is not JSON', 'GET / HTTP/1.1'],
      ['JSON cut short', '{"response":20'],
      ['JSON with something after it', '{"response":200} x'],
      ['nothing', ''],
      ['a number', '7'],
      ['null', 'null'],
      ['a list', '[{"response":200}]'],
      ['two lines', '{"response":\n200}'],
      ['a text for a number', { ...EVENT, response: 'many' }],
      ['an object for a number', { ...EVENT, bytes: { of: 'body' } }],
      ['a text for a boolean', { ...EVENT, is_bot: 'perhaps' }],
      ['a text for a moment', { ...EVENT, '@timestamp_utc': 'yesterday' }],
      ['a field twice', '{"response":200,"response":300}'],
      ['a field _id', { ...EVENT, _id: idAt(1) }],
    ])('refuses %s, and stores the neighbours', async (_, document) => {
      const before = delivery({ ...EVENT, page: '/before/' });
      const bad = delivery(document);
      const after = delivery({ ...EVENT, page: '/after/' });

      const refused = await store.write([before, bad, after]);

      expect(refused).toEqual([
        { id: bad.id, code: '400', reason: expect.stringMatching(/\S/), message: expect.stringMatching(/\S/) },
      ]);
      expect(await stored('page')).toEqual({ [before.id]: '/before/', [after.id]: '/after/' });
    });

    it('reports refusals in the order of the batch', async () => {
      const bad = [delivery({ bytes: 'x' }), delivery('no'), delivery({ bytes: 'y' }), delivery('{')];

      const refused = await store.write([...bad, delivery(EVENT)]);

      expect(refused.map(({ id }) => id)).toEqual(bad.map(({ id }) => id));
    });

    it('stores or refuses each event, whatever its fields hold', async () => {
      const typed = Object.entries<Field>(clickEventFields)
        .filter(([name, { type }]) => type !== 'string' || name === '@timestamp_utc')
        .map(([name, { example }]) => {
          const good = { weight: 9, arbitrary: fc.constant(example) };
          return [name, fc.oneof(good, { weight: 1, arbitrary: fc.jsonValue() })] as const;
        });
      const event = fc.record(Object.fromEntries(typed), { requiredKeys: [] });
      const seen = new Map<string, unknown>();

      for (const events of fc.sample(fc.array(event, { minLength: 1, maxLength: 40 }), { numRuns: 20, seed: 1 })) {
        const batch = events.map((each) => delivery({ ...each, page: '/any/' }));
        const refused = new Set((await store.write(batch)).map(({ id }) => id));
        for (const { id } of batch) if (!refused.has(id)) seen.set(id, '/any/');
      }

      expect(await stored('page')).toEqual(Object.fromEntries(seen));
      expect(seen.size).toBeGreaterThan(0);
    });

    it('refuses thousands at once, and stores the only good one among them', async () => {
      const good = delivery({ ...EVENT, page: '/good/' });
      const bad = Array.from({ length: 4_000 }, (_, at) => delivery({ ...EVENT, response: `no ${at}` }));

      const refused = await store.write([...bad, good]);

      expect(refused.map(({ id }) => id)).toEqual(bad.map(({ id }) => id));
      expect(await stored('page')).toEqual({ [good.id]: '/good/' });
    });

    it('ignores an unknown field', async () => {
      const event = delivery({ ...EVENT, page: '/a/', later: { version: 2 } });

      const refused = await store.write([event]);

      expect(refused).toEqual([]);
      expect(await stored('page')).toEqual({ [event.id]: '/a/' });
    });

    it('returns any text unchanged', async () => {
      const texts = [
        "'; DROP TABLE events; --",
        '{"_id":"x"}',
        '\u0000\u001b[31m',
        '😀 ﷽ \u202e',
        '"\\',
        '%s $1 $name',
        'x'.repeat(2_000_000),
      ];
      const batch = texts.map((text) => delivery({ ...EVENT, username: text }));

      const refused = await store.write(batch);

      expect(refused).toEqual([]);
      expect(await stored('username')).toEqual(Object.fromEntries(batch.map(({ id }, at) => [id, texts[at]])));
    });

    it('stores batches that are written at the same time', async () => {
      const batches = Array.from({ length: 8 }, () => Array.from({ length: 50 }, () => delivery(EVENT)));

      await Promise.all(batches.map((batch) => store.write(batch)));

      expect(Object.keys(await stored('response'))).toHaveLength(400);
    });
  });
}
