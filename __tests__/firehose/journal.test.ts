import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { SourcePositions } from '../../core/record-source';
import { type Batch, lengthAt, toBatch } from '../../firehose/batch';
import { Journal, type JournalProps, type Segment, type SegmentFile } from '../../firehose/journal';
import { recoverSegments } from '../../firehose/journal-recovery';
import { openIdSource } from '../../firehose/record-ids';
import { toRecords, useFolder } from '../support/stream-fixture';
import { until } from '../support/until';

const HEADER_BYTES = 16;
const folder = useFolder();
const nextBase = openIdSource();
const batchOf = (...lines: readonly string[]) =>
  toBatch({ records: toRecords(...lines), sources: [] }, nextBase(), 1_800_000_000_123);

function openJournal(props: Partial<JournalProps> = {}): { readonly journal: Journal; readonly sealed: Segment[] } {
  const sealed: Segment[] = [];
  const journal = new Journal({
    folder: folder(),
    segmentBytes: 1_000_000,
    segmentSeconds: 60,
    nextSegment: 1,
    sealed: (segment) => sealed.push(segment),
    ...props,
  });
  return { journal, sealed };
}

async function linesOf(segment: Segment): Promise<string[]> {
  return (await segment.load()).flatMap((batch) => {
    let start = 0;
    return Array.from({ length: batch.count }, (_, index) => {
      const end = start + lengthAt(batch, index);
      const line = batch.bytes.toString('utf8', start, end);
      start = end;
      return line;
    });
  });
}

const files = () => readdirSync(folder()).sort();

/** The bytes of one segment file that holds these batches. */
async function segmentBytes(batches: readonly Batch[]): Promise<Buffer> {
  const { journal } = openJournal();
  for (const batch of batches) await journal.append(batch);
  await journal.close();
  return readFileSync(join(folder(), '000000000001.journal'));
}

async function recover(bytes: Uint8Array) {
  const place = mkdtempSync(join(folder(), 'copy-'));
  const path = join(place, '000000000007.journal');
  writeFileSync(path, bytes);
  const warnings: string[] = [];
  const found = await recoverSegments(place, new SourcePositions(), (sentence) => warnings.push(sentence));
  return { place, path, warnings, ...found };
}

it('gives back what was appended, with its ids and times, whether it was sealed or not', async () => {
  const first = batchOf('one', '', 'three');
  const second = batchOf('fôur');
  const { journal, sealed } = openJournal();
  await journal.append(first);
  await journal.seal();
  await journal.append(second);
  await journal.close();

  const { segments, nextSegment } = await recoverSegments(folder(), new SourcePositions(), fail);

  expect(await Promise.all(sealed.map(linesOf))).toEqual([['one', '', 'three']]);
  expect(await Promise.all(segments.map(linesOf))).toEqual([['one', '', 'three'], ['fôur']]);
  const batches = (await Promise.all(segments.map((segment) => segment.load()))).flat();
  expect(batches[0]?.idAt(2)).toBe(first.idAt(2));
  expect(batches[1]?.arrivalMs).toBe(1_800_000_000_123);
  expect(nextSegment).toBe(3);
});

it('seals a segment when it is full, and when it is old', async () => {
  const full = openJournal({ segmentBytes: 100 });
  await Promise.all(['a'.repeat(60), 'b'.repeat(60), 'c'].map((line) => full.journal.append(batchOf(line))));
  await full.journal.close();
  const old = openJournal({ segmentSeconds: 0.01, nextSegment: 10 });
  await old.journal.append(batchOf('d'));
  await until(() => old.sealed.length === 1, { what: 'sealed by age' });
  await old.journal.close();

  expect(full.sealed.map((segment) => segment.records)).toEqual([1, 1]);
  expect(await Promise.all(old.sealed.map(linesOf))).toEqual([['d']]);
});

it('deletes a segment that is removed, and creates no file before the first batch', async () => {
  const { journal, sealed } = openJournal();
  await journal.append(batchOf('a'));
  await journal.seal();
  await journal.seal();
  for (const segment of sealed) await journal.remove(segment);
  await journal.close();

  expect(sealed).toHaveLength(1);
  expect(files()).toEqual([]);
});

