/** The store in a search engine that is in trouble: a double answers as real engines were recorded to answer. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpClient } from '../../../core/http-client';
import { openSearchStore, type SearchStore } from '../../../store/search/store';
import { delivery, EVENT } from '../../support/event-store-contract';
import { until } from '../../support/until';

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

const ok = { status: 201 };
const malformed = {
  status: 400,
  error: {
    type: 'mapper_parsing_exception',
    reason: "failed to parse field [bytes] of type [long] in document with id '6'",
    caused_by: { type: 'illegal_argument_exception', reason: 'For input string: "many"' },
  },
};
const queueFull = {
  status: 429,
  error: { type: 'es_rejected_execution_exception', reason: 'rejected execution of … on EsThreadPoolExecutor[…]' },
};
const readOnly6 = {
  status: 403,
  error: {
    type: 'cluster_block_exception',
    reason: 'blocked by: [FORBIDDEN/12/index read-only / allow delete (api)];',
  },
};
const readOnly7 = {
  status: 429,
  error: {
    type: 'cluster_block_exception',
    reason: 'index [apache] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, …];',
  },
};
const notMade = { status: 404, error: { type: 'index_not_found_exception', reason: 'no such index [apache]' } };

const closed = { status: 400, error: { type: 'index_closed_exception', reason: 'closed' } };
/** A kind that is in no table. */
const strange = { status: 400, error: { type: 'strange_exception', reason: 'no [page] today' } };

const items = (...each: readonly object[]): Reply => ({
  status: 200,
  body: { errors: true, items: each.map((item) => ({ index: item })) },
});
const unavailable: Reply = { status: 503, body: { error: { type: 'unavailable', reason: 'shutting down' } } };

let server: Server;
let store: SearchStore;
/** The ids of each `_bulk` request. */
let asked: string[][];
/** The replies, in order; the last one repeats. */
let answers: (Reply | 'break')[];

