/**
 * Follows access logs and sends each line, unchanged, as one record to a delivery stream.
 *
 * To a stream of ours exactly once: each batch says which bytes of which content it holds, the stream takes each byte once, and
 * after a crash reading goes on after what is delivered and leaves out what is accepted. To a real Firehose at least once: what
 * was in flight at a crash is sent again, and named. The exception is `copytruncate`: lines that it cuts away between its copy
 * and its truncation are lost and, if the copy matches no pattern, so are lines that the shipper had not read before.
 */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ToolkitError } from '../core/errors';
import { plural } from '../core/plural';
import type { SourcePosition } from '../core/record-source';
import { loadCheckpoint } from './checkpoint';
import { CheckpointWriter } from './checkpoint-writer';
import { contentAtEnd } from './content-at-end';
import { findLost } from './find-lost';
import type { FollowedLog } from './followed-log';
import { FollowedLogs } from './followed-logs';
import { KnownContents } from './known-contents';
import type { ContentRecord } from './log-content';
import { LogReader } from './log-reader';
import { Outbox } from './outbox';
import { joinPositions, toDelivered } from './positions';
import type { RecordSink } from './record-sink';

export interface ShipperProps {
  /** Globs and plain paths; gzip is unpacked, whatever its name. */
  readonly patterns: readonly string[];
  /** The delivery stream; closed when the shipper has finished. */
  readonly sink: RecordSink;
  /** Holds how far each log is delivered; delete it to start from the beginning. */
  readonly checkpointFile: string;
  /** Gets each line over 1,000 KiB, too long for a record, as a file. */
  readonly rejectFolder: string;
  /** Read what is there, then finish. A last line without a newline then counts; otherwise it waits for its newline. */
  readonly once?: boolean;
  /** The logs may come later. */
  readonly mayBeMissing?: boolean;
  /** Where the logs begin that are there at the very first start, before there is a checkpoint. @default 'start' */
  readonly startAt?: 'start' | 'end';
  /** How long a log that is gone from its pattern must be silent before it is closed. @default 60 */
  readonly lateWriterSeconds?: number;
  readonly warn: (sentence: string) => void;
}

/** Lines and bytes since the start; `bytesRead` and `bytesTotal` include what earlier runs shipped. */
export interface ShipperCounts {
  readonly read: number;
  readonly acknowledged: number;
  readonly tooLong: number;
  /** Lines that a real Firehose may have twice. */
  readonly uncertain: number;
  /** NUL bytes before lines, which were skipped. */
  readonly nulBytes: number;
  readonly bytesRead: number;
  readonly bytesTotal: number;
}

export interface Shipper {
  counts(): ShipperCounts;
  /**
   * Resolves when all is read and acknowledged (`once`), or after `stop`.
   * Rejects with a ToolkitError when the shipper has to give up, so handle it from the start: LOG_NOT_FOUND, CHECKPOINT_UNREADABLE,
   * CHECKPOINT_UNWRITABLE, REJECTS_UNWRITABLE, FIREHOSE_REFUSED; and at the end, when all others are shipped, if a log could
   * not be read: LOG_UNREADABLE, LOG_CORRUPT.
   */
  readonly finished: Promise<void>;
  /** Stops reading, gives what is in flight one more attempt, writes the checkpoint and closes everything. Never rejects. */
  stop(): Promise<void>;
  /**
   * Writes the checkpoint once more: a stream of ours has delivered more since `stop`. Never rejects: without it, the stream’s own
   * positions say the same.
   */
  saveCheckpoint(): Promise<void>;
}

const POLL_MS = 100;
const POSITIONS_MS = 10_000;

export function startShipper(props: ShipperProps): Shipper {
  const shipping = new Shipping(props);
  const finished = shipping.run();
  return {
    counts: () => shipping.counts(),
    finished,
    stop: async () => {
      shipping.stop();
      await finished.catch(() => {});
    },
    saveCheckpoint: () => shipping.saveCheckpoint().catch(() => {}),
  };
}

