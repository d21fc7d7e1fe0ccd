import { ToolkitError } from '../core/errors';
import { type FoundLog, findLogs, notFound } from './find-logs';
import { FollowedLog } from './followed-log';
import type { LogContent } from './log-content';

export interface FollowedLogsProps {
  readonly patterns: readonly string[];
  readonly mayBeMissing: boolean;
  readonly warn: (sentence: string) => void;
  /** What is known already about a log that was just found. */
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

  /** Oldest first, by their age when they were found. */
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
    const paths = new Map(logs.map(({ file, path }) => [file, path]));
    for (const log of this.#logs.values()) log.seenUnder(paths.get(log.file));
    for (const found of logs) {
      if (!this.#logs.has(found.file)) await this.#open(found, first);
    }
  }

  async #open(found: FoundLog, first: boolean): Promise<void> {
    const log = await this.#tryToOpen(found, first);
    if (log === undefined) return;
    this.#logs.set(log.file, log);
    const content = await this.#props.ownOf(log);
    if (content !== undefined) log.adopt(content);
  }

  /** A new log may get its owner and rights a moment after it is created: the next look tries again. */
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
