import { gzipSync } from 'node:zlib';
import { LONGEST_LINE_BYTES, type ReadLine, readFailures, UnreadableObject } from '../../replay/read-failures';
import type { SourceObject } from '../../replay/source';
import {
  accessLine,
  DELIVERY,
  deliveryFailed,
  event,
  objectName,
  PROCESSING,
  processingFailed,
} from '../support/failed-records';

const KEY = PROCESSING + objectName(1);

function objectOf(body: string | Buffer | AsyncGenerator<Buffer>, key = KEY): SourceObject {
  async function* read() {
    if (typeof body === 'string' || Buffer.isBuffer(body)) yield Buffer.from(body);
    else yield* body;
  }
  return { key, location: key, version: '1', read };
}

async function readAll(object: SourceObject) {
  const lines: ReadLine[] = [];
  let isOther = false;
  const onOther = () => {
    isOther = true;
  };
  for await (const batch of readFailures(object, onOther)) lines.push(...batch);
  return { lines, isOther };
}

const shortOf = (lines: readonly ReadLine[]) =>
  lines.map((each) => ('failure' in each ? `${each.line} ${each.failure.kind}` : `${each.line} ${each.why}`));

const two = `${processingFailed(accessLine('a'))}\n${processingFailed(accessLine('b'))}\n`;

it('reads lines with or without a last newline, from Windows, with blank ones between', async () => {
  const expected = ['1 processing', '2 processing'];

  expect(shortOf((await readAll(objectOf(two))).lines)).toEqual(expected);
  expect(shortOf((await readAll(objectOf(two.trimEnd()))).lines)).toEqual(expected);
  expect(shortOf((await readAll(objectOf(`\uFEFF${two.replaceAll('\n', '\r\n')}`))).lines)).toEqual(expected);
  expect(shortOf((await readAll(objectOf(two.replaceAll('\n', '\n \n\n')))).lines)).toEqual([
    '1 processing',
    '4 processing',
  ]);
});

it('knows gzip by its first bytes, whatever the name, also of several members', async () => {
  const packed = Buffer.concat([gzipSync(two), gzipSync(two)]);

  expect(shortOf((await readAll(objectOf(packed))).lines)).toHaveLength(4);
  expect(shortOf((await readAll(objectOf(two, `${KEY}.gz`))).lines)).toHaveLength(2);
});

it('names the lines that are no failed records, and reads the others', async () => {
  const text = `${accessLine('x')}\n${processingFailed(accessLine('a'))}\n{"rawData":\n${processingFailed('b')}\n`;

  expect(shortOf((await readAll(objectOf(text))).lines)).toEqual([
    '1 is not JSON',
    '2 processing',
    '3 is not JSON',
    '4 processing',
  ]);
});

it('passes an object over whose key says nothing and whose first line is no failed record', async () => {
  const copy = objectOf(`${accessLine('a')}\n${two}`, `apache_2026/11/23/07/${objectName(1)}`);

  expect(await readAll(copy)).toEqual({ lines: [], isOther: true });
});

it('reads an object whose key says nothing by what each line says', async () => {
  const { lines, isOther } = await readAll(objectOf(`\n${two}${deliveryFailed(event('c'))}\nx\n`, 'failed.ndjson'));

  expect(isOther).toBe(false);
  expect(shortOf(lines)).toEqual(['2 processing', '3 processing', '4 delivery', '5 is not JSON']);
});

it('takes the kind from the key before the members', async () => {
  const { lines } = await readAll(objectOf(processingFailed(event('a')), DELIVERY + objectName(1)));

  expect(shortOf(lines)).toEqual(['1 delivery']);
});

it('cuts off a line without an end, counts it, and holds little of it', async () => {
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  async function* hostile() {
    for (let bytes = 0; bytes < 8 * LONGEST_LINE_BYTES; bytes += chunk.length) yield Buffer.from(chunk);
    yield Buffer.from(`\n${two}`);
  }
  global.gc?.();
  const before = process.memoryUsage().arrayBuffers;

  const { lines } = await readAll(objectOf(hostile()));

  expect(shortOf(lines)).toEqual(['1 is longer than 16 MiB', '2 processing', '3 processing']);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5 * LONGEST_LINE_BYTES);
});

it('says that an object which breaks off is unreadable, after the lines before that', async () => {
  async function* broken() {
    yield Buffer.from(two);
    throw new Error('connection lost');
  }
  const read: ReadLine[] = [];
  const reading = (async () => {
    for await (const batch of readFailures(objectOf(broken()), () => {})) read.push(...batch);
  })();

  await expect(reading).rejects.toThrow(UnreadableObject);
  expect(shortOf(read)).toEqual(['1 processing', '2 processing']);
});

it('says that a cut gzip file is unreadable', async () => {
  const cut = gzipSync(two).subarray(0, -9);

  await expect(readAll(objectOf(cut))).rejects.toThrow(UnreadableObject);
});
