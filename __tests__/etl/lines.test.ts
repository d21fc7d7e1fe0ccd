import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { generateCorpus } from '../../bench/corpus';
import { CORPUS_SITE_HOSTS } from '../../bench/corpus-referers';
import type { ToolkitError } from '../../core/errors';
import { type LinesOptions, type LinesSummary, runLines } from '../../etl/lines';
import { type LineInput, openInput } from '../../etl/lines-input';

interface Outcome {
  readonly summary: LinesSummary;
  readonly events: string;
  readonly rejects: string;
  readonly faults: readonly ToolkitError[];
}

async function run(options: Partial<LinesOptions> & Pick<LinesOptions, 'inputs'>): Promise<Outcome> {
  const [events, rejects]: [Buffer[], Buffer[]] = [[], []];
  const faults: ToolkitError[] = [];
  const summary = await runLines({
    siteHosts: CORPUS_SITE_HOSTS,
    output: async (bytes) => void events.push(Buffer.from(bytes)),
    rejects: async (bytes) => void rejects.push(Buffer.from(bytes)),
    onFault: (fault) => void faults.push(fault),
    ...options,
  });
  return { summary, events: Buffer.concat(events).toString(), rejects: Buffer.concat(rejects).toString(), faults };
}

function inputOf(chunks: Iterable<Buffer | string>, name = 'test'): LineInput {
  async function* bytes() {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }
  return { name, chunks: bytes(), readBytes: () => 0, close: () => {} };
}

const jsonLines = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

const LINE = '203.0.113.7 - - [10/Oct/2026:13:55:36 +0000] "GET /a/ HTTP/1.1" 200 5';
const corpusBytes = (lines: number, seed: number) =>
  Buffer.concat([...generateCorpus({ lines, seed })].flatMap(({ line }) => [line, Buffer.of(0x0a)]));

describe('lines', () => {
  it('come out in order and correct, even from threads', async () => {
    const corpus = [...generateCorpus({ lines: 15_000, seed: 3 })];
    const bytes = Buffer.concat(corpus.flatMap(({ line }) => [line, Buffer.of(0x0a)]));
    const isGarbage = corpus.map(({ truth }) => truth === undefined);

    const { summary, events, rejects } = await run({ inputs: [inputOf([bytes])], threads: 3 });

    const truths = corpus.flatMap(({ truth }) => (truth === undefined ? [] : [truth]));
    expect(bytes.length).toBeGreaterThan(3 * 1024 * 1024);
    expect(jsonLines(events)).toEqual(truths);
    expect(jsonLines(rejects).map(({ line }) => line)).toEqual(isGarbage.flatMap((is, at) => (is ? [at + 1] : [])));
    expect(summary).toMatchObject({ lines: 15_000, events: truths.length, blank: 0, bytes: bytes.length });
  });

  it('are the same wherever the stream is cut', async () => {
    const bytes = Buffer.concat([corpusBytes(60, 5), Buffer.from('\r\n\n  \nlast')]);
    const whole = await run({ inputs: [inputOf([bytes])] });

    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 40 }), async (cuts) => {
        const ends = [...cuts, bytes.length].sort((a, b) => a - b);
        const chunks = ends.map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end));

        expect(await run({ inputs: [inputOf(chunks)] })).toEqual(whole);
      }),
      { numRuns: 50 },
    );
    expect(whole.summary).toMatchObject({ lines: 64, blank: 3 });
  });

  it('end with a newline, a carriage return and a newline, or the file', async () => {
    const { summary, events } = await run({ inputs: [inputOf([`${LINE}\r\n${LINE}\n${LINE}`])] });

    expect(summary).toMatchObject({ lines: 3, events: 3, rejected: {} });
    expect(new Set(events.trim().split('\n')).size).toBe(1);
  });

  it('of several files are never joined', async () => {
    const { summary, rejects } = await run({ inputs: [inputOf([LINE, '\nx'], 'one'), inputOf(['y\n', LINE], 'two')] });

    expect(summary).toMatchObject({ lines: 4, events: 2, rejected: { shape: 2 } });
    expect(jsonLines(rejects)).toEqual([
      { file: 'one', line: 2, reason: 'shape', raw: 'x' },
      { file: 'two', line: 1, reason: 'shape', raw: 'y' },
    ]);
  });

  it('that are rejected are kept byte for byte', async () => {
    const raw = Buffer.from([0x61, 0xff, 0x22]);

    const { rejects } = await run({ inputs: [inputOf([raw, '\n"\\\u0000é\u2028'])] });

    expect(jsonLines(rejects)).toEqual([
      { file: 'test', line: 1, reason: 'encoding', rawBase64: raw.toString('base64') },
      { file: 'test', line: 2, reason: 'shape', raw: '"\\\u0000é\u2028' },
    ]);
  });

  it('may be 1,000 KiB long; a longer one is rejected and its neighbours are not', async () => {
    const padded = (bytes: number) => `${LINE} "-" "${'a'.repeat(bytes - LINE.length - 7)}"`;
    const limit = 1000 * 1024;
    const lines = [LINE, padded(limit), LINE, padded(limit + 1), LINE, padded(3 * limit), LINE, padded(2 * limit)];

    const { summary, rejects } = await run({ inputs: [inputOf(lines.map((line) => `${line}\n`))] });

    expect(summary).toMatchObject({ lines: 8, events: 5, rejected: { 'too-long': 3 } });
    expect(jsonLines(rejects)).toEqual(
      [4, 6, 8].map((line) => ({ file: 'test', line, reason: 'too-long', raw: padded(limit).slice(0, 1024) })),
    );
  });

  it('are not read while nobody takes the events', async () => {
    const mebibyte = Buffer.from(`${LINE}\n`.repeat(Math.ceil(2 ** 20 / LINE.length)));
    let pulled = 0;
    let turnsSincePull = 0;
    async function* many() {
      for (; pulled < 100; pulled++) {
        turnsSincePull = 0;
        yield mebibyte;
      }
    }
    const enough = new Error('the reader has had enough');
    const output = async () => {
      for (; turnsSincePull < 100; turnsSincePull++) await new Promise(setImmediate);
      throw enough;
    };

    const running = runLines({ inputs: [{ ...inputOf([]), chunks: many() }], output, threads: 1, onFault: () => {} });

    await expect(running).rejects.toBe(enough);
    expect(pulled).toBeLessThan(12);
  });
});

