import fc from 'fast-check';
import { cutLines, type LineBuffer } from '../../etl/lines-cut';

const TOO_LONG = 'too long';

/** The lines, collected from batches of this many bytes. */
async function linesOf(chunks: AsyncIterable<Buffer>, batchBytes: number, largestBytes: number): Promise<string[]> {
  const lines: string[] = [];
  const take = async (): Promise<LineBuffer> => ({
    input: Buffer.alloc(batchBytes, 'old\n'),
    length: 0,
    isTooLong: false,
    nulBytes: 0,
  });
  for await (const { input, length, isTooLong } of cutLines(chunks, take, 1000, largestBytes)) {
    const text = input.toString('latin1', 0, length);
    if (isTooLong) lines.push(TOO_LONG);
    else lines.push(...(text.endsWith('\n') ? text.slice(0, -1) : text).split('\n'));
  }
  return lines;
}

async function* cutAt(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  let from = 0;
  for (const cut of [...cuts, bytes.length].sort((a, b) => a - b)) {
    yield bytes.subarray(from, cut);
    from = cut;
  }
}

it('loses and joins no line, wherever the stream and the batches are cut', async () => {
  const text = fc.array(
    fc.string({ maxLength: 30 }).map((line) => line.replace(/[^!-~]/g, '.')),
    { maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.boolean(),
      fc.array(fc.nat(1200), { maxLength: 30 }),
      fc.integer({ min: 8, max: 60 }),
      fc.nat(60),
      async (lines, ends, cuts, batchBytes, largestBytes) => {
        const bytes = Buffer.from(lines.join('\n') + (ends && lines.length > 0 ? '\n' : ''), 'latin1');
        const within = cuts.filter((cut) => cut <= bytes.length);

        const found = await linesOf(cutAt(bytes, within), batchBytes, largestBytes);

        const most = Math.max(batchBytes, largestBytes);
        const whole = bytes.toString('latin1').split('\n');
        if (whole.at(-1) === '') whole.pop();
        expect(found).toEqual(whole.map((line) => (line.length >= most ? TOO_LONG : line)));
      },
    ),
  );
});

it('yields the whole lines of a pausing stream before it continues', async () => {
  let arrived = (_: string) => {};
  const first = new Promise<string>((resolve) => {
    arrived = resolve;
  });
  async function* pausing() {
    yield Buffer.from('one\ntw');
    // It continues only once the first line has come out.
    expect(await first).toBe('one\n');
    yield Buffer.from('o\n');
  }

  const batches: string[] = [];
  const take = async (): Promise<LineBuffer> => ({
    input: Buffer.alloc(100),
    length: 0,
    isTooLong: false,
    nulBytes: 0,
  });
  for await (const { input, length } of cutLines(pausing(), take, 5)) {
    batches.push(input.toString('latin1', 0, length));
    arrived(batches[0] as string);
  }

  expect(batches).toEqual(['one\n', 'two\n']);
});

it('yields the whole lines before an error of the stream, and then throws the error', async () => {
  async function* failing() {
    yield Buffer.from('one\ntwo\nthr');
    throw new Error('cable cut');
  }
  const lines: string[] = [];
  const take = async (): Promise<LineBuffer> => ({
    input: Buffer.alloc(100),
    length: 0,
    isTooLong: false,
    nulBytes: 0,
  });
  const reading = (async () => {
    for await (const { input, length } of cutLines(failing(), take)) lines.push(input.toString('latin1', 0, length));
  })();

  await expect(reading).rejects.toThrow('cable cut');
  expect(lines).toEqual(['one\ntwo\n']);
});

it.each([1, 7, 64])('drops NULs that fill a batch before a line, in chunks of %i', async (chunkBytes) => {
  const bytes = Buffer.from(`${'\0'.repeat(1000)}first\n\0second\n${'\0'.repeat(333)}third`);
  const cuts = Array.from({ length: Math.floor(bytes.length / chunkBytes) }, (_, at) => at * chunkBytes);
  const take = async (): Promise<LineBuffer> => ({ input: Buffer.alloc(16), length: 0, isTooLong: false, nulBytes: 0 });
  let text = '';
  let nuls = 0;

  for await (const batch of cutLines(cutAt(bytes, cuts), take, 1000, 32)) {
    expect(batch.isTooLong).toBe(false);
    const lines = batch.input.toString('latin1', 0, batch.length);
    nuls += batch.nulBytes + lines.split('\0').length - 1;
    text += lines.replaceAll('\0', '');
  }

  expect(text).toBe('first\nsecond\nthird');
  expect(nuls).toBe(1334);
});