it('syncs once for all batches that wait together, and resolves none before', async () => {
  let syncs = 0;
  const counting = async (path: string, flags: string): Promise<SegmentFile> => {
    const file = await open(path, flags);
    return wrap(file, {
      async datasync() {
        await file.datasync();
        syncs++;
      },
    });
  };
  const { journal } = openJournal({ openFile: counting });

  const syncsSeen = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      await journal.append(batchOf(`line ${index}`));
      return syncs;
    }),
  );
  await journal.close();

  expect(syncs).toBe(1);
  expect(syncsSeen.every((seen) => seen === 1)).toBe(true);
});

describe('a torn tail', () => {
  it('cut at any byte costs only the batch that it cuts, with one warning', async () => {
    const batches = [batchOf('first', 'second'), batchOf('third'), batchOf('fourth line')];
    const bytes = await segmentBytes(batches);
    let end = HEADER_BYTES;
    const ends = batches.map(({ frame }) => {
      end += frame.length;
      return end;
    });

    for (let cut = 0; cut < bytes.length; cut++) {
      const { segments, warnings, path, place } = await recover(bytes.subarray(0, cut));

      const whole = ends.filter((frameEnd) => frameEnd <= cut);
      const found = (await Promise.all(segments.map((segment) => segment.load()))).flat();
      expect(found.map(({ count }) => count)).toEqual(batches.slice(0, whole.length).map(({ count }) => count));
      const torn = cut > HEADER_BYTES && !whole.includes(cut);
      expect(warnings).toEqual(torn ? [expect.stringContaining(`${path} ended in`)] : []);
      expect(readdirSync(place)).toEqual(whole.length > 0 ? ['000000000007.journal'] : []);
      if (whole.length > 0) expect(readFileSync(path)).toHaveLength(whole.at(-1) ?? 0);
    }
  });

  it('of zeros, as a power cut leaves it, is cut away too', async () => {
    const bytes = await segmentBytes([batchOf('first')]);

    const { segments, warnings, path } = await recover(Buffer.concat([bytes, Buffer.alloc(300)]));

    expect(await Promise.all(segments.map(linesOf))).toEqual([['first']]);
    expect(warnings).toEqual([expect.stringContaining('300 bytes of a batch that was never acknowledged')]);
    expect(readFileSync(path)).toEqual(bytes);
  });
});

describe('damage', () => {
  it('of any one byte costs at most the batch that holds it, whose bytes are kept aside', async () => {
    const lines = ['first line', 'second line', 'third line', 'fourth line'];
    const bytes = await segmentBytes(lines.map((line) => batchOf(line)));

    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: HEADER_BYTES, max: bytes.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, flip) => {
          const damaged = Buffer.from(bytes);
          damaged[at] = (damaged[at] ?? 0) ^ flip;

          const { segments, warnings, place, damagedBytes } = await recover(damaged);

          const found = (await Promise.all(segments.map(linesOf))).flat();
          expect(found.length).toBe(lines.length - 1);
          expect(lines.filter((line) => found.includes(line))).toEqual(found);
          expect(warnings).toHaveLength(1);
          const [aside, ...others] = readdirSync(place).filter((name) => name.endsWith('.damaged'));
          expect(others).toEqual([]);
          expect(warnings[0]).toContain(aside);
          expect(damagedBytes).toBe(readFileSync(join(place, String(aside))).length);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('of a segment’s start keeps the whole file aside, and goes on with the next', async () => {
    const bytes = await segmentBytes([batchOf('first')]);
    mkdirSync(join(folder(), 'two'));
    writeFileSync(join(folder(), 'two', '1.journal'), Buffer.concat([Buffer.from('????'), bytes.subarray(4)]));
    writeFileSync(join(folder(), 'two', '2.journal'), bytes);
    const warnings: string[] = [];

    const { segments } = await recoverSegments(join(folder(), 'two'), new SourcePositions(), (sentence) =>
      warnings.push(sentence),
    );

    expect(await Promise.all(segments.map(linesOf))).toEqual([['first']]);
    expect(warnings).toEqual([expect.stringContaining('1.journal.damaged')]);
    expect(readdirSync(join(folder(), 'two'))).toEqual(['1.journal.damaged', '2.journal']);
  });

  it('does not let a record pass itself off as a frame', async () => {
    const inner = await segmentBytes([batchOf('forged')]);
    const { journal } = openJournal({ nextSegment: 2 });
    await journal.append(toBatch({ records: [inner.subarray(HEADER_BYTES)], sources: [] }, nextBase(), 1));
    await journal.close();
    const outer = readFileSync(join(folder(), '000000000002.journal'));
    outer[HEADER_BYTES + 12] = (outer[HEADER_BYTES + 12] ?? 0) ^ 1;

    const { segments, warnings } = await recover(outer);

    expect(segments).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('is damaged')]);
  });
});