describe('files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lines-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are unpacked if they begin as gzip, whatever their name', async () => {
    const members = Buffer.concat([gzipSync(`${LINE}\n`.repeat(3)), gzipSync(`${LINE}\n`.repeat(2))]);
    await writeFile(join(folder, 'access_log'), members);
    await writeFile(join(folder, 'plain.gz'), `${LINE}\n`);
    const inputs = ['access_log', 'plain.gz'].map((name) => openInput(join(folder, name)));

    const { summary } = await run({ inputs });

    expect(summary).toMatchObject({ lines: 6, events: 6 });
    expect(inputs[0]?.readBytes()).toBe(members.length);
  });

  it('may be empty', async () => {
    const path = join(folder, 'empty');
    await writeFile(path, '');

    const { summary, events } = await run({ inputs: [openInput(path)] });

    expect(summary).toMatchObject({ lines: 0, events: 0, bytes: 0 });
    expect(events).toBe('');
  });

  it('that are truncated gzip give the lines before the cut, and say how many', async () => {
    const bytes = corpusBytes(10_000, 9);
    const path = join(folder, 'cut.gz');
    const packed = gzipSync(bytes);
    await writeFile(path, packed.subarray(0, packed.length / 2));

    const { events, faults } = await run({ inputs: [openInput(path)] });

    expect(faults).toMatchObject([{ code: 'INPUT_CORRUPT', message: expect.stringMatching(/first \d,\d{3} lines/) }]);
    const written = jsonLines(events);
    const all = jsonLines((await run({ inputs: [inputOf([bytes])] })).events);
    expect(written.length).toBeGreaterThan(2000);
    expect(written).toEqual(all.slice(0, written.length));
  });

  const numbered = (lines: number) =>
    Array.from({ length: lines }, (_, at) => LINE.replace('/a/', `/p${at}/`)).join('\n');
  const wrongChecksum = (packed: Buffer) => {
    packed.writeUInt8(packed.readUInt8(packed.length - 8) ^ 1, packed.length - 8);
    return packed;
  };

  it.each([
    [
      '3,000 lines, then garbage',
      3000,
      (packed: Buffer) => Buffer.concat([packed, Buffer.from('garbage\n')]),
      /bytes after the end of its gzip data/,
    ],
    [
      '300 lines, then garbage',
      300,
      (packed: Buffer) => Buffer.concat([packed, Buffer.from('garbage\n')]),
      /its first 300 lines have been written out/,
    ],
    [
      '1 line, then a newline',
      1,
      (packed: Buffer) => Buffer.concat([packed, Buffer.from('\n')]),
      /its first line has been written out/,
    ],
    [
      '3,000 lines with a wrong checksum',
      3000,
      wrongChecksum,
      /is damaged gzip, near byte [\d,]+: incorrect data check/,
    ],
    ['300 lines with a wrong checksum', 300, wrongChecksum, /is damaged gzip/],
  ])('give every line of gzip with a fault at its end: %s', async (_, lines, spoil, message) => {
    const path = join(folder, 'spoilt.gz');
    await writeFile(path, spoil(gzipSync(numbered(lines))));

    const { summary, events, faults } = await run({ inputs: [openInput(path)] });

    expect(summary).toMatchObject({ lines, events: lines, rejected: {} });
    expect(jsonLines(events).map(({ page }) => page)).toEqual(Array.from({ length: lines }, (_item, at) => `/p${at}/`));
    expect(faults).toMatchObject([{ code: 'INPUT_CORRUPT', message: expect.stringMatching(message) }]);
    expect(faults[0]?.message).toContain(path);
  });

  it('may be gzip that is padded with NULs, before another member too', async () => {
    const path = join(folder, 'padded.gz');
    await writeFile(
      path,
      Buffer.concat([gzipSync(`${numbered(3)}\n`), Buffer.alloc(70_000), gzipSync(numbered(2)), Buffer.alloc(512)]),
    );

    const { summary, faults } = await run({ inputs: [openInput(path)] });

    expect(summary).toMatchObject({ lines: 5, events: 5 });
    expect(faults).toEqual([]);
  });

  it.each([
    ['xz', 'fd377a585a000004e6d6b446', 'xz -dc'],
    ['bzip2', '425a6839314159265359b2a0', 'bzip2 -dc'],
    ['zstd', '28b52ffd04581900a0b0c0d0', 'zstd -dc'],
    ['zip', '504b03040a00000000000000', 'unzip -p'],
  ])('that are packed with %s are refused, and not read as lines', async (packing, hex, command) => {
    const path = join(folder, 'access_log.1');
    await writeFile(path, Buffer.from(`${hex}0a0a0a`, 'hex'));

    const { summary, faults } = await run({ inputs: [openInput(path)] });

    expect(summary).toMatchObject({ lines: 0, bytes: 0 });
    expect(faults).toMatchObject([
      {
        code: 'INPUT_PACKED',
        message: `${path} is packed with ${packing}, not gzip: it is not read.\n→ Unpack it on the way: ${command} ${path} | clickstreamy etl.`,
      },
    ]);
  });

  it('that are an archive inside gzip are refused', async () => {
    const tar = Buffer.alloc(2048);
    tar.write('access.log');
    tar.write('ustar', 257);
    const path = join(folder, 'logs.tgz');
    await writeFile(path, gzipSync(tar));

    const { summary, faults } = await run({ inputs: [openInput(path)] });

    expect(summary).toMatchObject({ lines: 0 });
    expect(faults).toMatchObject([{ code: 'INPUT_PACKED', message: expect.stringContaining(`tar -xOf ${path} |`) }]);
  });

  it.each([
    ['nowhere', 'it does not exist'],
    ['.', 'it is a folder'],
  ])('that cannot be read fail with a clear message, and the others are read: %s', async (name, why) => {
    const path = join(folder, 'good');
    await writeFile(path, `${LINE}\n`);

    const { summary, faults } = await run({
      inputs: [openInput(path), openInput(join(folder, name)), openInput(path)],
    });

    expect(faults).toMatchObject([{ code: 'INPUT_UNREADABLE', message: expect.stringContaining(why) }]);
    expect(summary).toMatchObject({ lines: 2, events: 2 });
  });

  it('that cannot be opened because too many are open have a hint of their own', async () => {
    const failing = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.reject(Object.assign(new Error('EMFILE'), { code: 'EMFILE' })),
      }),
    };

    const { faults } = await run({ inputs: [{ ...inputOf([], 'a.log'), chunks: failing }] });

    expect(faults.map(({ message }) => message)).toEqual([
      'a.log cannot be read: too many open files.\n→ Raise the limit of open files (ulimit -n).',
    ]);
  });

  it('without a newline take little memory, also when they unpack to a thousand times their size', async () => {
    const path = join(folder, 'bomb.gz');
    await writeFile(
      path,
      Buffer.concat([
        gzipSync(`${LINE}\n`),
        gzipSync(Buffer.alloc(300 * 2 ** 20, 'a'), { level: 9 }),
        gzipSync(`\n${LINE}\n`),
      ]),
    );
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;

    const { summary, faults } = await run({
      inputs: [openInput(path)],
      threads: 1,
      onProgress: () => {
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      },
    });

    expect(faults).toEqual([]);
    expect(summary).toMatchObject({ lines: 3, events: 2, rejected: { 'too-long': 1 } });
    expect(most).toBeLessThan(64 * 2 ** 20);
  });
});

describe('before a line', () => {
  it.each([1, 3000, 300_000, 3_000_000])('%i NULs are skipped and counted', async (nuls) => {
    const hole = Buffer.alloc(nuls);

    const { summary, events } = await run({ inputs: [inputOf([hole, `${LINE}\n`, `${LINE}\n`, hole, LINE])] });

    expect(summary).toMatchObject({ lines: 3, events: 3, rejected: {}, nulBytes: 2 * nuls });
    expect(jsonLines(events).map(({ host }) => host)).toEqual(Array(3).fill('203.0.113.7'));
  });

  it('NULs that nothing follows are a blank line', async () => {
    const { summary } = await run({ inputs: [inputOf([`${LINE}\n`, Buffer.alloc(700)])] });

    expect(summary).toMatchObject({ lines: 2, events: 1, blank: 1, nulBytes: 700 });
  });

  it('a byte order mark is skipped, in each input', async () => {
    const marked = `\uFEFF${LINE}\n${LINE}\n`;

    const { events } = await run({ inputs: [inputOf([marked]), inputOf([marked])] });

    expect(new Set(jsonLines(events).map(({ host }) => host))).toEqual(new Set(['203.0.113.7']));
  });
});
