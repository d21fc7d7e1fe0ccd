import { z } from 'zod';
import { clickEventFields } from '../../click/click-event';
import type { HttpClient } from '../../core/http-client';
import { askEngine } from '../../store/search/engine';
import { prepareIndex } from '../../store/search/prepare-index';
import { openSearchStore } from '../../store/search/store';
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
    let client: HttpClient;
    let index: string;
    beforeEach(async () => {
      client = clientOf(url());
      index = freshIndex();
      await put(client, `/${index}`, { mappings: { other: { properties: { page: { type: 'keyword' } } } } });
    });
    afterEach(() => dropIndex(client, index));

    it('takes the type of the index’s documents', async () => {
      const store = await openSearchStore({ client, index });

      expect(await store.write([delivery({ ...EVENT, page: '/a/' })])).toEqual([]);
      expect(store.index).toEqual({ name: index, type: 'other' });
      expect(await countOf(client, index, { term: { page: '/a/' } })).toBe(1);
    });

    it('reports an index whose documents have another type than the one asked for', async () => {
      await expect(prepareIndex(client, index, 'hits')).rejects.toMatchObject({
        code: 'INDEX_MISMATCHED',
        message: expect.stringContaining('the type other, not hits'),
      });
    });

    it('is above a template that fits the same names', async () => {
      const other = { index_patterns: [`${index}*`], order: 1000, mappings: { clickstream: textPage } };
      await put(client, `/_template/other-${index}`, other);
      await client.send({ method: 'DELETE', path: `/${index}` });

      for (let run = 1; run <= 2; run++) {
        const store = await openSearchStore({ client, index });
        expect(await store.write([delivery({ ...EVENT, page: `/${run}/` })])).toEqual([]);
      }

      expect(await countOf(client, index, { term: { page: '/1/' } })).toBe(1);
      await client.send({ method: 'DELETE', path: `/_template/other-${index}` });
    });
  },
  ['elasticsearch-6.3.2'],
);

/** What an engine makes of a text that it has not been told about. */
const textPage = { properties: { page: { type: 'text', fields: { keyword: { type: 'keyword' } } } } };

const Templates = z.object({
  index_templates: z.array(z.object({ index_template: z.object({ priority: z.number() }) })),
});

describeEngines(
  'the index template of an engine with composable templates',
  (_, url) => {
    let client: HttpClient;
    let index: string;
    beforeEach(() => {
      client = clientOf(url());
      index = freshIndex();
    });
    afterEach(async () => {
      await dropIndex(client, index);
      await client.send({ method: 'DELETE', path: `/_index_template/other-${index}` });
    });

    const putOther = (priority: number) => {
      const template = { settings: { number_of_replicas: 0 }, mappings: textPage };
      const json = { index_patterns: [`${index.slice(0, 20)}*`], priority, template };
      return put(client, `/_index_template/other-${index}`, json);
    };
    const priority = async () => {
      const path = `/_index_template/clickstreamy-${index}`;
      const { index_templates: found } = await askEngine(client, { method: 'GET', path }, Templates);
      return found.map(({ index_template: template }) => template.priority);
    };
    const typeOfPage = async (name: string) => {
      const path = `/${name}/_mapping`;
      const found = await askEngine(client, { method: 'GET', path }, z.record(z.string(), z.looseObject({})));
      const Page = z.object({ mappings: z.object({ properties: z.object({ page: z.object({ type: z.string() }) }) }) });
      return Page.parse(found[name]).mappings.properties.page.type;
    };

    it.each([
      [1, 100],
      [100, 101],
      [5000, 5001],
    ])('is above another one of priority %i, also in a second run', async (other, ours) => {
      await putOther(other);

      for (let run = 1; run <= 2; run++) {
        const store = await openSearchStore({ client, index });
        expect(await store.write([delivery({ ...EVENT, page: `/${run}/` })])).toEqual([]);
        expect(await priority()).toEqual([ours]);
      }

      expect(await countOf(client, index, { term: { page: '/1/' } })).toBe(1);
      await put(client, `/${index}-2026-11-23`, {});
      expect(await typeOfPage(`${index}-2026-11-23`)).toBe('keyword');
    });

    it('rises above one that came later', async () => {
      await prepareIndex(client, index);
      await putOther(700);

      await prepareIndex(client, index);
      await put(client, `/${index}-2026-11-23`, {});

      expect(await priority()).toEqual([701]);
      expect(await typeOfPage(`${index}-2026-11-23`)).toBe('keyword');
    });

    it('replaces the one of an earlier version', async () => {
      const legacy = {
        index_patterns: [index, `${index}-*`],
        order: 100,
        mappings: { properties: { page: { type: 'keyword' } } },
      };
      await put(client, `/_template/clickstreamy-${index}`, legacy);
      await put(client, `/${index}`, {});

      const { indexes } = await prepareIndex(client, index);

      expect(indexes[0]?.added).toContain('response');
      const old = await client.send({ method: 'GET', path: `/_template/clickstreamy-${index}` });
      expect(old.status).toBe(404);
      expect(await priority()).toEqual([100]);
    });

    it('makes the index before the first event', async () => {
      const store = await openSearchStore({ client, index });

      expect(await typeOfPage(index)).toBe('keyword');
      expect((await store.readTotals()).byStatus).toEqual({});
    });

    it('leaves an alias’s index alone', async () => {
      await prepareIndex(client, index);
      await put(client, `/${index}-000001`, { aliases: { [index]: { is_write_index: true } } });

      const store = await openSearchStore({ client, index });

      expect(await store.write([delivery(EVENT)])).toEqual([]);
      expect(await countOf(client, `${index}-000001`, { match_all: {} })).toBe(1);
    });
  },
  ['elasticsearch-7.10.2', 'opensearch-2.19.1'],
);

const put = (client: HttpClient, path: string, json: object) =>
  askEngine(client, { method: 'PUT', path, json }, z.object({ acknowledged: z.literal(true) }));

const typed = (name: string, mapping: object) => ({
  mappings: name.startsWith('elasticsearch-6') ? { clickstream: mapping } : mapping,
});