class Shipping {
  readonly #props: ShipperProps;
  readonly #stopping = new AbortController();
  readonly #outbox: Outbox;
  readonly #reader: LogReader;
  readonly #logs: FollowedLogs;
  #known = new KnownContents([]);
  #inherited: ReadonlyMap<string, ContentRecord> = new Map();
  #isExact = false;
  /** As the stream last told them. */
  #positions: readonly SourcePosition[] = [];
  #checkpoint: CheckpointWriter | undefined;
  #acknowledged = 0;
  #uncertain = 0;
  #failure: unknown;

  constructor(props: ShipperProps) {
    this.#props = props;
    const options = {
      signal: this.#stopping.signal,
      acknowledged: (records: number) => {
        this.#acknowledged += records;
      },
      uncertain: (records: number) => {
        this.#uncertain += records;
      },
    };
    this.#outbox = new Outbox(props.sink, options, (error) => this.#fail(error));
    this.#reader = new LogReader({
      rejectFolder: props.rejectFolder,
      signal: this.#stopping.signal,
      warn: props.warn,
      batch: () => this.#outbox.batch,
      flush: () => this.#outbox.flush(),
      between: () => this.#between(),
      ended: (log) => this.#known.end(log),
    });
    this.#logs = new FollowedLogs({
      patterns: props.patterns,
      mayBeMissing: props.mayBeMissing ?? false,
      holdOpen: props.once !== true,
      warn: props.warn,
      ownOf: (log) => this.#reader.ownOf(log, this.#known),
    });
  }

  stop(): void {
    this.#stopping.abort();
  }

  counts(): ShipperCounts {
    const { lines, tooLong, nulBytes } = this.#reader;
    const { bytesRead, bytesTotal } = this.#logs.bytes();
    return {
      read: lines,
      acknowledged: this.#acknowledged,
      tooLong,
      uncertain: this.#uncertain,
      nulBytes,
      bytesRead,
      bytesTotal,
    };
  }

  async saveCheckpoint(): Promise<void> {
    await this.#checkpoint?.save();
  }

  async run(): Promise<void> {
    await this.#try(async () => {
      const isFirstStart = !existsSync(this.#props.checkpointFile);
      await this.#openCheckpoint();
      await this.#logs.look(true);
      if (isFirstStart && this.#props.startAt === 'end') await this.#skipOld();
      await this.#checkpoint?.save(); // Better to fail before anything is sent.
      await (this.#props.once ? this.#readOnce() : this.#follow());
    });
    await this.#outbox.drain();
    await this.#try(() => this.saveCheckpoint());
    await this.#try(async () => failForFaults(this.#logs.faults()));
    for (const log of this.#logs.all()) await this.#try(() => log.close());
    this.#props.sink.close();
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #openCheckpoint(): Promise<void> {
    const { checkpointFile: file, sink, warn } = this.#props;
    const saved = loadCheckpoint(file);
    const positions = await sink.positions(this.#stopping.signal).catch((error: unknown) => {
      if (this.#running) throw error;
      return undefined;
    });
    this.#isExact = positions !== undefined;
    this.#positions = positions ?? [];
    this.#inherited = new Map(saved.map((record) => [record.key, record]));
    this.#known = new KnownContents(joinPositions(saved, positions ?? []));
    for (const { name, records } of await sink.uncertainBefore()) {
      this.#uncertain += records;
      warn(`The last run ended before there was an answer about ${name}: the stream may get them twice.`);
    }
    this.#checkpoint = new CheckpointWriter({ file, records: () => this.#toRecords(), warn });
  }

  /** Once the checkpoint has this, no crash and no restart skips anything that is written from now on. */
  async #skipOld(): Promise<void> {
    for (const log of this.#logs.all()) {
      const takeUp = async () => (await log.recognize(false)) && log.adopt(await contentAtEnd(log));
      await this.#logs.guard(log, takeUp);
    }
  }

  async #toRecords(): Promise<readonly ContentRecord[]> {
    const records = this.#known.toRecords(this.#logs.all());
    if (!this.#isExact) return records;
    const { sink } = this.#props;
    this.#positions =
      (await sink.positions(AbortSignal.timeout(POSITIONS_MS)).catch(() => undefined)) ?? this.#positions;
    const byKey = new Map(this.#positions.map((position) => [position.key, position]));
    return records.map((record) =>
      toDelivered(record, this.#inherited.get(record.key)?.ranges ?? [], byKey.get(record.key)),
    );
  }

  /** The first failure is the one to report; what must still be done is done all the same. */
  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#failure ??= error;
    }
  }

  /** For failures outside reading, which has to stop. */
  #fail(error: unknown): void {
    this.#failure ??= error;
    this.stop();
  }

  get #running(): boolean {
    return !this.#stopping.signal.aborted;
  }

  async #readOnce(): Promise<void> {
    while (this.#running) {
      let progressed = false;
      let unfinished = false;
      for (const log of this.#logs.all()) {
        if (log.isDone || !this.#running) continue;
        const state = await this.#logs.guard(log, () => this.#readOn(log, true));
        if (log.fault !== undefined) await log.finish();
        progressed ||= state === 'end';
        unfinished ||= state === 'unfinished';
        if (state !== 'end' || !this.#running) continue;
        this.#known.end(log);
        await log.finish();
      }
      // A log may wait for another one, which is read now and must be acknowledged first.
      await this.#outbox.drain();
      if (!progressed && !unfinished) break;
      if (!progressed) await this.#pause();
    }
    if (this.#running) await this.#reportLost();
  }

  async #follow(): Promise<void> {
    for (let pass = 1; this.#running; pass++) {
      for (const log of this.#logs.all()) {
        if (log.isDone) {
          if (log.isMissing) await this.#close(log);
        } else if (log.mayHaveNews) await this.#logs.guard(log, () => this.#followOn(log));
      }
      await this.#outbox.flush();
      await this.#between();
      if (pass === 1 && this.#running) await this.#reportLost();
      await this.#pause();
    }
  }

  /** Names the logs that were being read when the last run ended, and that no pattern matches any more. */
  async #reportLost(): Promise<void> {
    for (const record of this.#known.takeLost()) {
      const sentence = await findLost(record);
      if (sentence !== undefined) this.#props.warn(sentence);
    }
  }

  async #between(): Promise<void> {
    this.#checkpoint?.saveIfDue();
    if (!this.#props.once) await this.#logs.lookIfDue();
  }

  async #close(log: FollowedLog): Promise<void> {
    this.#known.end(log);
    await this.#logs.drop(log);
  }

  async #followOn(log: FollowedLog): Promise<void> {
    if (!this.#running) return;
    const graceMs = (this.#props.lateWriterSeconds ?? 60) * 1000;
    const isOver = () => log.isMissing && log.silentMs >= graceMs;
    const wasOver = isOver();
    const state = await this.#readOn(log, wasOver && !log.isGzip);
    if (!this.#running) return;
    if (log.isGzip && state === 'end') await log.finish();
    // Unless the late writer has just written.
    if (wasOver && isOver()) await this.#close(log);
  }

  /** Reads a log as far as it goes now. `wait`: it is, or may be, a copy of what is read elsewhere, or too short to recognize. */
  async #readOn(log: FollowedLog, final: boolean): Promise<'end' | 'wait' | 'unfinished'> {
    if (!(await log.recognize(final))) return 'wait';
    if (log.content === undefined) {
      const content = await this.#reader.decide(log, this.#known, this.#logs.all());
      if (content === 'wait' || content === 'unfinished') return content;
      log.adopt(content);
    }
    this.#checkpoint?.saveIfDue();
    return log.isGzip ? this.#reader.readGzip(log) : this.#reader.readPlain(log, final);
  }

  async #pause(): Promise<void> {
    await sleep(POLL_MS, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }
}

/** @throws ToolkitError the fault of a log that could not be read. */
function failForFaults(faults: readonly ToolkitError[]): void {
  const [first] = faults;
  if (first === undefined) return;
  if (faults.length === 1) throw first;
  const { code, message, hint } = first;
  const [sentence] = message.split('\n');
  throw new ToolkitError(
    code,
    `${plural(faults.length, 'log')} could not be read, each named above. The first: ${sentence}`,
    hint,
    {
      cause: first,
    },
  );
}
