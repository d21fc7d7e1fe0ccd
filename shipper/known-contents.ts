import { addRanges } from '../core/byte-ranges';
import { beginsAs, isOf } from '../core/fingerprint';
import { HEAD_BYTES } from '../core/record-source';
import type { FollowedLog } from './followed-log';
import { type ContentRecord, LogContent, offsetOf } from './log-content';

/** How many contents are remembered whose files are gone: a year of hourly rotation of one log. */
const MAX_GONE = 10_000;

/** A content that was read from a file that is gone, truncated or closed. */
interface Ended {
  readonly path: string;
  readonly file: string;
  readonly content: LogContent;
}

/**
 * What has been read already, in this run and before, so that no rename, copy or archive of it is read twice,
 * and nothing else is mistaken for it.
 */
export class KnownContents {
  readonly #past = new PastContents();
  /** Keys of `#past` that earlier runs left. */
  readonly #inherited: ReadonlySet<string>;
  /** Keys of contents that have been found again in this run. */
  readonly #found = new Set<string>();
  #ended: Ended[] = [];

  constructor(records: readonly ContentRecord[]) {
    for (const record of records) this.#past.add(record);
    this.#inherited = new Set(records.map(({ key }) => key));
  }

  /** The content that the checkpoint has for this very file; undefined if it is another one, or new. */
  async ownOf(log: FollowedLog): Promise<LogContent | undefined> {
    this.#recordSettled();
    const own = this.#past.ofFile(log.file).filter(({ ranges }) => ranges.length > 0);
    if (own.length === 0) return undefined;
    const head = await log.head();
    for (const record of own.sort((a, b) => offsetOf(b) - offsetOf(a))) {
      const content = await resumeAt(log, head, record);
      if (content === undefined || content === 'shorter') continue;
      this.#past.remove(record);
      this.#found.add(record.key);
      return content;
    }
    return undefined;
  }

  /** Whether the checkpoint has this very file with another content. */
  hadOther(log: FollowedLog): boolean {
    return this.#past.ofFile(log.file).some((record) => offsetOf(record) > 0);
  }