beforeEach(async () => {
  asked = [];
  server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const { method, url = '' } = request;
    const send = (reply: Reply) => response.writeHead(reply.status).end(JSON.stringify(reply.body));
    if (!url.includes('_bulk')) {
      const root = { version: { number: '7.10.2' } };
      send({ status: 200, body: method === 'PUT' ? { acknowledged: true } : url === '/' ? root : {} });
      return;
    }
    asked.push([...body.matchAll(/"_id":"([^"]+)"/g)].map(([, id]) => String(id)));
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === undefined || answer === 'break') response.destroy();
    else send(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  store = await openSearchStore({
    client: createHttpClient({ url, auth: { mode: 'none' }, timeoutSeconds: 5 }),
    index: 'apache',
  });
});
afterEach(async () => {
  await store.close();
  server.closeAllConnections();
  server.close();
});

const [a, b, c] = [delivery(EVENT), delivery(EVENT), delivery(EVENT)];
const [idA, idB, idC] = [a.id, b.id, c.id];

describe('a store in a search engine in trouble', () => {
  it('reads every item of a reply with status 200', async () => {
    answers = [items(ok, malformed, ok)];

    const refused = await store.write([a, b, c]);

    expect(refused).toEqual([
      {
        id: idB,
        code: '400',
        reason: 'mapper_parsing_exception: bytes',
        message:
          'mapper_parsing_exception: failed to parse field [bytes] of type [long] in document with id \'6\'; For input string: "many"',
      },
    ]);
    expect(asked).toEqual([[idA, idB, idC]]);
  });

  it('retries only the events that met a full queue', async () => {
    answers = [items(ok, queueFull, queueFull), items(ok, queueFull), items(ok)];

    expect(await store.write([a, b, c])).toEqual([]);
    expect(asked).toEqual([[idA, idB, idC], [idB, idC], [idC]]);
  });

  it('keeps a refusal while others are retried, and their order', async () => {
    answers = [items(queueFull, malformed, ok), items(malformed)];

    const refused = await store.write([a, b, c]);

    expect(refused.map(({ id }) => id)).toEqual([idA, idB]);
  });

  it.each([
    ['unavailable', unavailable],
    ['too busy', { status: 429, body: { error: { type: 'circuit_breaking_exception', reason: 'Data too large' } } }],
    ['behind a failing gateway', { status: 502, body: 'Bad Gateway' }],
    ['breaking the connection', 'break' as const],
  ])('retries a whole request when the engine is %s', async (_, trouble) => {
    answers = [trouble, items(ok, ok)];

    expect(await store.write([a, b])).toEqual([]);
    expect(asked).toEqual([
      [idA, idB],
      [idA, idB],
    ]);
  });

  it('gives up after a few attempts, and reports what waits', async () => {
    answers = [items(ok, queueFull, malformed), items(queueFull)];

    await expect(store.write([a, b, c])).rejects.toMatchObject({
      code: 'INDEX_BLOCKED',
      waiting: [b],
      refused: [{ id: idC, code: '400' }],
    });
    expect(asked).toHaveLength(4);
  });

  it.each([
    ['Elasticsearch 6', readOnly6],
    ['later engines', readOnly7],
  ])('does not retry on a read-only index, as reported by %s, and refuses no event', async (_, block) => {
    answers = [items(ok, block)];

    const error = await store.write([a, b]).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'INDEX_BLOCKED', waiting: [b], refused: [] });
    expect(String(error)).toContain('cluster_block_exception');
    expect(asked).toHaveLength(1);
  });

  it('keeps events waiting for an index that may not be created', async () => {
    answers = [items(notMade, notMade)];

    await expect(store.write([a, b])).rejects.toMatchObject({ code: 'INDEX_BLOCKED', waiting: [a, b] });
    expect(asked).toHaveLength(1);
  });

  it('keeps events waiting for an index that is closed, and stores them once it is open', async () => {
    answers = [items(closed, closed), items(ok, ok)];

    await expect(store.write([a, b])).rejects.toMatchObject({
      code: 'INDEX_BLOCKED',
      message: expect.stringContaining('index_closed_exception: closed'),
      waiting: [a, b],
      refused: [],
    });
    expect(asked).toHaveLength(1);
    expect(await store.write([a, b])).toEqual([]);
  });

  it.each([
    [401, 'ACCESS_DENIED'],
    [403, 'ACCESS_DENIED'],
    [400, 'ENGINE_REFUSED'],
  ])('keeps events waiting, without a retry, if the whole request is answered %i', async (status, code) => {
    answers = [{ status, body: { error: { type: 'some_exception', reason: 'why' } } }];

    await expect(store.write([a, b])).rejects.toMatchObject({ code, waiting: [a, b], refused: [] });
    expect(asked).toHaveLength(1);
  });

  it('halves a request that is too large, and refuses an event that is too large by itself', async () => {
    const tooLarge: Reply = { status: 413, body: '' };
    answers = [tooLarge, items(ok, ok), tooLarge];

    const refused = await store.write([a, b, c]);

    expect(refused).toEqual([{ id: idC, code: '413', reason: 'too-large', message: expect.stringMatching(/size/) }]);
    expect(asked).toEqual([[idA, idB, idC], [idA, idB], [idC]]);
  });

  it.each([
    ['too few items', items(ok)],
    ['no items', { status: 200, body: { errors: false } }],
    ['a page', { status: 200, body: '<html>' }],
  ])('counts nothing as stored if a reply has %s', async (_, reply) => {
    answers = [reply];

    await expect(store.write([a, b])).rejects.toMatchObject({ code: 'SERVER_REPLY_UNUSABLE', waiting: [a, b] });
  });

  it('splits a batch into requests of a few megabytes, and reports what waits from all of them', async () => {
    const large = Array.from({ length: 6 }, () => delivery({ ...EVENT, request: 'x'.repeat(1_500_000) }));
    answers = [items(ok, ok), items(ok, readOnly7)];

    const error = await store.write(large).catch((thrown: unknown) => thrown);

    expect(asked).toEqual([large.slice(0, 2), large.slice(2, 4)].map((each) => each.map(({ id }) => id)));
    expect(error).toMatchObject({ waiting: large.slice(3) });
  });

  it('aborts a write when it is closed', async () => {
    answers = [unavailable];
    const written = store.write([a]);
    await until(() => asked.length > 0, { what: 'a request' });

    await store.close();

    await expect(written).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('an answer of an unknown kind', () => {
  const refusal = (id: string) => ({
    id,
    code: '400',
    reason: 'strange_exception: page',
    message: 'strange_exception: no [page] today',
  });

  it('is about the event if the index takes another one of the request', async () => {
    answers = [items(strange, ok)];

    expect(await store.write([a, b])).toEqual([refusal(idA)]);
    expect(asked).toHaveLength(1);
  });

  it('holds the events back if the index has taken none yet', async () => {
    answers = [items(strange, strange)];

    const error = await store.write([a, b]).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'INDEX_BLOCKED', waiting: [a, b], refused: [] });
    expect(String(error)).toContain('strange_exception: no [page] today');
    expect(asked).toHaveLength(1);
  });

  it('is about the event if the index still takes what it took before', async () => {
    answers = [items(ok), items(strange, malformed), items(ok, strange)];
    await store.write([a]);

    const refused = await store.write([b, c]);

    expect(refused).toEqual([refusal(idB), expect.objectContaining({ id: idC })]);
    expect(asked).toEqual([[idA], [idB, idC], [idA, idB]]);
  });

  it('holds the events back if the index does not take what it took before', async () => {
    answers = [items(ok), items(strange, malformed), items(strange, strange)];
    await store.write([a]);

    const error = await store.write([b, c]).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'INDEX_BLOCKED', waiting: [b], refused: [{ id: idC }] });
  });

  it('lets the later requests of a batch be written', async () => {
    const large = Array.from({ length: 4 }, () => delivery({ ...EVENT, request: 'x'.repeat(1_500_000) }));
    answers = [items(strange, strange), items(ok, ok), items(ok, strange, ok)];

    const refused = await store.write(large);

    const ids = large.map(({ id }) => String(id));
    expect(refused).toEqual([refusal(ids[0] ?? '')]);
    expect(asked).toEqual([ids.slice(0, 2), ids.slice(2), [ids[2], ids[0], ids[1]]]);
  });

  it('waits with what comes after an outage during the check', async () => {
    answers = [items(ok), items(strange, strange), items(readOnly7, readOnly7, readOnly7)];
    await store.write([a]);

    const error = await store.write([b, c]).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ waiting: [b, c], refused: [] });
    expect(String(error)).toContain('cluster_block_exception');
  });
});
