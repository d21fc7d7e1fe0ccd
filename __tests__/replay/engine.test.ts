/** `clickstreamy replay run --store`, into a double that keeps documents by index and id, as an engine does. */
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  accessLine,
  DELIVERY,
  deliveryFailed,
  event,
  objectName,
  PROCESSING,
  processingFailed,
  writeObjects,
} from '../support/failed-records';
import { useFolder } from '../support/stream-fixture';
import { replay } from '../support/verify-commands';

const folder = useFolder();
const at = (...path: readonly string[]) => join(folder(), ...path);

let server: Server;
let url: string;
/** Pages by `index/id`. */
let documents: Map<string, string>;
/** How many more `_bulk` requests are answered with 503. */
let failures: number;

beforeEach(async () => {
  documents = new Map();
  failures = 0;
  server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const { method, url: path = '' } = request;
    const send = (status: number, reply: object) => response.writeHead(status).end(JSON.stringify(reply));
    if (!path.includes('_bulk')) {
      send(200, method === 'PUT' ? { acknowledged: true } : path === '/' ? { version: { number: '7.10.2' } } : {});
      return;
    }
    if (failures-- > 0) {
      send(503, { error: { type: 'unavailable', reason: 'shutting down' } });
      return;
    }
    const [, index] = path.split('/');
    const lines = body.trimEnd().split('\n');
    const items = [];
    for (let line = 0; line < lines.length; line += 2) {
      const { _id: id } = JSON.parse(lines[line] ?? '').index;
      const { page } = JSON.parse(lines[line + 1] ?? '');
      if (page === '/refused/') {
        const error = { type: 'mapper_parsing_exception', reason: 'failed to parse' };
        items.push({ index: { status: 400, error } });
        continue;
      }
      documents.set(`${index}/${id}`, page);
      items.push({ index: { status: 201 } });
    }
    send(200, { errors: items.some(({ index: { status } }) => status !== 201), items });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

async function run(...args: readonly string[]) {
  const into = ['--store', url, '--receipts', at('receipts')];
  const { code, out, err } = await replay(['run', at('failed'), ...into, '--json', ...args]);
  return { code, err, counts: out === '' ? undefined : JSON.parse(out) };
}

const refusedAs = (name: string, id: string | undefined, index = 'apache') =>
  deliveryFailed(event(name), { esDocumentId: id, esIndexName: index });

it('writes each event once, by the id and into the index that the record has', async () => {
  const strange = '4954"6\\ü\n.0';
  await writeObjects(at('failed'), {
    [PROCESSING + objectName(1)]: processingFailed(accessLine('processed')),
    [`apache_AmazonOpenSearchService-failed/2026/11/23/07/${objectName(2)}`]: [
      refusedAs('a', 'one'),
      refusedAs('b', strange),
      refusedAs('c', 'three', 'apache-2026-11-23'),
      refusedAs('d', undefined),
      refusedAs('refused', 'five'),
      refusedAs('long', 'x'.repeat(513)),
    ].join('\n'),
  });
  failures = 1;

  const first = await run();
  const second = await run();

  expect(first).toMatchObject({
    code: 0,
    counts: { records: 7, stored: 5, failed: 2, reasons: { 400: 1, 'id-too-long': 1 } },
  });
  const uuid = expect.stringMatching(/^apache\/[0-9a-f-]{36}$/);
  expect([...documents].sort(([, one], [, other]) => (one < other ? -1 : 1))).toEqual([
    ['apache/one', '/a/'],
    [`apache/${strange}`, '/b/'],
    ['apache-2026-11-23/three', '/c/'],
    [uuid, '/d/'],
    [uuid, '/processed/'],
  ]);
  expect(second.counts).toMatchObject({ records: 0, recordsBefore: 7, failedBefore: 2 });
});

it('has receipts for each index of each engine, with the engine’s reason', async () => {
  await writeObjects(at('failed'), { [DELIVERY + objectName(1)]: refusedAs('refused', 'one') });

  const apache = await run();
  const other = await run('--index', 'other');

  expect([apache.counts.records, other.counts.records]).toEqual([1, 1]);
  const folders = await readdir(at('receipts'));
  expect(folders).toHaveLength(2);
  const names = await readdir(apache.counts.receipts);
  const name = names.find((each) => each.endsWith('.ndjson')) ?? '';
  const lines = (await readFile(join(apache.counts.receipts, name), 'utf8')).split('\n');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ into: `${url}/apache` });
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({
    ...{ line: 1, outcome: 'failed', id: 'one' },
    reason: '400: mapper_parsing_exception: failed to parse',
  });
});

it('asks which index to write to when an event was meant for another one', async () => {
  await writeObjects(at('failed'), { [DELIVERY + objectName(1)]: refusedAs('a', 'one', 'clicks-2026-w47') });

  const unclear = await run();
  const clear = await run('--index', 'clicks');

  expect(unclear).toMatchObject({ code: 1, counts: undefined });
  expect(unclear.err).toMatch(
    /^error \[REPLAY_INDEX_UNCLEAR\]: .*"clicks-2026-w47".* apache\.\n→ Name the index with --index/,
  );
  expect(clear).toMatchObject({ code: 0, counts: { stored: 1 } });
  expect([...documents]).toEqual([['clicks-2026-w47/one', '/a/']]);
});

it('ends with the engine’s error when it is out of reach, and leaves the rest to the next replay', async () => {
  await writeObjects(at('failed'), { [DELIVERY + objectName(1)]: refusedAs('a', 'one') });
  const args = ['run', at('failed'), '--receipts', at('receipts')];

  const { code, err } = await replay([...args, '--store', 'http://127.0.0.1:1']);

  expect({ code, err }).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^error \[SERVER_UNREACHABLE\]: .+\n→ .+\n$/),
  });
  expect((await run()).counts).toMatchObject({ stored: 1 });
});
