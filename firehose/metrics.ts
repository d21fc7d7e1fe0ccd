/** What an endpoint and its streams have done since their start, as JSON and in the text format of Prometheus. */
import type { DeliveryStream } from './delivery-stream';

/** Upper bounds in seconds of the classes that put requests are counted in. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

export interface StreamMetrics {
  readonly stream: string;
  /** In put requests over HTTP, whatever the answer. */
  readonly records_received: number;
  /** The bytes of those records, before base64. */
  readonly bytes_received: number;
  /** By this run, from any sender. */
  readonly records_accepted: number;
  /** Accepted by an earlier run, and delivered by this one. */
  readonly records_recovered: number;
  /** Turned into a document by the function. */
  readonly records_transformed: number;
  readonly records_stored: number;
  readonly records_dropped: number;
  /** By cause: the function’s reasons, `processing` for its other failures, `delivery`. */
  readonly records_failed: Readonly<Record<string, number>>;
  /** Accepted, and neither stored nor failed yet. */
  readonly records_buffered: number;
  readonly bytes_buffered: number;
  /** Answered put requests: how many, and how long they took together. */
  readonly put_requests: number;
  readonly put_seconds: number;
}

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
    for (const [place, bound] of BOUNDS.entries())
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
      within: BOUNDS.map(() => 0),
    };
    this.#puts.set(stream, puts);
    return puts;
  }

  toJson(streams: readonly MeteredStream[]): { streams: StreamMetrics[]; requests: Record<string, number> } {
    const requests = Object.fromEntries(this.#answers);
    return { streams: streams.map((metered) => toMetrics(metered, this.#of(metered.stream.name))), requests };
  }

  /** @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
  toText(metered: readonly MeteredStream[]): string {
    const { streams, requests } = this.toJson(metered);
    const lines: string[] = [];
    const family = (name: string, type: string, help: string, samples: readonly (readonly [string, number])[]) => {
      lines.push(`# HELP clickstreamy_${name} ${help}`, `# TYPE clickstreamy_${name} ${type}`);
      for (const [labels, value] of samples) lines.push(`clickstreamy_${name}${labels} ${value}`);
    };
    const each = (name: string, type: string, help: string, read: (metrics: StreamMetrics) => number) =>
      family(
        name,
        type,
        help,
        streams.map((metrics) => [labelsOf({ stream: metrics.stream }), read(metrics)]),
      );
    each('records_received_total', 'counter', 'Records in put requests over HTTP.', (of) => of.records_received);
    each('bytes_received_total', 'counter', 'Bytes of those records, before base64.', (of) => of.bytes_received);
    each('records_accepted_total', 'counter', 'Records that the stream accepted.', (of) => of.records_accepted);
    each('records_recovered_total', 'counter', 'Records that an earlier run accepted.', (of) => of.records_recovered);
    each('records_transformed_total', 'counter', 'Records that became documents.', (of) => of.records_transformed);
    each('records_stored_total', 'counter', 'Documents in the store.', (of) => of.records_stored);
    each('records_dropped_total', 'counter', 'Records that the function dropped.', (of) => of.records_dropped);
    family(
      'records_failed_total',
      'counter',
      'Records kept as failed, by cause.',
      streams.flatMap(({ stream, records_failed }) =>
        Object.entries(records_failed).map(([cause, count]) => [labelsOf({ stream, cause }), count] as const),
      ),
    );
    each('records_buffered', 'gauge', 'Records accepted and not yet delivered.', (of) => of.records_buffered);
    each('bytes_buffered', 'gauge', 'Their bytes.', (of) => of.bytes_buffered);
    family('requests_total', 'counter', 'Requests by outcome: ok, or the type of the error.', [
      ...Object.entries(requests).map(([outcome, count]) => [labelsOf({ outcome }), count] as const),
    ]);
    family('put_seconds', 'histogram', 'Time from a put request to its answer.', []);
    for (const { stream, put_requests, put_seconds } of streams) {
      const { within } = this.#of(stream);
      for (const [place, le] of BOUNDS.entries())
        lines.push(`clickstreamy_put_seconds_bucket${labelsOf({ stream, le: String(le) })} ${within[place] ?? 0}`);
      lines.push(
        `clickstreamy_put_seconds_bucket${labelsOf({ stream, le: '+Inf' })} ${put_requests}`,
        `clickstreamy_put_seconds_sum${labelsOf({ stream })} ${put_seconds}`,
        `clickstreamy_put_seconds_count${labelsOf({ stream })} ${put_requests}`,
      );
    }
    return `${lines.join('\n')}\n`;
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

function labelsOf(labels: Readonly<Record<string, string>>): string {
  const escaped = (value: string) =>
    value.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',')}}`;
}
