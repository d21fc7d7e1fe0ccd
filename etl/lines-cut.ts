/** Cuts a stream of bytes into batches of whole lines. */
import { MAX_RECORD_BYTES } from '../core/firehose-limits';
import { leadingNuls } from '../core/nul-bytes';

/** The longest line that is transformed, in bytes without its line end: the largest record that Firehose takes. */
export const LONGEST_LINE = MAX_RECORD_BYTES;

/** Large enough that a thread's work outweighs the transfer, small enough that many batches take little memory. */
export const BATCH_BYTES = 256 * 1024;

/** Size to which a batch's buffer grows for a long line: it holds the longest line and its end. */
const LARGEST_BATCH_BYTES = 1024 * 1024;

/** A reusable buffer with lines at its beginning. */
export interface LineBuffer {
  input: Buffer;
  /** How many bytes of `input` are lines; the rest is stale. */
  length: number;
  /** Whether it holds only the beginning of one line that is too long; the rest of that line is skipped. */
  isTooLong: boolean;
  /** How many NULs before its first line were dropped, because they filled the buffer. */
  nulBytes: number;
}

const NEWLINE = 0x0a;

/**
 * Fills batches with whole lines, in order. A batch ends when its buffer is full, when the stream pauses, or with the stream.
 *
 * @param take resolves with an empty batch once there is one. This bounds the memory and is the stream's backpressure.
 * @param pauseMs when the stream brings nothing for this long, the lines that have arrived are passed on.
 * @param largestBytes size to which a batch's buffer grows for a line that it cannot hold.
 * @throws what the stream throws, after all whole lines before the failure.
 */
export async function* cutLines<B extends LineBuffer>(
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
        if (end === 0 && dropNuls(batch)) continue;
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

/** A hole of any size before a line takes no memory, and does not make the line too long. */
function dropNuls(batch: LineBuffer): boolean {
  const nuls = leadingNuls(batch.input, 0, batch.length);
  batch.input.copyWithin(0, nuls, batch.length);
  batch.length -= nuls;
  batch.nulBytes += nuls;
  return nuls > 0;
}

/** The offset after the batch's last newline; 0 if there is none. */
function endOfLines({ input, length }: LineBuffer): number {
  return input.lastIndexOf(NEWLINE, length - 1) + 1;
}

const PAUSE = Symbol('pause');

/** Yields the chunks, and a `PAUSE` whenever the next one takes longer than `pauseMs`. */
async function* withPauses(chunks: AsyncIterable<Buffer>, pauseMs: number): AsyncGenerator<Buffer | typeof PAUSE> {
  const source = chunks[Symbol.asyncIterator]();
  for (;;) {
    const coming = source.next();
    // A caller that stops at a pause never awaits it; otherwise it is awaited below.
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
