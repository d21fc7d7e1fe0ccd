import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FirehoseOptions, type FirehoseReport, runFirehose } from '../../local/firehose';
import { ship } from '../../local/ship';
import { accessLines } from '../support/shipper-workbench';

let folder: string;
let ending: (() => Promise<unknown>)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'firehose-'));
});

afterEach(async () => {
  for (const end of ending) await end();
  ending = [];
  rmSync(folder, { recursive: true, force: true });
});

interface Running {
  readonly url: string;
  stop(): Promise<FirehoseReport>;
}

async function start(options: Partial<FirehoseOptions> = {}): Promise<Running> {
  const stopping = new AbortController();
  let told = (_: string) => {};
  const started = new Promise<string>((resolve) => {
    told = resolve;
  });
  const report = runFirehose({
    streams: ['clicks'],
    port: 0,
    folder: join(folder, 'data'),
    destination: 'objects',
    siteHosts: [],
    bufferBytes: 1024 * 1024,
    bufferSeconds: 60,
    signal: stopping.signal,
    onStart: told,
    onProgress: () => {},
    warn: () => {},
    ...options,
  });
  report.catch(() => {});
  const stop = () => {
    stopping.abort();
    return report;
  };
  ending.push(() => stop().catch(() => {}));
  return { url: await Promise.race([started, report.then(() => '')]), stop };
}

async function put(url: string, stream: string, ...lines: readonly string[]): Promise<Response> {
  const Records = lines.map((line) => ({ Data: Buffer.from(line).toString('base64') }));
  return fetch(url, {
    method: 'POST',
    headers: { 'x-amz-target': 'Firehose_20150804.PutRecordBatch' },
    body: JSON.stringify({ DeliveryStreamName: stream, Records }),
  });
}

async function documents(stream: string): Promise<string[]> {
  const top = join(folder, 'data', stream, 'bucket', 'documents');
  const entries = await readdir(top, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const texts = await Promise.all(files.sort().map((file) => readFile(file, 'utf8')));
  return texts.join('').trimEnd().split('\n');
}

const UPPER = `({ records }) => ({ records: records.map(({ recordId, data }) => {
  const text = Buffer.from(data, 'base64').toString();
  if (text === 'fail') return { recordId, result: 'ProcessingFailed', data };
  if (text === 'drop') return { recordId, result: 'Dropped' };
  return { recordId, result: 'Ok', data: Buffer.from(text.toUpperCase()).toString('base64') };
}) })`;

describe('a function of one’s own', () => {
  it.each([
    ['handler.js', `exports.handler = async ${UPPER};`],
    ['handler.mjs', `export const handler = ${UPPER};`],
    ['default.mjs', `export default ${UPPER};`],
    ['Ordner mit ü/меня зовут.cjs', `module.exports = { handler: async ${UPPER} };`],
  ])('%s', async (name, source) => {
    const file = join(folder, name);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, source);
    const running = await start({ handlerFile: file });

    await put(running.url, 'clicks', 'one', 'fail', 'two', 'drop');
    const report = await running.stop();

    expect(report).toMatchObject({ accepted: 4, stored: 2, processingFailed: 1, dropped: 1, waiting: 0 });
    expect(await documents('clicks')).toEqual(['ONE', 'TWO']);
  });

  it.each([
    ['that is not there', undefined, 'does not exist'],
    ['that is not JavaScript', 'this is no program', 'cannot be loaded'],
    ['that throws', 'throw new Error("no such table");', 'no such table'],
    ['without a handler', 'exports.main = () => {};', 'exports no function named handler'],
    ['whose handler is no function', 'exports.handler = 7;', 'exports no function named handler'],
  ])('%s is refused in one sentence', async (_, source, why) => {
    const file = join(folder, 'handler.js');
    if (source !== undefined) writeFileSync(file, source);

    await expect(start({ handlerFile: file })).rejects.toMatchObject({
      code: 'FUNCTION_UNUSABLE',
      message: expect.stringContaining(why),
    });
  });
});

it('has a folder for each stream', async () => {
  const running = await start({ streams: ['a', 'b'] });
  const line = accessLines('x', 1)[0] ?? '';

  await put(running.url, 'a', line);
  await put(running.url, 'b', line, line);
  const unknown = await put(running.url, 'c', line);
  const report = await running.stop();

  expect(unknown.status).toBe(400);
  expect(report).toMatchObject({ accepted: 3, streams: { a: { accepted: 1 }, b: { accepted: 2 } } });
  expect((await readdir(join(folder, 'data'))).sort()).toEqual(['a', 'b']);
});

it('delivers in the next run what waits, with the same ids', async () => {
  const first = await start({ destination: 'embedded' });
  await put(first.url, 'clicks', '127.0.0.1 - - [24/Nov/2026:01:02:03 +0000] "GET / HTTP/1.1" 200 23\n');
  await first.stop();

  const second = await start({ destination: 'embedded' });

  expect(await second.stop()).toMatchObject({ accepted: 0, recovered: 0, waiting: 0 });
});

it('seeds faults through which a shipper of ours brings each line once', async () => {
  writeFileSync(join(folder, 'access_log'), accessLines('a', 5000).join(''));
  const running = await start({ faults: { seed: '292', share: 0.4 } });

  const { report } = await ship({
    flows: [{ stream: 'clicks', patterns: [join(folder, 'access_log')], startAt: 'start' }],
    endpoint: new URL(running.url),
    region: undefined,
    checkpointFolder: join(folder, 'checkpoint'),
    once: true,
    mayBeMissing: false,
    signal: new AbortController().signal,
    onProgress: () => {},
    warn: () => {},
  });

  expect(report).toMatchObject({ read: 5000, acknowledged: 5000 });
  expect(await running.stop()).toMatchObject({ accepted: 5000, waiting: 0 });
}, 180_000);
