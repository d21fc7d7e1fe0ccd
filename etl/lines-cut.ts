/** A stream of bytes, cut into batches of whole lines. */
import { MAX_RECORD_BYTES } from '../core/firehose-limits';

/** Longest line that is transformed, in bytes without its line end: the largest record that Firehose takes. */
export const LONGEST_LINE = MAX_RECORD_BYTES;

/** So large that a thread's work outweighs the way there and back, so small that many of them take little memory. */
export const BATCH_BYTES = 256 * 1024;

/** What a batch's buffer is given for a long line: it holds the longest with its end. */
const LARGEST_BATCH_BYTES = 1024 * 1024;

/** A buffer with lines at its beginning, used again and again. */
export interface LineBatch {
  input: Buffer;
  /** How much of `input` are lines: what stands behind is old. */
  length: number;
  /** Whether it holds but the beginning of one line that is too long; the rest of that line is skipped. */
  isTooLong: boolean;
}

const NEWLINE = 0x0a;

/**
 * Fills batches with whole lines, in order: a batch ends where its buffer is full, where the stream pauses, or with the stream.
 *
 * @param take gives an empty batch once there is one: what bounds the memory, and holds the stream back.
 * @param pauseMs a stream that brings nothing for so long is not waited for: what it has brought goes on.
 * @param largestBytes a batch's buffer grows to this for a line that it cannot hold.
 * @throws what the stream throws, after all whole lines before that.
 */
export async function* cutLines<B extends LineBatch>(
  chunks: AsyncIterable<Buffer>,
  take: () => Promise<B>,
  pauseMs = 50,
  largestBytes = LARGEST_BATCH_BYTES,
): AsyncGenerator<B> {
  let batch: B | undefined;
  let skips = false;

  async function cut(full: B, end: number): Promise<B> {
    batch = undefined;
    if (end < full.length) {
      batch = await take();
      if (full.length - end > batch.input.length) batch.input = enlarged(batch.input, largestBytes);
      batch.length = full.input.copy(batch.input, 0, end, full.length);
      full.length = end;
    }
    return full;
  }

  try {
    for await (const chunk of withPauses(chunks, pauseMs)) {
      if (chunk === PAUSE) {
        const end = batch === undefined ? 0 : endOfLines(batch);
        if (batch !== undefined && end > 0) yield await cut(batch, end);
        continue;
      }
      let at = 0;
      while (at < chunk.length) {
        if (skips) {
          const newline = chunk.indexOf(NEWLINE, at);
          if (newline === -1) break;
          at = newline + 1;
          skips = false;
          continue;
        }
        batch ??= await take();
        const copied = chunk.copy(batch.input, batch.length, at);
        batch.length += copied;
        at += copied;
        if (batch.length < batch.input.length) continue;
        const end = endOfLines(batch);
        if (end === 0 && batch.length < largestBytes) {
          batch.input = enlarged(batch.input, largestBytes);
          continue;
        }
        skips = end === 0;
        batch.isTooLong = skips;
        yield await cut(batch, skips ? batch.length : end);
      }
    }
  } catch (error) {
    const end = batch === undefined ? 0 : endOfLines(batch);
    if (batch !== undefined && end > 0) yield await cut(batch, end);
    throw error;
  }
  if (batch !== undefined) yield batch;
}

function enlarged(buffer: Buffer, bytes: number): Buffer {
  const large = Buffer.allocUnsafeSlow(bytes);
  buffer.copy(large);
  return large;
}

/** Behind the last newline of the batch; 0 if there is none. */
function endOfLines({ input, length }: LineBatch): number {
  return input.lastIndexOf(NEWLINE, length - 1) + 1;
}

const PAUSE = Symbol('pause');

/** The chunks, and a `PAUSE` wherever the next is not there after `pauseMs`. */
async function* withPauses(chunks: AsyncIterable<Buffer>, pauseMs: number): AsyncGenerator<Buffer | typeof PAUSE> {
  const source = chunks[Symbol.asyncIterator]();
  for (;;) {
    const coming = source.next();
    // Whoever stops at a pause does not wait for it; else it is awaited below.
    coming.catch(() => {});
    if (await pauses(coming, pauseMs)) yield PAUSE;
    const { value, done } = await coming;
    if (done === true) return;
    yield value;
  }
}

function pauses(coming: Promise<unknown>, pauseMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, pauseMs, true);
    const settled = () => {
      clearTimeout(timer);
      resolve(false);
    };
    coming.then(settled, settled);
  });
}
