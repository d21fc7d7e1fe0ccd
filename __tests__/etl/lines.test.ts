import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { generateCorpus } from '../../bench/corpus';
import { CORPUS_SITE_HOSTS } from '../../bench/corpus-referers';
import { type LinesOptions, type LinesSummary, runLines } from '../../etl/lines';
import { type LineInput, openInput } from '../../etl/lines-input';

interface Outcome {
  readonly summary: LinesSummary;
  readonly events: string;
  readonly rejects: string;
}

async function run(options: Partial<LinesOptions> & Pick<LinesOptions, 'inputs'>): Promise<Outcome> {
  const [events, rejects]: [Buffer[], Buffer[]] = [[], []];
  const summary = await runLines({
    siteHosts: CORPUS_SITE_HOSTS,
    output: async (bytes) => void events.push(Buffer.from(bytes)),
    rejects: async (bytes) => void rejects.push(Buffer.from(bytes)),
    ...options,
  });
  return { summary, events: Buffer.concat(events).toString(), rejects: Buffer.concat(rejects).toString() };
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

    const running = runLines({ inputs: [{ ...inputOf([]), chunks: many() }], output, threads: 1 });

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
    const events: Buffer[] = [];

    const running = runLines({ inputs: [openInput(path)], output: async (out) => void events.push(Buffer.from(out)) });

    await expect(running).rejects.toMatchObject({
      code: 'INPUT_CORRUPT',
      message: expect.stringMatching(/first \d+ lines/),
    });
    const written = jsonLines(Buffer.concat(events).toString());
    const all = jsonLines((await run({ inputs: [inputOf([bytes])], siteHosts: [] })).events);
    expect(written.length).toBeGreaterThan(2000);
    expect(written).toEqual(all.slice(0, written.length));
  });

  it.each([
    ['nowhere', 'it does not exist'],
    ['.', 'it is a folder'],
  ])('that cannot be read fail with a clear message: %s', async (name, why) => {
    const running = run({ inputs: [openInput(join(folder, name))] });

    await expect(running).rejects.toMatchObject({ code: 'INPUT_UNREADABLE', message: expect.stringContaining(why) });
  });
});
