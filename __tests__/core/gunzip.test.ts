import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';
import { type GunzipError, gunzip, gunzipStream } from '../../core/gunzip';

const folder = mkdtempSync(join(tmpdir(), 'gunzip-'));
let handle: FileHandle | undefined;
afterEach(() => handle?.close());
afterAll(() => rmSync(folder, { recursive: true }));

/** Lines that do not compress well, so that many packed bytes lie before their end. */
const LINES = Buffer.from(
  Array.from({ length: 40_000 }, (_, at) => `${(at * 2_654_435_761) % 4_294_967_296}\n`).join(''),
);
const PACKED = gzipSync(LINES);
const GARBAGE = Buffer.from('garbage\n');

interface Outcome {
  readonly bytes: Buffer;
  readonly fault?: GunzipError;
}

async function collect(pieces: AsyncIterable<Buffer>): Promise<Outcome> {
  const taken: Buffer[] = [];
  try {
    for await (const piece of pieces) taken.push(Buffer.from(piece));
    return { bytes: Buffer.concat(taken) };
  } catch (error) {
    return { bytes: Buffer.concat(taken), fault: error as GunzipError };
  }
}

async function fromFile(packed: Buffer): Promise<Outcome> {
  const path = join(folder, 'log.gz');
  writeFileSync(path, packed);
  await handle?.close();
  handle = await open(path);
  return collect(gunzip(handle));
}

/** In chunks of 7 bytes around each 10,000th, so that headers, trailers and padding are cut. */
async function fromPipe(packed: Buffer): Promise<Outcome> {
  async function* chunks() {
    for (let at = 0; at < packed.length; ) {
      const end = packed.length < 2000 || at % 10_000 < 70 ? at + 7 : at + 9_930;
      yield packed.subarray(at, end);
      at = end;
    }
  }
  return collect(gunzipStream(chunks()));
}

const flipped = (packed: Buffer, at: number) => {
  const copy = Buffer.from(packed);
  copy[at] = (copy[at] as number) ^ 0x10;
  return copy;
};

describe.each([
  ['a file', fromFile],
  ['a pipe', fromPipe],
])('gzip from %s', (_, unpack) => {
  it.each([
    ['one member', PACKED, LINES],
    ['two members', Buffer.concat([PACKED, gzipSync('b\n')]), Buffer.concat([LINES, Buffer.from('b\n')])],
    ['many small members', Buffer.concat(Array(300).fill(gzipSync('c\n'))), Buffer.from('c\n'.repeat(300))],
    ['an empty member', gzipSync(''), Buffer.alloc(0)],
    ['no bytes at all', Buffer.alloc(0), Buffer.alloc(0)],
    ['stored blocks', gzipSync(LINES, { level: constants.Z_NO_COMPRESSION }), LINES],
    ['padding', Buffer.concat([PACKED, Buffer.alloc(100_000)]), LINES],
    ['padding of one byte', Buffer.concat([PACKED, Buffer.alloc(1)]), LINES],
    [
      'padding and a second member',
      Buffer.concat([PACKED, Buffer.alloc(70_000), gzipSync('b\n')]),
      Buffer.concat([LINES, Buffer.from('b\n')]),
    ],
  ])('is unpacked: %s', async (_what, packed, expected) => {
    const { bytes, fault } = await unpack(packed);

    expect(fault).toBeUndefined();
    expect(bytes.equals(expected)).toBe(true);
  });

  it('may have a name, a comment, an extra field and a checksum in its header', async () => {
    const flags = 0x02 | 0x04 | 0x08 | 0x10;
    const header = Buffer.concat([
      Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3, 3, 0]),
      Buffer.from('xyzaccess.log\0a comment\0'),
      Buffer.from([0x12, 0x34]),
    ]);

    const { bytes, fault } = await unpack(Buffer.concat([header, PACKED.subarray(10)]));

    expect(fault).toBeUndefined();
    expect(bytes.equals(LINES)).toBe(true);
  });

  it.each([
    ['garbage', GARBAGE, 0],
    ['a newline', Buffer.from('\n'), 0],
    ['padding, then garbage', Buffer.concat([Buffer.alloc(3), GARBAGE]), 3],
    ['garbage that looks like zlib', Buffer.from([0x1f, 0x00]), 0],
  ])('gives everything, then tells what follows its end: %s', async (_what, end, offset) => {
    const { bytes, fault } = await unpack(Buffer.concat([PACKED, end]));

    expect(bytes.equals(LINES)).toBe(true);
    expect(fault).toMatchObject({ afterEnd: true, unfinished: false, packedOffset: PACKED.length + offset });
  });

  it.each([
    ['wrong checksum', 8, 'incorrect data check'],
    ['wrong length', 4, 'incorrect length check'],
  ])('gives everything before a %s', async (_what, beforeEnd, message) => {
    const { bytes, fault } = await unpack(flipped(PACKED, PACKED.length - beforeEnd));

    expect(bytes.equals(LINES)).toBe(true);
    expect(fault).toMatchObject({ message, afterEnd: false, unfinished: false, packedOffset: PACKED.length - 8 });
  });

  it.each([
    ['in its header', 5],
    ['in its data', PACKED.length - 1000],
    ['before its trailer', PACKED.length - 8],
    ['in its trailer', PACKED.length - 1],
    ['in the header of the next member', PACKED.length + 1],
  ])('is unfinished if it is cut %s', async (_what, length) => {
    const { bytes, fault } = await unpack(Buffer.concat([PACKED, gzipSync('b\n')]).subarray(0, length));

    expect(fault).toMatchObject({ message: 'unexpected end of file', unfinished: true, afterEnd: false });
    expect(bytes.equals(LINES.subarray(0, bytes.length))).toBe(true);
    expect(LINES.length - bytes.length).toBeLessThan(length === 5 ? LINES.length + 1 : 4000);
  });

  it('refuses a member that is not deflate', async () => {
    const { bytes, fault } = await unpack(Buffer.from([0x1f, 0x8b, 7, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3]));

    expect(bytes).toHaveLength(0);
    expect(fault).toMatchObject({ message: 'unknown compression method', afterEnd: false, unfinished: false });
  });
});

