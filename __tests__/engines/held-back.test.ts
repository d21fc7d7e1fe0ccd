/** What an engine answers to every event holds events back, with one warning, until somebody acts; then they are stored. */
import { z } from 'zod';
import type { HttpClient } from '../../core/http-client';
import { createDocumentWriter } from '../../firehose/store-documents';
import { askEngine } from '../../store/search/engine';
import { openSearchStore } from '../../store/search/store';
import { describeEngines } from '../support/engines/engines';
import { clientOf, countOf, dropIndex, freshIndex } from '../support/engines/use-index';
import { delivery, EVENT } from '../support/event-store-contract';
import { until } from '../support/until';

const SIX = 'elasticsearch-6.3.2';
const OPENSEARCH = 'opensearch-2.19.1';

type Ask = (method: 'PUT' | 'POST' | 'DELETE', path: string, json?: object) => Promise<unknown>;

interface Trouble {
  readonly what: string;
  /** A part of the warning. */
  readonly says: RegExp;
  readonly begin: (ask: Ask, index: string) => Promise<unknown>;
  readonly end: (ask: Ask, index: string) => Promise<unknown>;
  /** @default all */
  readonly happensOn?: (engine: string) => boolean;
}

const noAutoCreate = (value: string | null) => ({ persistent: { 'action.auto_create_index': value } });
const pipeline = (value: string | null) => ({ 'index.default_pipeline': value });

const TROUBLES: readonly Trouble[] = [
  {
    what: 'the index is closed',
    says: /index_closed_exception/,
    begin: (ask, index) => ask('POST', `/${index}/_close`),
    end: (ask, index) => ask('POST', `/${index}/_open`),
  },
  ...['read_only', 'read_only_allow_delete', 'write'].map((block) => ({
    what: `the index has the block ${block}`,
    says: /cluster_block_exception/,
    begin: (ask: Ask, index: string) => ask('PUT', `/${index}/_settings`, { [`index.blocks.${block}`]: true }),
    end: (ask: Ask, index: string) => ask('PUT', `/${index}/_settings`, { [`index.blocks.${block}`]: false }),
  })),
  {
    what: 'the index is gone and may not be made',
    says: /index_not_found_exception/,
    begin: async (ask, index) => {
      await ask('PUT', '/_cluster/settings', noAutoCreate(`-${index},+*`));
      await ask('DELETE', `/${index}`);
    },
    end: (ask) => ask('PUT', '/_cluster/settings', noAutoCreate(null)),
  },
  {
    what: 'the alias has no index for writing',
    says: /no write index|more than one ind/,
    begin: async (ask, index) => {
      await ask('DELETE', `/${index}`);
      for (const part of ['a', 'b']) await ask('PUT', `/${index}-${part}`, { aliases: { [index]: {} } });
    },
    end: (ask, index) => ask('DELETE', `/${index}-b`),
  },
  {
    what: 'the ingest pipeline is missing',
    says: /pipeline with id \[nope\] does not exist/,
    begin: (ask, index) => ask('PUT', `/${index}/_settings`, pipeline('nope')),
    end: (ask, index) => ask('PUT', `/${index}/_settings`, pipeline(null)),
    happensOn: (engine) => engine !== SIX,
  },
  {
    what: 'the name is a data stream’s',
    says: /only write ops with an op_type of create/,
    begin: async (ask, index) => {
      await ask('DELETE', `/${index}`);
      const template = { index_patterns: [index], priority: 1000, data_stream: {} };
      await ask('PUT', `/_index_template/other-${index}`, template);
      await ask('PUT', `/_data_stream/${index}`);
    },
    end: async (ask, index) => {
      await ask('DELETE', `/_data_stream/${index}`);
      await ask('DELETE', `/_index_template/other-${index}`);
    },
    happensOn: (engine) => engine === OPENSEARCH,
  },
];

describeEngines('an index that takes no events', (name, url) => {
  let client: HttpClient;
  let index: string;
  beforeEach(() => {
    client = clientOf(url());
    index = freshIndex();
  });
  afterEach(() => dropIndex(client, index));

  const ask: Ask = (method, path, json) => askEngine(client, { method, path, json }, z.object({}));

  it.each(TROUBLES.filter(({ happensOn = () => true }) => happensOn(name)))('$what: they wait', async (trouble) => {
    const warnings: string[] = [];
    const closing = new AbortController();
    const store = await openSearchStore({ client, index });
    const write = createDocumentWriter({
      store,
      retrySeconds: 120,
      failedPrefix: 'failed/',
      warn: (sentence) => warnings.push(sentence),
      closing: closing.signal,
    });
    expect((await write([delivery(EVENT)], Date.now())).refusals).toEqual(new Map());
    const isIndexGone = /may not be made|alias|data stream/.test(trouble.what);

    await trouble.begin(ask, index);
    const buffers = [[delivery(EVENT), delivery(EVENT)], [delivery(EVENT)]];
    const written = buffers.map((each) => write(each, Date.now()));
    await until(() => warnings.length > 0, { what: 'a warning' });
    await trouble.end(ask, index);
    const results = await Promise.all(written);

    expect(results.map(({ refusals }) => refusals.size)).toEqual([0, 0]);
    expect(warnings).toEqual([expect.stringMatching(trouble.says)]);
    expect(await countOf(client, index, { match_all: {} })).toBe(isIndexGone ? 3 : 4);
    await store.close();
  });
});
