/** `clickstreamy replay` as a user runs it, on the folders of real delivery streams. */
import { chmod, cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createTransformHandler, type TransformHandler } from '../../etl/handler';
import { lockFolder } from '../../firehose/folder-lock';
import {
  ARRIVAL_MS,
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
import { functionOf, keepingStore, openStream, readFailures, toRecords, useFolder } from '../support/stream-fixture';
import { replay } from '../support/verify-commands';

const folder = useFolder();
const at = (...path: readonly string[]) => join(folder(), ...path);

const failing: TransformHandler = async ({ records }) => ({
  records: records.map(({ recordId, data }) => ({ recordId, result: 'ProcessingFailed', data })),
});
const throwing: TransformHandler = async () => {
  throw new Error('out of order');
};

/** Runs lines through a stream whose function or whose store fails. */
async function runStream(data: string, lines: readonly string[], props: Partial<Parameters<typeof openStream>[1]>) {
  const stream = await openStream(data, { store: keepingStore(), ...props });
  await stream.putRecords(toRecords(...lines.map((line) => `${line}\n`)));
  await stream.drain();
  await stream.close();
}

async function run(...args: readonly string[]) {
  const { code, out, err } = await replay(['run', ...args, '--json']);
  return { code, err, counts: out === '' ? undefined : JSON.parse(out) };
}

async function readReceipts(data: string): Promise<Record<string, unknown>[][]> {
  const names = (await readdir(join(data, 'replayed'))).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(data, 'replayed', name), 'utf8')));
  return texts.map((text) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  );
}

describe('what the transform has rejected', () => {
  it.each([
    ['rejected', failing, 'Lambda.ProcessingFailedStatus'],
    ['thrown at', throwing, 'Lambda.FunctionError'],
  ])('passes through it again, each once, two equal hits twice: %s', async (_, handler, code) => {
    const lines = [accessLine('a'), accessLine('a'), 'no access line', accessLine('b'), ''];
    await runStream(folder(), lines, { transform: functionOf(handler) });
    expect((await readFailures(folder(), 'processing-failed')).map(({ errorCode }) => errorCode)).toEqual(
      Array(5).fill(code),
    );

    const first = await run(folder(), '--data', folder());
    const stored = await readStored(folder());
    const second = await run(folder(), '--data', folder());

    expect(first).toMatchObject({
      code: 0,
      counts: { objects: 1, records: 5, stored: 3, failed: 1, dropped: 1, problems: 0, reasons: { shape: 1 } },
    });
    expect(pagesOf(stored)).toEqual(['/a/', '/a/', '/b/']);
    expect(second).toMatchObject({
      code: 0,
      counts: { objects: 0, objectsBefore: 1, records: 0, stored: 0, recordsBefore: 5, failedBefore: 1 },
    });
    expect(second.err).toContain('Nothing to do.\n5 records replayed earlier (1 object done)\n1 of them failed again');
    expect(await readStored(folder())).toEqual(stored);
  });

  it('has a receipt that says what became of each record', async () => {
    await runStream(folder(), [accessLine('a'), 'no access line', ''], { transform: functionOf(failing) });

    await run(folder(), '--data', folder());

    const [receipt, ...others] = await readReceipts(folder());
    const [stored] = await readStored(folder());
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(others).toEqual([]);
    expect(receipt).toEqual([
      {
        object: expect.stringContaining('/bucket/apache_processing-failed/'),
        version: expect.any(String),
        into: folder(),
      },
      { line: 1, outcome: 'stored', id: stored?.id, at: time },
      { line: 2, outcome: 'failed', reason: 'shape', at: time },
      { line: 3, outcome: 'dropped', reason: 'blank', at: time },
      { entries: 3, failed: 1, leftOut: 0, at: time },
    ]);
  });

  it('is not stored again from a copy of the folder, or after its receipts are gone', async () => {
    await runStream(folder(), [accessLine('a'), accessLine('b')], { transform: functionOf(failing) });
    await run(folder(), '--data', folder());
    const stored = await readStored(folder());
    await cp(at('bucket'), at('copy'), { recursive: true });

    const copied = await run(at('copy', 'apache_processing-failed'), '--data', folder());
    await rm(at('replayed'), { recursive: true });
    const again = await run(folder(), '--data', folder());

    expect([copied.counts.stored, again.counts.stored]).toEqual([2, 2]);
    expect(await readStored(folder())).toEqual(stored);
  });
});