  /**
   * Decides what a log's bytes are when its file is not known: new, or the continuation of what was read elsewhere
   * (an archive, a copy made before a truncation, a move to another disk).
   *
   * @param live all logs that are followed.
   * @param patient wait for an original that is still followed and may soon be truncated or closed.
   * @returns `wait` if that cannot be decided yet, or nothing in it is new.
   */
  async contentOf(log: FollowedLog, live: Iterable<FollowedLog>, patient: boolean): Promise<LogContent | 'wait'> {
    const head = await log.head();
    if (head.length === 0) return new LogContent(head);
    if (patient && hasOriginal(log, head, live)) return 'wait';
    // Equal logs that are there from the start are separate logs, except for what earlier runs have read.
    const mayBeCopy = log.isGzip === true || !log.isEarly;
    if (mayBeCopy && this.#ended.some(({ content }) => !content.settled && isSameStart(content.head, head)))
      return 'wait';
    this.#recordSettled();
    let shorter = false;
    for (const record of this.#past.beginningAs(head)) {
      if (offsetOf(record) === 0 || !(mayBeCopy || this.#inherited.has(record.key))) continue;
      const content = await resumeAt(log, head, record);
      if (content === 'shorter') shorter = true;
      else if (content !== undefined) return this.#continueIn(content);
    }
    return shorter ? 'wait' : new LogContent(head);
  }

  /** Only one of two copies that both grow can be the old content: the other begins with the same lines, and no more. */
  #continueIn(content: LogContent): LogContent {
    if (this.#found.has(content.key)) return content.fork();
    this.#found.add(content.key);
    return content;
  }

  /** Takes a log's content over: the file has ended, or now holds another one. */
  end(log: FollowedLog): void {
    const content = log.release();
    if (content === undefined || content.readOffset === 0) return;
    this.#ended.push({ path: log.path, file: log.file, content });
  }

  /** What was being followed when the last run ended, and has not been found again. */
  takeLost(): readonly ContentRecord[] {
    const lost = [...this.#past.all()].filter(({ key, live }) => live && !this.#found.has(key));
    for (const record of lost) this.#past.add({ ...record, live: false });
    return lost;
  }

  /** Turns ended contents into records once all of their lines are acknowledged. */
  #recordSettled(): void {
    const settled = this.#ended.filter(({ content }) => content.settled);
    if (settled.length === 0) return;
    for (const { content, path, file } of settled) this.#past.add(content.toRecord(path, file, false));
    this.#ended = this.#ended.filter(({ content }) => !content.settled);
  }

  toRecords(live: readonly FollowedLog[]): ContentRecord[] {
    this.#recordSettled();
    this.#past.forgetGone(new Set(live.map(({ file }) => file)));
    const open = live.flatMap(({ content, path, file }) => content?.toRecord(path, file, true) ?? []);
    const ended = this.#ended.map(({ content, path, file }) => content.toRecord(path, file, false));
    const records = new Map<string, ContentRecord>();
    for (const record of [...this.#past.all(), ...ended, ...open]) {
      const { ranges = [], aside = [] } = records.get(record.key) ?? {};
      records.set(record.key, {
        ...record,
        ranges: addRanges(record.ranges, ranges),
        aside: addRanges(record.aside ?? [], aside),
      });
    }
    return [...records.values()];
  }
}

/** Records of contents that nobody follows, by key, the oldest first; those of one file are found without a search. */
class PastContents {
  readonly #records = new Map<string, ContentRecord>();
  readonly #byFile = new Map<string, Set<string>>();

  all(): Iterable<ContentRecord> {
    return this.#records.values();
  }

  ofFile(file: string): ContentRecord[] {
    return [...(this.#byFile.get(file) ?? [])].flatMap((key) => this.#records.get(key) ?? []);
  }

  *beginningAs(head: Buffer): Generator<ContentRecord> {
    for (const record of [...this.#records.values()]) if (beginsAs(head, record.head)) yield record;
  }

  add(record: ContentRecord): void {
    this.remove(record);
    this.#records.set(record.key, record);
    const keys = this.#byFile.get(record.file) ?? new Set();
    this.#byFile.set(record.file, keys.add(record.key));
  }

  remove({ key, file }: ContentRecord): void {
    this.#records.delete(key);
    this.#byFile.get(file)?.delete(key);
    if (this.#byFile.get(file)?.size === 0) this.#byFile.delete(file);
  }

  /** Files that are still there never lose their records, however many they are. */
  forgetGone(there: ReadonlySet<string>): void {
    if (this.#records.size <= MAX_GONE) return;
    const gone = [...this.#records.values()].filter(({ file }) => !there.has(file));
    for (const record of gone.slice(0, Math.max(0, gone.length - MAX_GONE))) this.remove(record);
  }
}

/** A short log is whole in its head: it may be a copy of the first lines of a longer one, or of one that has grown since. */
function isSameStart(known: Buffer, head: Buffer): boolean {
  if (known.length === 0) return false;
  const bytes = Math.min(known.length, head.length);
  return head.length < HEAD_BYTES || known.length < HEAD_BYTES
    ? known.subarray(0, bytes).equals(head.subarray(0, bytes))
    : known.equals(head);
}

function hasOriginal(log: FollowedLog, head: Buffer, live: Iterable<FollowedLog>): boolean {
  for (const other of live) {
    if (other === log || other.isGzip || other.isDone) continue;
    if (isSameStart(other.knownHead, head)) return true;
  }
  return false;
}

/** The record's content, if the log begins as it did and still has the bytes before its offset. */
async function resumeAt(
  log: FollowedLog,
  head: Buffer,
  record: ContentRecord,
): Promise<LogContent | 'shorter' | undefined> {
  if (!beginsAs(head, record.head)) return undefined;
  const offset = offsetOf(record);
  const recorded = offset === 0 ? undefined : record.ranges[0]?.tail;
  const tail = await log.before(offset, recorded?.bytes ?? 0);
  if (tail === undefined) return 'shorter';
  if (recorded !== undefined && !isOf(tail, recorded)) return undefined;
  return new LogContent(head, record.key, record.ranges, tail);
}
