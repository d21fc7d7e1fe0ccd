import { z } from 'zod';
import { clickEventFields } from '../../click/click-event';
import type { HttpClient } from '../../core/http-client';
import { askEngine } from '../../store/search/engine';
import { prepareIndex } from '../../store/search/prepare-index';
import { openSearchStore } from '../../store/search/search-store';
import { describeEngines } from '../support/engines/engines';
import { clientOf, countOf, dropIndex, freshIndex, readDocuments } from '../support/engines/use-index';
import { delivery, EVENT } from '../support/event-store-contract';

describeEngines('the index template', (name, url) => {
  let client: HttpClient;
  let index: string;
  beforeEach(() => {
    client = clientOf(url());
    index = freshIndex();
  });
  afterEach(() => dropIndex(client, index));

  const store = async (...events: readonly object[]) => {
    const opened = await openSearchStore({ client, index });
    expect(await opened.write(events.map((event) => delivery({ ...EVENT, ...event })))).toEqual([]);
  };
  const counts = (query: object) => countOf(client, index, query);

  it('indexes every field of the event', async () => {
    await store(Object.fromEntries(Object.entries(clickEventFields).map(([field, { example }]) => [field, example])));

    for (const [field, { example }] of Object.entries(clickEventFields)) {
      expect([field, await counts({ term: { [field]: example } })]).toEqual([field, 1]);
    }
  });

  it('finds a client by its network, and stores one with a host name', async () => {
    await store({ host: '203.0.113.7' }, { host: '2001:db8::1' }, { host: 'pc7.example.org' });

    expect(await counts({ term: { 'host.ip': '203.0.113.0/24' } })).toBe(1);
    expect(await counts({ term: { 'host.ip': '2001:db8::/32' } })).toBe(1);
    expect(await counts({ term: { host: 'pc7.example.org' } })).toBe(1);
  });

  it('finds a word in the middle of a text', async () => {
    await store({ 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0', page: '/blue-widgets/' });

    expect(await counts({ match: { 'user-agent.text': 'linux' } })).toBe(1);
    expect(await counts({ match_phrase: { 'page.text': 'blue widgets' } })).toBe(1);
  });

  it('reads a time without an offset as UTC', async () => {
    await store({ '@timestamp': '2026-10-10T13:55:36' });

    const at = Date.parse('2026-10-10T13:55:36Z');
    expect(await counts({ range: { '@timestamp': { gte: at, lt: at + 1, format: 'epoch_millis' } } })).toBe(1);
  });

  it('indexes the longest text that Apache logs, and stores longer ones', async () => {
    const longest = '\uFFFD'.repeat(8190);
    await store({ request: longest }, { request: 'x'.repeat(40_000) });

    expect(await counts({ term: { request: longest } })).toBe(1);
    expect(await counts({ exists: { field: 'request' } })).toBe(1);
    const kept = Object.values(await readDocuments(client, index)).map(({ request }) => String(request).length);
    expect(kept.sort()).toEqual([40_000, 8190].sort());
  });

  it('stores an unknown field, but does not index or map it', async () => {
    await store({ page: '/a/', nobody: { knows: 'it' } });

    expect(await counts({ exists: { field: 'nobody' } })).toBe(0);
    expect(Object.values(await readDocuments(client, index))).toEqual([
      { ...EVENT, page: '/a/', nobody: { knows: 'it' } },
    ]);
    expect((await prepareIndex(client, index)).indexes).toEqual([{ name: index, added: [] }]);
  });

  it('applies to the index and its rotated names, and to no other', async () => {
    await prepareIndex(client, index);
    const names = [`${index}-2026-11-23`, `${index}x`];

    for (const each of names) await put(client, `/${each}`, {});
    const { indexes } = await prepareIndex(client, index);

    expect(indexes).toEqual([{ name: names[0], added: [] }]);
    await client.send({ method: 'DELETE', path: `/${names[1]}` });
  });

  it('adds missing fields to an index of an earlier version', async () => {
    const properties = { page: { type: 'keyword' }, host: { type: 'keyword' } };
    await put(client, `/${index}`, typed(name, { dynamic: false, properties }));

    const first = await prepareIndex(client, index);
    await store({ page: '/a/', response: 503, host: '203.0.113.7' });

    expect(first.indexes[0]?.added).toEqual(Object.keys(clickEventFields));
    expect(await counts({ range: { response: { gte: 500 } } })).toBe(1);
    expect(await counts({ term: { 'host.ip': '203.0.113.0/24' } })).toBe(1);
  });

  it('names the field that has another type in an index made without it', async () => {
    const properties = { page: { type: 'text', fields: { keyword: { type: 'keyword' } } } };
    await put(client, `/${index}`, typed(name, { properties }));

    await expect(prepareIndex(client, index)).rejects.toMatchObject({
      code: 'INDEX_MISMATCHED',
      message: expect.stringContaining(`${index} was made without the template: page is text, not keyword`),
    });
  });
});

describeEngines(
  'the index template of an engine with types',
  (_, url) => {
    it('reports an index whose documents have another type', async () => {
      const client = clientOf(url());
      const index = freshIndex();
      await put(client, `/${index}`, { mappings: { other: { properties: { page: { type: 'keyword' } } } } });

      await expect(prepareIndex(client, index)).rejects.toMatchObject({
        code: 'INDEX_MISMATCHED',
        message: expect.stringContaining('the type other, not clickstream'),
      });
      await dropIndex(client, index);
    });
  },
  ['elasticsearch-6.3.2'],
);

const put = (client: HttpClient, path: string, json: object) =>
  askEngine(client, { method: 'PUT', path, json }, z.object({ acknowledged: z.literal(true) }));

const typed = (name: string, mapping: object) => ({
  mappings: name.startsWith('elasticsearch-6') ? { clickstream: mapping } : mapping,
});
