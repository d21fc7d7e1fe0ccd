/** `clickstreamy replay` on a bucket. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  accessLine,
  DELIVERY,
  deliveryFailed,
  event,
  objectName,
  PROCESSING,
  pagesOf,
  processingFailed,
  readStored,
  writeObjects,
} from '../support/failed-records';
import { type S3Double, startS3 } from '../support/s3-double';
import { useFolder } from '../support/stream-fixture';
import { replay } from '../support/verify-commands';

const folder = useFolder();
const data = () => join(folder(), 'data');
let s3: S3Double;

beforeEach(async () => {
  s3 = await startS3();
  await mkdir(data());
});
afterEach(() => s3.close());

const nameless = { AWS_ACCESS_KEY_ID: '', AWS_REGION: '', AWS_DEFAULT_REGION: '' };
const onBucket = (...args: readonly string[]) => replay(args, { ...nameless, AWS_ENDPOINT_URL_S3: s3.url });

async function run(source: string, ...args: readonly string[]) {
  const { code, out, err } = await onBucket('run', source, '--data', data(), '--json', ...args);
  return { code, err, counts: out === '' ? undefined : JSON.parse(out) };
}

function fill(): void {
  for (let n = 1; n <= 7; n++)
    s3.objects.set(PROCESSING + objectName(n), Buffer.from(processingFailed(accessLine(`p${n}`))));
  s3.objects.set(`${DELIVERY}${objectName(8)}.gz`, gzipSync(deliveryFailed(event('d8'))));
  s3.objects.set(`apache_2026/11/23/07/${objectName(9)}`, Buffer.from(`${accessLine('copy')}\n`));
  s3.objects.set('apache_processing-failed/', Buffer.alloc(0));
}

it('reads all pages of a list, and replays each object once', async () => {
  fill();

  const first = await run('s3://clicks');
  const gets = s3.gets.length;
  const second = await run('s3://clicks/');

  expect(first).toMatchObject({ code: 0, counts: { objects: 8, otherObjects: 1, records: 8, stored: 8 } });
  expect(pagesOf(await readStored(data()))).toEqual(['/d8/', '/p1/', '/p2/', '/p3/', '/p4/', '/p5/', '/p6/', '/p7/']);
  expect(gets).toBe(9);
  expect(second).toMatchObject({ code: 0, counts: { objects: 0, objectsBefore: 8, records: 0, recordsBefore: 8 } });
  // Only the object that holds no failed records, and so has no receipt, is looked at again.
  expect(s3.gets.slice(gets)).toEqual([`GET /clicks/apache_2026/11/23/07/${objectName(9)}`]);
});

it('asks the bucket only for the keys that are chosen', async () => {
  fill();

  const { out } = await onBucket('list', 's3://clicks/apache_', '--prefix', 'elastic', '--json');

  expect(JSON.parse(out)).toMatchObject({ source: 's3://clicks/apache_elastic', records: 1, objects: 1 });
  expect(s3.gets).toEqual([`GET /clicks/${DELIVERY}${objectName(8)}.gz`]);
});

it('gives a record the same id as from a folder that the bucket was copied to', async () => {
  fill();
  await writeObjects(join(folder(), 'copy'), Object.fromEntries([...s3.objects].filter(([, body]) => body.length > 0)));

  await run('s3://clicks/');
  const stored = await readStored(data());
  const copied = await run(join(folder(), 'copy'));

  expect(copied.counts).toMatchObject({ records: 8, stored: 8 });
  expect(await readStored(data())).toEqual(stored);
});

it('goes on where a connection broke', async () => {
  const lines = Array.from({ length: 3000 }, (_, n) => processingFailed(accessLine(`p${n}`)));
  const body = Buffer.from(lines.join('\n'));
  s3.objects.set(PROCESSING + objectName(1), body);
  s3.breaks.set(PROCESSING + objectName(1), [100_000, 200_000]);

  const { code, counts } = await run('s3://clicks/');

  expect({ code, counts }).toMatchObject({ code: 0, counts: { records: 3000, stored: 3000, problems: 0 } });
  expect(s3.gets.length).toBe(3);
  expect(s3.gets[1]).toMatch(/ bytes=[1-9]\d*-$/);
});

it('names an object that it may not read, and replays the others', async () => {
  fill();
  s3.denied.add(PROCESSING + objectName(3));

  const { code, err, counts } = await run('s3://clicks/');

  expect({ code, counts }).toMatchObject({ code: 1, counts: { objects: 7, records: 7, problems: 1 } });
  expect(err).toContain(`${PROCESSING}${objectName(3)} cannot be read to its end: Access Denied.\n`);
});

it('says in one sentence what is wrong with a bucket', async () => {
  const missing = await run('s3://nobody/x');
  const unreachable = await replay(['list', 's3://clicks/'], {
    ...nameless,
    AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
  });
  const strange = await replay(['list', 's3://clicks/'], { ...nameless, AWS_ENDPOINT_URL_S3: 'here' });

  expect(missing).toMatchObject({ code: 1, counts: undefined });
  expect(missing.err).toMatch(
    /^error \[REPLAY_SOURCE_UNREADABLE\]: s3:\/\/nobody\/x cannot be listed: NoSuchBucket: .+\.\n→ .+\n$/,
  );
  expect(unreachable).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^error \[SERVER_UNREACHABLE\]: .+\n→ .+\n$/),
  });
  expect(strange).toMatchObject({ code: 2, err: expect.stringContaining('here isn’t an http or https address') });
});
