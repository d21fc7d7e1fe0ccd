import { ToolkitError } from '../core/errors';
import { type FoundLog, findLogs, notFound } from './find-logs';
import { FollowedLog } from './followed-log';
import type { LogContent } from './log-content';

export interface FollowedLogsProps {
  readonly patterns: readonly string[];
  readonly mayBeMissing: boolean;
  readonly warn: (sentence: string) => void;
  /** What is known already of a log that was just found. */
  readonly ownOf: (log: FollowedLog) => Promise<LogContent | undefined>;
}

const LOOK_MS = 1000;

/** The logs that the patterns match, each held open from when it is found until it is dropped. */
export class FollowedLogs {
  readonly #props: FollowedLogsProps;
  readonly #logs = new Map<string, FollowedLog>();
  readonly #warned = new Set<string>();
  #lookedAtMs = 0;
  #droppedBytes = 0;

  constructor(props: FollowedLogsProps) {
    this.#props = props;
  }

  /** Oldest first, as they stood when they were found. */
  all(): readonly FollowedLog[] {
    return [...this.#logs.values()];
  }

  async lookIfDue(): Promise<void> {
    if (Date.now() - this.#lookedAtMs >= LOOK_MS) await this.look(false);
  }

  /** @throws ToolkitError LOG_NOT_FOUND at the first look, if a pattern matches no file. */
  async look(first: boolean): Promise<void> {
    const { logs, unmatched } = await findLogs(this.#props.patterns);
    this.#lookedAtMs = Date.now();
    const [pattern] = unmatched;
    if (first && !this.#props.mayBeMissing && pattern !== undefined) throw await notFound(pattern);
    const present = new Set(logs.map(({ file }) => file));
    for (const log of this.#logs.values()) log.see(present.has(log.file));
    for (const found of logs) {
      const log = this.#logs.get(found.file);
      if (log !== undefined) log.path = found.path;
      else await this.#open(found, first);
    }
  }

  async #open(found: FoundLog, first: boolean): Promise<void> {
    const log = await this.#tryToOpen(found, first);
    if (log === undefined) return;
    this.#logs.set(log.file, log);
    log.content = await this.#props.ownOf(log);
  }

  /** A log that comes later may be given its owner a moment after it is made: the next look tries again. */
  async #tryToOpen(found: FoundLog, first: boolean): Promise<FollowedLog | undefined> {
    try {
      return await FollowedLog.open(found, first);
    } catch (error) {
      if (first || !(error instanceof ToolkitError)) throw error;
      if (!this.#warned.has(found.file)) this.#props.warn(error.message);
      this.#warned.add(found.file);
      return undefined;
    }
  }

  /** All of the log is read and nothing more can come: what it is stays known, the file is closed. */
  async finish(log: FollowedLog): Promise<void> {
    log.done = true;
    await log.close();
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