it('stores again what the store has refused, under the id that the stream gave it', async () => {
  const refusing = keepingStore(() => ({
    id: '',
    code: '400',
    message: 'mapper_parsing_exception',
    reason: 'mapper_parsing_exception',
  }));
  const etl = functionOf(createTransformHandler());
  await runStream(folder(), [accessLine('a'), accessLine('b')], { store: refusing, transform: etl });
  const ids = (await readFailures(folder(), 'elasticsearch-failed')).map(({ esDocumentId }) => esDocumentId);

  const { code, counts } = await run(folder(), '--data', folder());

  expect(code).toBe(0);
  expect(counts).toMatchObject({ records: 2, stored: 2, failed: 0 });
  expect(await readStored(folder())).toEqual([
    { id: ids[0], page: '/a/' },
    { id: ids[1], page: '/b/' },
  ]);
});

it('keeps what the store refuses once more, with the new reason', async () => {
  await writeObjects(at('failed'), {
    [DELIVERY + objectName(1)]: [
      deliveryFailed('{"response":"many"}', { esDocumentId: 'one' }),
      deliveryFailed(`${event('a')}\n`, { esDocumentId: 'two' }),
      deliveryFailed('no JSON', { esDocumentId: 'three' }),
    ].join('\n'),
  });
  await mkdir(at('data'));

  const { code, counts } = await run(at('failed'), '--data', at('data'));

  expect(code).toBe(0);
  expect(counts).toMatchObject({ stored: 1, failed: 2, reasons: { 400: 2 } });
  const [receipt] = await readReceipts(at('data'));
  expect(receipt?.[1]).toMatchObject({
    line: 1,
    outcome: 'failed',
    reason: expect.stringMatching(/^400: .*response.*many/),
  });
  expect(receipt?.[3]).toMatchObject({ line: 3, outcome: 'failed', reason: '400: The document is not a JSON object.' });
});

describe('a part of the records', () => {
  const early = { arrivalTimestamp: ARRIVAL_MS - 86_400_000 };

  beforeEach(async () => {
    await mkdir(at('data'));
    await writeObjects(at('failed'), {
      [PROCESSING + objectName(1)]: [
        processingFailed(accessLine('a')),
        processingFailed(accessLine('b'), { errorCode: 'Lambda.FunctionTimedOut' }),
        processingFailed(accessLine('c'), early),
        processingFailed(accessLine('d'), { arrivalTimestamp: undefined }),
      ].join('\n'),
      [`${DELIVERY}${objectName(2)}.gz`]: gzipSync(deliveryFailed(event('e'))),
    });
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['by cause', ['--cause', 'lambda.functiontimedout'], ['/b/']],
    ['by causes', ['--cause', 'Lambda.FunctionTimedOut', '--cause', '400'], ['/b/', '/e/']],
    ['by prefix', ['--prefix', 'apache_elasticsearch-failed/2026/11'], ['/e/']],
    ['from a time', ['--from', '2026-11-23', '--prefix', 'apache_processing'], ['/a/', '/b/']],
    ['up to a time', ['--to', '2026-11-23T07:29:26Z'], ['/c/']],
    ['at the very second', ['--from', '2026-11-23T07:29:26Z', '--to', '2026-11-23T07:29:27Z'], ['/a/', '/b/', '/e/']],
  ])('%s, and then the rest, each once', async (_, options, pages) => {
    const part = await run(at('failed'), '--data', at('data'), ...options);
    const stored = await readStored(at('data'));
    const same = await run(at('failed'), '--data', at('data'), ...options);
    const rest = await run(at('failed'), '--data', at('data'));
    const done = await run(at('failed'), '--data', at('data'));

    expect([part.code, same.code, rest.code, done.code]).toEqual([0, 0, 0, 0]);
    expect(pagesOf(stored)).toEqual(pages);
    expect(same.counts).toMatchObject({ records: 0, recordsBefore: pages.length });
    expect(rest.counts).toMatchObject({ records: 5 - pages.length, recordsBefore: pages.length, leftOut: 0 });
    expect(pagesOf(await readStored(at('data')))).toEqual(['/a/', '/b/', '/c/', '/d/', '/e/']);
    expect(done.counts).toMatchObject({ objects: 0, objectsBefore: 2, records: 0, recordsBefore: 5 });
  });

  it('is counted by hour, prefix and cause', async () => {
    const { code, out } = await replay(['list', at('failed'), '--json']);
    const table = await replay(['list', at('failed'), '--cause', '400']);

    expect(code).toBe(0);
    const common = { prefix: 'apache_processing-failed/', kind: 'processing', records: 1 };
    const status = 'Lambda.ProcessingFailedStatus';
    expect(JSON.parse(out)).toMatchObject({ records: 5, objects: 2, otherObjects: 0 });
    expect(JSON.parse(out).groups).toEqual([
      { ...common, hour: null, cause: status },
      { ...common, hour: '2026-11-22T07', cause: status },
      { hour: '2026-11-23T07', prefix: 'apache_elasticsearch-failed/', kind: 'delivery', cause: '400', records: 1 },
      { ...common, hour: '2026-11-23T07', cause: 'Lambda.FunctionTimedOut' },
      { ...common, hour: '2026-11-23T07', cause: status },
    ]);
    expect(table.out).toBe(
      'hour (UTC)     records  were        cause  prefix\n' +
        '2026-11-23T07        1  not stored  400    apache_elasticsearch-failed/\n' +
        '1 failed record in 2 objects\n',
    );
  });

  it('is read and transformed in a dry run, which writes nothing', async () => {
    const dry = await run(at('failed'), '--data', at('data'), '--dry-run');

    expect(dry).toMatchObject({ code: 0, counts: { dryRun: true, objects: 2, records: 5, stored: 5 } });
    expect(dry.err).toContain('5 records in 2 objects: 5 would be stored, 0 failed again\n');
    expect(await readdir(at('data'))).toEqual([]);
  });
});

