/** What an endpoint and its streams have done since their start, as JSON and in the text format of Prometheus. */
import type { DeliveryStream } from './delivery-stream';
import { renderPrometheus, SECONDS_BOUNDS } from './prometheus';
import type { StreamMetrics } from './stream-metrics';

interface Puts {
  records: number;
  bytes: number;
  requests: number;
  seconds: number;
  /** How many took at most this long, by bound. */
  readonly within: number[];
}

/** Counts what goes through an endpoint; what becomes of it, the streams count. */
export class EndpointMetrics {
  readonly #puts = new Map<string, Puts>();
  readonly #answers = new Map<string, number>();

  received(stream: string, records: readonly Uint8Array[]): void {
    const puts = this.#of(stream);
    puts.records += records.length;
    for (const { length } of records) puts.bytes += length;
  }

  answered(stream: string, seconds: number): void {
    const puts = this.#of(stream);
    puts.requests += 1;
    puts.seconds += seconds;
    for (const [place, bound] of SECONDS_BOUNDS.entries())
      if (seconds <= bound) puts.within[place] = (puts.within[place] ?? 0) + 1;
  }

  /** @param outcome `ok`, or the error’s type. */
  ended(outcome: string): void {
    this.#answers.set(outcome, (this.#answers.get(outcome) ?? 0) + 1);
  }

  #of(stream: string): Puts {
    const puts = this.#puts.get(stream) ?? {
      records: 0,
      bytes: 0,
      requests: 0,
      seconds: 0,
      within: SECONDS_BOUNDS.map(() => 0),
    };
    this.#puts.set(stream, puts);
    return puts;
  }

  toJson(streams: readonly MeteredStream[]): { streams: StreamMetrics[]; requests: Record<string, number> } {
    const requests = Object.fromEntries(this.#answers);
    return { streams: streams.map((metered) => toMetrics(metered, this.#of(metered.stream.name))), requests };
  }

  toText(metered: readonly MeteredStream[]): string {
    const { streams, requests } = this.toJson(metered);
    return renderPrometheus(
      streams.map((metrics) => ({ ...metrics, within: this.#of(metrics.stream).within })),
      requests,
    );
  }
}

export interface MeteredStream {
  readonly stream: Pick<DeliveryStream, 'name' | 'counts' | 'buffered'>;
  /** How many records the function did not turn into documents, by its reasons. */
  readonly reasons?: Readonly<Record<string, number>> | undefined;
}

function toMetrics({ stream, reasons = {} }: MeteredStream, puts: Puts): StreamMetrics {
  const { accepted, recovered, stored, processingFailed, deliveryFailed, dropped } = stream.counts();
  const { records, bytes } = stream.buffered();
  const { blank: _, ...causes } = reasons; // Dropped, not failed.
  const known = Object.values(causes).reduce((sum, count) => sum + count, 0);
  return {
    stream: stream.name,
    records_received: puts.records,
    bytes_received: puts.bytes,
    records_accepted: accepted,
    records_recovered: recovered,
    records_transformed: stored + deliveryFailed,
    records_stored: stored,
    records_dropped: dropped,
    records_failed: { ...causes, processing: Math.max(0, processingFailed - known), delivery: deliveryFailed },
    records_buffered: records,
    bytes_buffered: bytes,
    put_requests: puts.requests,
    put_seconds: puts.seconds,
  };
}