it('gives every good byte of a file before damaged data', async () => {
  // The stored block after the good member says that its length is not what it is.
  const good = gzipSync(LINES);
  const damaged = Buffer.concat([gzipSync('').subarray(0, 10), Buffer.from([0x01, 0x05, 0x00, 0x00, 0x00]), GARBAGE]);

  const { bytes, fault } = await fromFile(Buffer.concat([good, damaged]));

  expect(bytes.equals(LINES)).toBe(true);
  expect(fault).toMatchObject({ message: 'invalid stored block lengths', afterEnd: false, unfinished: false });
  expect(fault?.packedOffset).toBeGreaterThanOrEqual(good.length + 10);
});

it('gives what the data had inflated to within one block before its damage', async () => {
  const blocks = gzipSync(LINES, { level: 0 });
  const header = blocks.subarray(0, 10);
  const block = Buffer.concat([Buffer.from([0x00, 0x05, 0x00, 0xfa, 0xff]), Buffer.from('good\n')]);

  const { bytes, fault } = await fromFile(Buffer.concat([header, block, block, Buffer.from([0x07, 1, 2, 3, 4])]));

  expect(bytes.toString()).toBe('good\ngood\n');
  expect(fault).toMatchObject({ message: 'invalid block type' });
});

it('holds only a few pieces of what unpacks to a thousand times its size', async () => {
  const zeros = Buffer.alloc(256 * 1024 * 1024);
  const path = join(folder, 'bomb.gz');
  writeFileSync(path, gzipSync(zeros, { level: 9 }));
  handle = await open(path);
  let bytes = 0;
  let mostWaiting = 0;
  const before = process.memoryUsage().arrayBuffers;

  for await (const piece of gunzip(handle)) {
    bytes += piece.length;
    mostWaiting = Math.max(mostWaiting, piece.length);
    // Time for zlib to run ahead, if it would.
    for (let turns = 0; bytes % (64 * 1024 * 1024) === 0 && turns < 1000; turns++) await new Promise(setImmediate);
  }

  expect(bytes).toBe(zeros.length);
  expect(mostWaiting).toBeLessThanOrEqual(256 * 1024);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(96 * 1024 * 1024);
});