describe('a disk that fills up half-way through a frame', () => {
  it('refuses that batch only, and takes the half frame away so that later ones can be read', async () => {
    const disk = { left: 200 };
    const { journal } = openJournal({ openFile: fillingUp(disk) });
    await journal.append(batchOf('before'));

    const refused = journal.append(batchOf('x'.repeat(500)));

    await expect(refused).rejects.toMatchObject({
      code: 'JOURNAL_WRITE_FAILED',
      message: expect.stringContaining('the disk is full'),
    });
    disk.left = 10_000;
    await journal.append(batchOf('after'));
    await journal.close();
    const { segments } = await recoverSegments(folder(), new SourcePositions(), fail);
    expect(await Promise.all(segments.map(linesOf))).toEqual([['before', 'after']]);
  });

  it('goes on in a new segment where the half frame cannot be taken away', async () => {
    const disk = { left: 200, cannotTruncate: true };
    const { journal, sealed } = openJournal({ openFile: fillingUp(disk) });
    await journal.append(batchOf('before'));
    await expect(journal.append(batchOf('x'.repeat(500)))).rejects.toMatchObject({ code: 'JOURNAL_WRITE_FAILED' });

    disk.left = 10_000;
    await journal.append(batchOf('after'));
    await journal.close();
    const warnings: string[] = [];
    const { segments } = await recoverSegments(folder(), new SourcePositions(), (sentence) => warnings.push(sentence));

    expect(await Promise.all(sealed.map(linesOf))).toEqual([['before']]);
    expect(await Promise.all(segments.map(linesOf))).toEqual([['before'], ['after']]);
    expect(warnings).toHaveLength(1);
  });

  it('refuses what cannot be synced', async () => {
    const failing = async (path: string, flags: string): Promise<SegmentFile> =>
      wrap(await open(path, flags), { datasync: () => Promise.reject(systemError('EIO')) });
    const { journal } = openJournal({ openFile: failing });

    await expect(journal.append(batchOf('a'))).rejects.toMatchObject({ code: 'JOURNAL_WRITE_FAILED' });
    await journal.close();

    expect((await recoverSegments(folder(), new SourcePositions(), fail)).segments).toEqual([]);
  });
});

function fail(sentence: string): never {
  throw new Error(`no warning was expected: ${sentence}`);
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: write`), { code });
}

function wrap(file: SegmentFile, changed: Partial<SegmentFile>): SegmentFile {
  return {
    writev: (parts, position) => file.writev(parts, position),
    datasync: () => file.datasync(),
    truncate: (length) => file.truncate(length),
    close: () => file.close(),
    ...changed,
  };
}

/** A real file on a disk with `left` free bytes: what does not fit is cut short, then refused, as ENOSPC is. */
function fillingUp(disk: { left: number; cannotTruncate?: boolean }): JournalProps['openFile'] & {} {
  return async (path, flags) => {
    const file = await open(path, flags);
    return wrap(file, {
      async writev(parts, position) {
        if (disk.left === 0) throw systemError('ENOSPC');
        const bytes = Buffer.concat(parts).subarray(0, disk.left);
        disk.left -= bytes.length;
        return file.writev([bytes], position);
      },
      truncate: (length) => (disk.cannotTruncate ? Promise.reject(systemError('EIO')) : file.truncate(length)),
    });
  };
}
