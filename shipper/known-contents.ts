import type { FollowedLog } from './followed-log';
import { beginsAs, type ContentRecord, HEAD_BYTES, isOf, LogContent } from './log-content';

/** How many contents that are no longer followed are remembered: nearly three years of daily rotation of one log. */
const MAX_PAST = 1000;

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
  readonly #past: ContentRecord[];
  /** Records of `#past` that earlier runs left. */
  readonly #inherited: ReadonlySet<ContentRecord>;
  #ended: Ended[] = [];

  constructor(records: readonly ContentRecord[]) {
    this.#past = [...records];
    this.#inherited = new Set(records);
  }

  /** The content that the checkpoint has for this very file; undefined if it is another one, or new. */
  async ownOf(log: FollowedLog): Promise<LogContent | undefined> {
    this.#recordSettled();
    const own = this.#past.filter(({ file }) => file === log.file).sort((a, b) => b.offset - a.offset);
    if (own.length === 0) return undefined;
    const head = await log.head();
    for (const record of own) {
      const content = await resumeAt(log, head, record);
      if (content === undefined || content === 'shorter') continue;
      this.#past.splice(this.#past.indexOf(record), 1);
      return content;
    }
    return undefined;
  }

  /** Whether the checkpoint has this very file with another content. */
  hadOther(log: FollowedLog): boolean {
    return this.#past.some(({ file, offset }) => file === log.file && offset > 0);
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
    // A short beginning proves nothing: better sent twice than never.
    if (head.length < HEAD_BYTES) return new LogContent(head);
    for (const other of live) {
      if (other === log || other.isGzip || other.isDone || !patient) continue;
      if (other.knownHead.equals(head)) return 'wait';
    }
    // Equal logs that are there from the start are separate logs, except for what earlier runs have read.
    const mayBeCopy = log.isGzip || !log.isEarly;
    const isOriginal = (record: ContentRecord) => mayBeCopy || this.#inherited.has(record);
    if (mayBeCopy && this.#ended.some(({ content }) => !content.settled && content.head.equals(head))) return 'wait';
    this.#recordSettled();
    let shorter = false;
    for (const record of this.#past) {
      if (record.head.bytes < HEAD_BYTES || record.offset === 0 || !isOriginal(record)) continue;
      const content = await resumeAt(log, head, record);
      if (content === 'shorter') shorter = true;
      else if (content !== undefined) return content;
    }
    return shorter ? 'wait' : new LogContent(head);
  }

  /** Takes a log's content over: the file has ended, or now holds another one. */
  end(log: FollowedLog): void {
    const content = log.release();
    if (content === undefined || content.readOffset === 0) return;
    this.#ended.push({ path: log.path, file: log.file, content });
  }

  /** Turns ended contents into records once all of their lines are acknowledged. */
  #recordSettled(): void {
    const settled = this.#ended.filter(({ content }) => content.settled);
    this.#past.push(...settled.map(({ content, path, file }) => content.toRecord(path, file)));
    this.#past.splice(0, this.#past.length - MAX_PAST);
    this.#ended = this.#ended.filter((ended) => !settled.includes(ended));
  }

  toRecords(live: Iterable<FollowedLog>): ContentRecord[] {
    this.#recordSettled();
    const open = [...live].flatMap(({ content, path, file }) => content?.toRecord(path, file) ?? []);
    return [...this.#past, ...this.#ended.map(({ content, path, file }) => content.toRecord(path, file)), ...open];
  }
}

/** The record's content, if the log begins as it did and still has the bytes before its offset. */
async function resumeAt(
  log: FollowedLog,
  head: Buffer,
  record: ContentRecord,
): Promise<LogContent | 'shorter' | undefined> {
  if (!beginsAs(head, record.head)) return undefined;
  const tail = await log.before(record.offset, record.tail.bytes);
  if (tail === undefined) return 'shorter';
  return isOf(tail, record.tail) ? new LogContent(head, record.offset, tail) : undefined;
}