describe('show', () => {
  const hostile = Buffer.from('203.0.113.5 "\x1b]0;owned\x07\x9b31m"\r\nsecond\xff', 'latin1');

  it('prints where, when, why and what, and lets nothing through to the terminal', async () => {
    await writeObjects(at('failed'), {
      [PROCESSING + objectName(1)]: [
        processingFailed(accessLine('a')),
        processingFailed(hostile, { errorMessage: 'bad\x1b[2J\u202e' }),
        processingFailed('h\u00e9 \u202e\u0085\n'),
      ].join('\n'),
    });

    const { code, out } = await replay(['show', at('failed')]);

    const place = `${PROCESSING}${objectName(1)}`;
    expect(code).toBe(0);
    expect(out.split('\n').slice(0, 2)).toEqual([
      `${place}:1  2026-11-23T07:29:26.250Z  Lambda.ProcessingFailedStatus: ProcessingFailed status set for record`,
      `    ${accessLine('a')}`,
    ]);
    expect(out).toContain('bad\\u{1b}[2J\\u{202e}\n    203.0.113.5 "\\u{1b}]0;owned\\u{7}\\x9b31m');
    expect(out).toContain('\\u{d}\\u{a}second\\xff\n');
    expect(out).toContain('    h\u00e9 \\u{202e}\\u{85}\n');
    expect(out).not.toMatch(/[^\n\P{C}]/u);
  });

  it('gives programs the same as JSON, bytes that are not text in base64', async () => {
    await writeObjects(at('failed'), {
      [DELIVERY + objectName(1)]: `${deliveryFailed(event('a'))}\n${deliveryFailed(Buffer.from([0xff, 0x0a]))}`,
    });

    const { out } = await replay(['show', at('failed'), '--json']);

    const common = {
      file: DELIVERY + objectName(1),
      kind: 'delivery',
      cause: '400',
      message: 'mapper_parsing_exception',
    };
    const more = {
      arrival: '2026-11-23T07:29:26.250Z',
      documentId: '01a2049e-0000-7000-8000-000000000001',
      index: 'apache',
    };
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { ...common, ...more, line: 1, text: event('a') },
      { ...common, ...more, line: 2, base64: '/wo=' },
    ]);
  });
});

