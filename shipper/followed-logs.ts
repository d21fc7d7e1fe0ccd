import { ToolkitError } from '../core/errors';
import { type FoundLog, findLogs, notFound } from './find-logs';
import { FollowedLog } from './followed-log';
import type { LogContent } from './log-content';
import { LogGone } from './log-file';

export interface FollowedLogsProps {
  readonly patterns: readonly string[];
  readonly mayBeMissing: boolean;
  /** Open a log when it is found, so that a rename or a deletion loses nothing. Otherwise it is opened when it is read. */
  readonly holdOpen: boolean;
  readonly warn: (sentence: string) => void;
  /** What is known already about a log that was just found. */
  readonly ownOf: (log: FollowedLog) => Promise<LogContent | undefined>;
}

const LOOK_MS = 1000;
/** Looking at thousands of files takes no more than this share of the time. */
const LOOK_SHARE = 0.03;
/** A rotated log that has been silent for this long is closed; it is opened again if it changes. */
const REST_MS = 60_000;

/** The logs that the patterns match, each followed from when it is found until it is dropped. */
export class FollowedLogs {
  readonly #props: FollowedLogsProps;
  readonly #logs = new Map<string, FollowedLog>();
  /** By file, or by message for what the last look could not find out. */
  readonly #faults = new Map<string, ToolkitError>();
  #unfound: ReadonlySet<string> = new Set();
  #nextLookMs = 0;
  #droppedBytes = 0;

  constructor(props: FollowedLogsProps) {
    this.#props = props;
  }

  /** Oldest first, by their age when they were found. */
  all(): readonly FollowedLog[] {
    return [...this.#logs.values()];
  }

  async lookIfDue(): Promise<void> {
    if (performance.now() < this.#nextLookMs) return;
    await this.look(false);
    await this.#restQuiet();
  }

  /** @throws ToolkitError at the first look: LOG_NOT_FOUND if a pattern matches nothing, LOG_UNREADABLE if nothing can be read. */
  async look(first: boolean): Promise<void> {
    const startMs = performance.now();
    const { logs, unmatched, faults } = await findLogs(this.#props.patterns);
    const [fault] = faults;
    if (first && logs.length === 0 && fault !== undefined) throw fault;
    for (const other of faults) this.#warnOnce(other.message, other);
    this.#unfound = new Set(faults.map(({ message }) => message));
    const [pattern] = unmatched;
    if (first && !this.#props.mayBeMissing && pattern !== undefined && faults.length === 0)
      throw await notFound(pattern);
    const byFile = new Map(logs.map((found) => [found.file, found]));
    for (const log of this.#logs.values()) log.seen(byFile.get(log.file));
    for (const found of logs) {
      if (!this.#logs.has(found.file)) await this.#add(found, first);
    }
    const endMs = performance.now();
    this.#nextLookMs = endMs + Math.max(LOOK_MS, (endMs - startMs) / LOOK_SHARE);
  }

  async #add(found: FoundLog, first: boolean): Promise<void> {
    const log = new FollowedLog(found, first);
    await this.guard(log, async () => {
      if (this.#props.holdOpen) await log.open();
      this.#logs.set(log.file, log);
      if (!(await log.recognize(false))) return;
      const content = await this.#props.ownOf(log);
      if (content !== undefined) log.adopt(content);
      if (!this.#props.holdOpen) await log.rest();
    });
  }

  /**
   * Works on one log: if it cannot be read, that is said once and the others go on. A new log may get its owner and rights a moment
   * after it is created, and a full table of files empties again, so it is tried again.
   */
  async guard<T>(log: FollowedLog, work: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await work();
      log.fail(undefined);
      return result;
    } catch (error) {
      if (error instanceof LogGone) return undefined;
      if (!(error instanceof ToolkitError)) throw error;
      if (!['LOG_UNREADABLE', 'LOG_CORRUPT', 'LOG_PACKED'].includes(error.code)) throw error;
      this.#logs.set(log.file, log);
      log.fail(error);
      this.#warnOnce(log.file, error);
      return undefined;
    }
  }

  #warnOnce(key: string, fault: ToolkitError): void {
    const isTold = this.#faults.get(key)?.message === fault.message;
    this.#faults.set(key, fault);
    if (!isTold) this.#props.warn(fault.message);
  }

  /** What could not be read, and still cannot. */
  faults(): readonly ToolkitError[] {
    const lasting = [...this.#faults].filter(
      ([key]) => this.#logs.get(key)?.fault !== undefined || this.#unfound.has(key),
    );
    return lasting.map(([, fault]) => fault);
  }

  /** Closes rotated logs that have long been silent, so that a year of them does not use up the open files. */
  async #restQuiet(): Promise<void> {
    const names = new Set([...this.#logs.values()].map(({ path }) => path));
    for (const log of this.#logs.values()) {
      if (!log.isOpen || log.isMissing || log.mayHaveNews || log.silentMs < REST_MS) continue;
      if (log.wasRenamed || isRotated(log.path, names)) await log.rest();
    }
  }

  async drop(log: FollowedLog): Promise<void> {
    this.#logs.delete(log.file);
    this.#droppedBytes += log.size;
    await log.close();
  }

  bytes(): { readonly bytesRead: number; readonly bytesTotal: number } {
    let [bytesRead, bytesTotal] = [this.#droppedBytes, this.#droppedBytes];
    for (const log of this.#logs.values()) {
      bytesRead += log.bytesRead;
      bytesTotal += log.size;
    }
    return { bytesRead, bytesTotal };
  }
}

/** `access_log.1` and `access_log-20261127` beside `access_log`; `access.log.1.gz` beside `access.log`. */
function isRotated(path: string, names: ReadonlySet<string>): boolean {
  for (let end = path.length - 1; end > 0 && path[end] !== '/'; end--) {
    if ((path[end] === '.' || path[end] === '-') && names.has(path.slice(0, end))) return true;
  }
  return false;
}
