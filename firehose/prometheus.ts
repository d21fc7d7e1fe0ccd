/** @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
import type { StreamMetrics } from './stream-metrics';

/** Upper bounds in seconds of the classes that put requests are counted in. */
export const SECONDS_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

export interface TimedMetrics extends StreamMetrics {
  /** How many put requests took at most as long as each bound. */
  readonly within: readonly number[];
}

type Numbers = { [K in keyof StreamMetrics]: StreamMetrics[K] extends number ? K : never }[keyof StreamMetrics];

const COUNTERS: readonly (readonly [Numbers, string])[] = [
  ['records_received', 'Records in put requests over HTTP.'],
  ['bytes_received', 'Their bytes, before base64.'],
  ['records_accepted', 'Records that the stream accepted.'],
  ['records_recovered', 'Records that an earlier run accepted.'],
  ['records_transformed', 'Records that became documents.'],
  ['records_stored', 'Documents in the store.'],
  ['records_dropped', 'Records that the function dropped.'],
];

const GAUGES: readonly (readonly [Numbers, string])[] = [
  ['records_buffered', 'Records accepted and not yet delivered.'],
  ['bytes_buffered', 'Their bytes.'],
];

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number, suffix?: string];

/** @param requests how many ended with each outcome. */
export function renderPrometheus(streams: readonly TimedMetrics[], requests: Readonly<Record<string, number>>): string {
  const each = (name: Numbers) => streams.map((metrics): Sample => [{ stream: metrics.stream }, metrics[name]]);
  const failed = streams.flatMap(({ stream, records_failed }) =>
    Object.entries(records_failed).map(([cause, count]): Sample => [{ stream, cause }, count]),
  );
  const outcomes = Object.entries(requests).map(([outcome, count]): Sample => [{ outcome }, count]);
  const families = [
    ...COUNTERS.map(([name, help]) => renderFamily(`${name}_total`, 'counter', help, each(name))),
    renderFamily('records_failed_total', 'counter', 'Records kept as failed, by cause.', failed),
    ...GAUGES.map(([name, help]) => renderFamily(name, 'gauge', help, each(name))),
    renderFamily('requests_total', 'counter', 'Requests by outcome: ok, or the type of the error.', outcomes),
    renderFamily('put_seconds', 'histogram', 'Time from a put request to its answer.', streams.flatMap(toHistogram)),
  ];
  return families.join('');
}

function toHistogram({ stream, within, put_requests, put_seconds }: TimedMetrics): Sample[] {
  return [
    ...SECONDS_BOUNDS.map((le, place): Sample => [{ stream, le: String(le) }, within[place] ?? 0, '_bucket']),
    [{ stream, le: '+Inf' }, put_requests, '_bucket'],
    [{ stream }, put_seconds, '_sum'],
    [{ stream }, put_requests, '_count'],
  ];
}

function renderFamily(name: string, type: string, help: string, samples: readonly Sample[]): string {
  const full = `clickstreamy_${name}`;
  const lines = samples.map(([labels, value, suffix = '']) => `${full}${suffix}${renderLabels(labels)} ${value}`);
  return [`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`, ...lines, ''].join('\n');
}

function renderLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value.replace(/[\\"]/g, '\\$&')}"`);
  return `{${pairs.join(',')}}`;
}
