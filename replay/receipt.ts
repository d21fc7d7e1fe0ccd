/**
 * Receipts: what became of each record of an object, one file an object, NDJSON. The first line names the object and its version, then
 * there is a line for each record, and the last one has the totals. A receipt gets its name when all its records are in the store. So what has
 * a receipt need not be replayed, and what a killed replay had begun is replayed from its start, under the same ids.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { reasonOf, ToolkitError } from '../core/errors';
import { syncFolder } from '../firehose/sync-folder';
import { LineSet } from './line-set';
import type { SourceObject } from './source';

/** What became of one line of an object. */
export interface ReceiptEntry {
  /** From 1. */
  readonly line: number;
  readonly outcome: 'stored' | 'failed' | 'dropped' | 'unreadable';
  /** The event's id in the store. */
  readonly id?: string | undefined;
  /** Why it is not stored. */
  readonly reason?: string | undefined;
  /** ISO 8601, UTC. */
  readonly at: string;
}

const Head = z.object({ object: z.string(), version: z.string() });
const Entry = z.object({ line: z.int().min(1) });
const Totals = z.object({ entries: z.int(), failed: z.int(), leftOut: z.int() });

const DRAFT = '.draft';

export interface Receipts {
  /** For people. */
  readonly folder: string;
  /** Opens the receipt of an object: the one that is there, or a new one. @throws ToolkitError RECEIPT_FAILED */
  open(object: SourceObject): Promise<Receipt>;
}

/**
 * Removes what a killed replay had begun. The folder is made with the first receipt.
 *
 * @param into the store, as the receipts name it.
 * @param isReadOnly nothing is removed.
 * @throws ToolkitError RECEIPT_FAILED
 */
export async function openReceipts(folder: string, into: string, isReadOnly: boolean): Promise<Receipts> {
  await explained(folder, async () => {
    const names = isReadOnly ? [] : await readdir(folder).catch(() => []);
    for (const name of names) if (name.endsWith(DRAFT)) await rm(join(folder, name), { force: true });
  });
  return { folder, open: (object) => explained(folder, () => openReceipt(folder, into, object)) };
}

async function openReceipt(folder: string, into: string, object: SourceObject): Promise<Receipt> {
  const file = join(folder, toName(object));
  const earlier = await readEarlier(file, object);
  return new Receipt({ folder, file, into, object, earlier });
}

/** The object's own name, so that people find it, and a hash of where it is. */
function toName({ key, location }: SourceObject): string {
  const name = key.slice(key.lastIndexOf('/') + 1).replace(/[^\w.-]/g, '_');
  return `${name.slice(0, 100)}.${createHash('sha256').update(location).digest('hex').slice(0, 12)}.ndjson`;
}

interface Earlier {
  readonly entries: number;
  /** Those of records that failed again. */
  readonly failed: number;
  /** Records that its filter left out. */
  readonly leftOut: number;
}

interface ReceiptProps {
  readonly folder: string;
  readonly file: string;
  readonly into: string;
  readonly object: SourceObject;
  readonly earlier: Earlier | undefined;
}

export class Receipt {
  /** Entries of earlier replays. */
  readonly earlier: number;
  /** Those of them whose records failed again. */
  readonly earlierFailed: number;
  /** Every line of the object has its entry. */
  readonly isWhole: boolean;
  readonly #props: ReceiptProps;
  #known: LineSet | undefined;
  #draft: FileHandle | undefined;
  #entries = 0;
  #failed = 0;

  constructor(props: ReceiptProps) {
    this.#props = props;
    this.earlier = props.earlier?.entries ?? 0;
    this.earlierFailed = props.earlier?.failed ?? 0;
    this.isWhole = props.earlier?.leftOut === 0;
  }

  /** Whether an earlier replay has dealt with the line; load the lines first. */
  has(line: number): boolean {
    return this.#known?.has(line) ?? false;
  }

  async loadLines(): Promise<void> {
    const { earlier, folder, file } = this.#props;
    const known = new LineSet();
    if (earlier !== undefined) {
      await explained(folder, async () => {
        for await (const [line] of readEntries(file)) known.add(line);
      });
    }
    this.#known = known;
  }

  /** @throws ToolkitError RECEIPT_FAILED */
  async append(entries: readonly ReceiptEntry[]): Promise<void> {
    if (entries.length === 0) return;
    await explained(this.#props.folder, async () => {
      this.#draft ??= await this.#openDraft();
      await this.#draft.appendFile(toLines(entries));
    });
    this.#entries += entries.length;
    this.#failed += entries.filter(({ outcome }) => outcome === 'failed').length;
  }

  /** Gives the receipt its name; nothing changes if there is nothing new. @param leftOut records that the filter left out. */
  async finish(leftOut: number): Promise<void> {
    const { folder, file } = this.#props;
    if (this.#draft === undefined) return;
    await explained(folder, async () => {
      const draft = this.#draft as FileHandle;
      const counts = { entries: this.earlier + this.#entries, failed: this.earlierFailed + this.#failed, leftOut };
      const totals = { ...counts, at: new Date().toISOString() };
      await draft.appendFile(toLines([totals]));
      await draft.datasync();
      await draft.close();
      this.#draft = undefined;
      await rename(file + DRAFT, file);
      await syncFolder(folder);
    });
  }

  /** Removes what was not finished. */
  async discard(): Promise<void> {
    if (this.#draft === undefined) return;
    await this.#draft.close().catch(() => {});
    this.#draft = undefined;
    await rm(this.#props.file + DRAFT, { force: true }).catch(() => {});
  }

  async #openDraft(): Promise<FileHandle> {
    const { folder, file, into, object, earlier } = this.#props;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const draft = await open(file + DRAFT, 'wx', 0o600);
    await draft.appendFile(toLines([{ object: object.location, version: object.version, into }]));
    if (earlier !== undefined) for await (const [, text] of readEntries(file)) await draft.appendFile(`${text}\n`);
    return draft;
  }
}

const toLines = (values: readonly object[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');

async function* readEntries(file: string): AsyncGenerator<readonly [line: number, text: string]> {
  for await (const text of createInterface({ input: createReadStream(file) })) {
    const entry = Entry.safeParse(toValue(text));
    if (entry.success) yield [entry.data.line, text];
  }
}

const TAIL_BYTES = 1024;

/** @returns undefined if there is none, or only one of another version of the object. */
async function readEarlier(file: string, { version }: SourceObject): Promise<Earlier | undefined> {
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (handle === undefined) return undefined;
  try {
    const { size } = await handle.stat();
    const [start, end] = [
      await readText(handle, 0, 8 * TAIL_BYTES),
      await readText(handle, size - TAIL_BYTES, TAIL_BYTES),
    ];
    const head = Head.safeParse(toValue(start.split('\n', 1)[0] ?? ''));
    const totals = Totals.safeParse(toValue(end.trimEnd().split('\n').at(-1) ?? ''));
    return head.success && totals.success && head.data.version === version ? totals.data : undefined;
  } finally {
    await handle.close();
  }
}

async function readText(handle: FileHandle, from: number, bytes: number): Promise<string> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, Math.max(0, from));
  return buffer.toString('utf8', 0, bytesRead);
}

function toValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function explained<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new ToolkitError(
      'RECEIPT_FAILED',
      `The receipts in ${folder} cannot be read or written: ${reasonOf(error)}.`,
      'Make the folder writable, or free some space; then run the same command again: no event is stored twice.',
      { cause: error },
    );
  }
}
