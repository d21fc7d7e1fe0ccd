/** A run in the terminal: a progress line while it goes, a table at its end. */
import { plural } from '../core/plural';
import type { Percentiles } from './histogram';
import type { Progress } from './progress';
import type { TrafficReport } from './traffic-report';

export function toProgressLine({
  seconds,
  rate,
  seenRate,
  sent,
  planned,
  errors,
  lost,
  latencyMs,
  connections,
}: Progress): string {
  const share = planned === undefined ? '' : ` of ${count(planned)} (${Math.floor((100 * sent) / planned)} %)`;
  return [
    `${seconds.toFixed(0)} s`,
    `sent ${count(sent)}${share}`,
    rate === null ? `${count(seenRate)}/s` : `${count(seenRate)}/s of ${count(rate)}`,
    `errors ${count(errors)}`,
    ...(lost === 0 ? [] : [`lost ${count(lost)}`]),
    `p50 ${ms(latencyMs.p50)}, p99 ${ms(latencyMs.p99)}`,
    ...(connections === undefined ? [] : [plural(connections, 'connection')]),
  ].join('   ');
}

/** A table of the results, each line with its newline. */
export function toTable(report: TrafficReport): string {
  const { sent, planned, seconds, answered, late, lost, unplanned, errorShare, errorsPlanned, latencyMs, lagMs } =
    report;
  const isPaced = report.rateAsked !== null;
  const rows: readonly (readonly [name: string, value: string])[] = [
    ['run', `${report.run}, seed ${report.seed}${ENDS[report.end]}`],
    ['sent', `${count(sent)} of ${count(planned)} planned, in ${seconds.toFixed(1)} s: ${toRates(report)}`],
    ...(isPaced ? [['worst second', `${(100 * report.worstSecond).toFixed(1)} % of the plan`] as const] : []),
    ...(late === 0 ? [] : [['late', `${count(late)} (the visitor had to wait for the previous answer)`] as const]),
    ['answered', `${count(answered)}: ${toStatuses(report.byStatus)}`],
    ...(lost === 0
      ? []
      : [['lost', `${count(lost)} without an answer; they may or may not have been logged`] as const]),
    ...(unplanned === 0
      ? []
      : [['unplanned', `${plural(unplanned, 'answer')} with another status than planned`] as const]),
    ['errors', `${(100 * errorShare).toFixed(2)} % of the answers (${count(errorsPlanned)} planned)`],
    ['page views', count(report.pageViews)],
    ['accounts', `sign-ups ${count(report.signUps)}, sign-ins ${count(report.signIns)}, users ${count(report.users)}`],
    // Nobody waits for lines that are back-filled.
    ...(latencyMs.max === 0 ? [] : [['latency', toTimes(latencyMs)] as const]),
    ...(isPaced && lagMs.max > 0 ? [['sending lag', toTimes(lagMs)] as const] : []),
    ...report.expect.map(
      ({ expect, seen, passed }) => ['expected', `${expect}: ${passed ? 'holds' : `no, it is ${seen}`}`] as const,
    ),
    ...(report.ledger === null ? [] : [['ledger', report.ledger] as const]),
  ];
  return rows.map(([name, value]) => `${name.padEnd(14)}${value}\n`).join('');
}

function toRates({ rate, rateAsked }: TrafficReport): string {
  return rateAsked === null ? `${count(rate)}/s, full speed` : `${count(rate)}/s of ${count(rateAsked)}/s`;
}

const ENDS = { complete: '', stopped: ', stopped early', broken: ', broken off' };

function toStatuses(byStatus: Readonly<Record<string, number>>): string {
  return Object.entries(byStatus)
    .map(([status, times]) => `${count(times)} × ${status}`)
    .join(', ');
}

function toTimes({ p50, p90, p99, max }: Percentiles): string {
  return `p50 ${ms(p50)}, p90 ${ms(p90)}, p99 ${ms(p99)}, max ${ms(max)}`;
}

const count = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 1 });
const ms = (value: number) => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;