describe('what cannot be read is named, the rest goes on, and the exit code is 1', () => {
  beforeEach(() => mkdir(at('data')));

  it('a line that is no failed record', async () => {
    await writeObjects(at('failed'), {
      [PROCESSING + objectName(1)]:
        `${processingFailed(accessLine('a'))}\n\x1b[31mx\n${processingFailed(accessLine('b'))}\n{}`,
      [PROCESSING + objectName(2)]: processingFailed(accessLine('c')),
    });

    const first = await run(at('failed'), '--data', at('data'));
    const second = await run(at('failed'), '--data', at('data'));

    const place = PROCESSING + objectName(1);
    expect(first).toMatchObject({ code: 1, counts: { objects: 2, records: 3, stored: 3, problems: 2 } });
    expect(first.err).toContain(`${place}:2 is not JSON.\n${place}:4 has no rawData.\n`);
    expect(first.err).toMatch(
      /error \[REPLAY_INCOMPLETE\]: 2 lines, objects or folders could not be read; .+\n→ .+\n$/,
    );
    expect(pagesOf(await readStored(at('data')))).toEqual(['/a/', '/b/', '/c/']);
    // The receipt has them.
    expect(second).toMatchObject({ code: 0, counts: { records: 0, problems: 0 } });
  });

  it('an object that is cut off: what came before is stored, and the object is not done', async () => {
    const whole = gzipSync(Array.from({ length: 5000 }, (_, n) => processingFailed(accessLine(`p${n}`))).join('\n'));
    const key = `${PROCESSING}${objectName(1)}.gz`;
    await writeObjects(at('failed'), {
      [key]: whole.subarray(0, whole.length / 2),
      [PROCESSING + objectName(2)]: processingFailed(accessLine('z')),
    });

    const cut = await run(at('failed'), '--data', at('data'));
    const some = (await readStored(at('data'))).length;
    await writeObjects(at('failed'), { [key]: whole });
    const repaired = await run(at('failed'), '--data', at('data'));

    expect(cut).toMatchObject({ code: 1, counts: { problems: 1 } });
    expect(cut.err).toContain(`${key} cannot be read to its end: unexpected end of file.\n`);
    expect(some).toBeGreaterThanOrEqual(1);
    expect(repaired).toMatchObject({ code: 0, counts: { objects: 1, objectsBefore: 1, records: 5000 } });
    const pages = pagesOf(await readStored(at('data')));
    expect([pages.length, new Set(pages).size]).toEqual([5001, 5001]);
  });

  // Root may read everything.
  (process.getuid?.() === 0 ? it.skip : it)('a folder and a file of somebody else', async () => {
    await writeObjects(at('failed'), {
      'a_processing-failed/1': processingFailed(accessLine('a')),
      'b_processing-failed/1': processingFailed(accessLine('b')),
      'c_processing-failed/1': processingFailed(accessLine('c')),
    });
    await chmod(at('failed', 'a_processing-failed'), 0);
    await chmod(at('failed', 'b_processing-failed', '1'), 0);

    const { code, counts } = await run(at('failed'), '--data', at('data'));
    await chmod(at('failed', 'a_processing-failed'), 0o700);

    expect({ code, counts }).toMatchObject({ code: 1, counts: { stored: 1, problems: 2 } });
  });

  it('a link, which is not followed', async () => {
    await writeObjects(at('elsewhere'), { [PROCESSING + objectName(1)]: processingFailed(accessLine('a')) });
    await mkdir(at('failed'));
    await symlink(at('elsewhere'), at('failed', 'processing-failed'));

    const { code, err, counts } = await run(at('failed'), '--data', at('data'));

    expect({ code, counts }).toMatchObject({ code: 1, counts: { records: 0, problems: 1 } });
    expect(err).toContain('is a link, which is not followed.');
  });
});

describe('refused in one sentence', () => {
  beforeEach(() => writeObjects(at('failed'), { [PROCESSING + objectName(1)]: processingFailed(accessLine('a')) }));

  const fails = async (code: number, sentence: RegExp, ...args: readonly string[]) => {
    const ended = await replay(['run', ...args]);

    expect(ended).toMatchObject({ code, out: '', err: expect.stringMatching(sentence) });
    expect(ended.err).toMatch(/^error \[[A-Z_]+\]: .+\n→ .+\n$/);
  };

  it('a data folder that a run is using', async () => {
    await mkdir(at('data'));
    const lock = await lockFolder(at('data'));

    await fails(
      1,
      /DATA_FOLDER_IN_USE.*in use by process \d+.*\n→ Stop that process/,
      at('failed'),
      '--data',
      at('data'),
    );
    await lock.release();
    await fails(1, /DATA_FOLDER_UNUSABLE.*does not exist/, at('failed'), '--data', at('none'));
  });

  it('a source that is missing, or a file', async () => {
    await mkdir(at('data'));
    await writeFile(at('file'), '');

    await fails(1, /REPLAY_SOURCE_UNREADABLE.*does not exist/, at('none'), '--data', at('data'));
    await fails(1, /REPLAY_SOURCE_UNREADABLE.*file is a file/, at('file'), '--data', at('data'));
    await fails(2, /neither a folder nor s3/, 'gs://bucket/x', '--data', at('data'));
  });

  it.each<[RegExp, readonly string[]]>([
    [/say where the events go/, ['SOURCE']],
    [/say where the events go/, ['SOURCE', '--data', 'x', '--store', 'http://127.0.0.1:1']],
    [/--store needs --receipts/, ['SOURCE', '--store', 'http://127.0.0.1:1']],
    [/belongs to --store/, ['SOURCE', '--data', 'x', '--receipts', 'y']],
    [/belong to a search engine/, ['SOURCE', '--data', 'x', '--index', 'y']],
    [/must be a time/, ['SOURCE', '--data', 'x', '--from', 'monday']],
    [/is missing/, ['--data', 'x']],
  ])('wrong usage: %s', async (sentence, args) => {
    await fails(2, sentence, ...args.map((arg) => (arg === 'SOURCE' ? at('failed') : arg)));
  });
});

it('reads folders with spaces and letters of other scripts, given as relative paths', async () => {
  await writeObjects(at('días perdidos'), { [PROCESSING + objectName(1)]: processingFailed(accessLine('a')) });
  await mkdir(at('dåta 日'));

  const { code } = await replay(['run', './días perdidos/', '--data', 'dåta 日'], {}, folder());

  expect(code).toBe(0);
  expect(pagesOf(await readStored(at('dåta 日')))).toEqual(['/a/']);
});
