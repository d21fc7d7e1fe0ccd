/**
 * Follows access logs and sends each line, unchanged, as one record to a delivery stream.
 *
 * At least once: a line counts as shipped when the stream has acknowledged it and every line before it, so a crash
 * repeats what was in flight and loses nothing. The exception is `copytruncate`: lines that it cuts away between its copy
 * and its truncation are lost and, if the copy matches no pattern, so are lines that the shipper had not read before.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { loadCheckpoint } from './checkpoint';
import { CheckpointWriter } from './checkpoint-writer';
import { FirehoseSender } from './firehose-sender';
import type { FollowedLog } from './followed-log';
import { FollowedLogs } from './followed-logs';
import { KnownContents } from './known-contents';
import { LogReader } from './log-reader';
import { Outbox } from './outbox';

export interface ShipperProps {
  /** Globs and plain paths; gzip is unpacked, whatever its name. */
  readonly patterns: readonly string[];
  readonly deliveryStream: string;
  /** Any Firehose endpoint. A loopback address gets made-up credentials, any other the ones that the AWS SDK finds. */
  readonly endpoint: URL;
  /** @default us-east-1 */
  readonly region?: string;
  /** Holds how far each log is acknowledged; delete it to start from the beginning. */
  readonly checkpointFile: string;
  /** Gets each line over 1,000 KiB, too long for a record, as a file. */
  readonly rejectFolder: string;
  /** Read what is there, then finish. A last line without a newline then counts; otherwise it waits for its newline. */
  readonly once?: boolean;
  /** The logs may come later. */
  readonly mayBeMissing?: boolean;
  /** How long a log that is gone from its pattern must be silent before it is closed. @default 60 */
  readonly lateWriterSeconds?: number;
  readonly warn: (sentence: string) => void;
}

/** Lines and bytes since the start; `bytesRead` and `bytesTotal` include what earlier runs shipped. */
export interface ShipperCounts {
  readonly read: number;
  readonly acknowledged: number;
  readonly tooLong: number;
  readonly bytesRead: number;
  readonly bytesTotal: number;
}

export interface Shipper {
  counts(): ShipperCounts;
  /**
   * Resolves when all is read and acknowledged (`once`), or after `stop`.
   * Rejects with a ToolkitError when the shipper has to give up, so handle it from the start: LOG_NOT_FOUND, LOG_UNREADABLE, LOG_CORRUPT,
   * CHECKPOINT_UNREADABLE, CHECKPOINT_UNWRITABLE, REJECTS_UNWRITABLE, FIREHOSE_REFUSED.
   */
  readonly finished: Promise<void>;
  /** Stops reading, gives what is in flight one more attempt, writes the checkpoint and closes everything. Never rejects. */
  stop(): Promise<void>;
}

const POLL_MS = 100;

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
  };
}

class Shipping {
  readonly #props: ShipperProps;
  readonly #stopping = new AbortController();
  readonly #sender: FirehoseSender;
  readonly #outbox: Outbox;
  readonly #reader: LogReader;
  readonly #logs: FollowedLogs;
  #known = new KnownContents([]);
  #checkpoint: CheckpointWriter | undefined;
  #acknowledged = 0;
  #failure: unknown;

  constructor(props: ShipperProps) {
    this.#props = props;
    this.#sender = new FirehoseSender({
      deliveryStream: props.deliveryStream,
      endpoint: props.endpoint,
      region: props.region ?? 'us-east-1',
      signal: this.#stopping.signal,
      warn: props.warn,
      acknowledged: (records) => {
        this.#acknowledged += records;
      },
    });
    this.#outbox = new Outbox(this.#sender, (error) => this.#fail(error));
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
      warn: props.warn,
      ownOf: (log) => this.#reader.ownOf(log, this.#known),
    });
  }

  stop(): void {
    this.#stopping.abort();
  }

  counts(): ShipperCounts {
    const { lines, tooLong } = this.#reader;
    return { read: lines, acknowledged: this.#acknowledged, tooLong, ...this.#logs.bytes() };
  }

  async run(): Promise<void> {
    await this.#try(async () => {
      await this.#openCheckpoint();
      await this.#logs.look(true);
      await (this.#props.once ? this.#readOnce() : this.#follow());
    });
    await this.#outbox.drain();
    await this.#try(async () => this.#checkpoint?.save());
    for (const log of this.#logs.all()) await this.#try(() => log.close());
    this.#sender.close();
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #openCheckpoint(): Promise<void> {
    const { checkpointFile: file } = this.#props;
    this.#known = new KnownContents(loadCheckpoint(file));
    const records = () => this.#known.toRecords(this.#logs.all());
    this.#checkpoint = new CheckpointWriter({ file, records, failed: (error) => this.#fail(error) });
    await this.#checkpoint.save(); // Better to fail before anything is sent.
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
        const state = await this.#readOn(log, true);
        progressed ||= state === 'end';
        unfinished ||= state === 'unfinished';
        if (state === 'end' && this.#running) {
          this.#known.end(log);
          await log.finish();
        }
      }
      // A log may wait for another one, which is read now and must be acknowledged first.
      await this.#outbox.drain();
      if (!progressed && !unfinished) return;
      if (!progressed) await this.#pause();
    }
  }

  async #follow(): Promise<void> {
    while (this.#running) {
      for (const log of this.#logs.all()) {
        if (!log.isDone) await this.#followOn(log);
        else if (log.isMissing) await this.#close(log);
      }
      await this.#outbox.flush();
      await this.#between();
      await this.#pause();
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
