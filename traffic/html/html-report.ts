/** Renders a run as one self-contained HTML file: no scripts, nothing loaded from elsewhere, all values escaped. */
import { Html, html } from '../../core/html';
import { plural } from '../../core/plural';
import type { ThresholdResult } from '../expect';
import type { Counts } from '../ledger';
import type { Bin } from '../timeline';
import type { TrafficReport } from '../traffic-report';
import { type Bar, barList, duration, grouped, type LatencyRange, rangeChart, timeChart } from './charts';
import { STYLE } from './style';

export interface HtmlReport {
  readonly report: TrafficReport;
  readonly target: string;
  readonly startedAt: Date;
  readonly binSeconds: number;
  readonly bins: readonly Readonly<Bin>[];
  /** The planned rate in each bin, in requests a second; empty at full speed. */
  readonly asked: readonly number[];
  readonly ranges: readonly LatencyRange[];
  readonly byPage: Counts;
  readonly byAction: Counts;
}

const PAGES = 12;

/** The whole document. */
export function toHtmlReport(run: HtmlReport): string {
  const { report, bins, binSeconds, asked, ranges, byPage, byAction, target, startedAt } = run;
  // After the last request only a few late replies arrive: too few for percentiles.
  const lastSent = bins.findLastIndex(({ sent }) => sent > 0);
  const whileSent = (values: readonly number[]) => values.map((value, bin) => (bin > lastSent ? Number.NaN : value));
  const latencies = (ms: (bin: Readonly<Bin>) => number) =>
    whileSent(bins.map((bin) => (bin.answered === 0 ? Number.NaN : ms(bin))));
  const perSecond = (count: (bin: Readonly<Bin>) => number) => bins.map((bin) => count(bin) / binSeconds);
  const { p50, p90, p99 } = report.latencyMs;
  return `<!doctype html>\n${
    html`<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Traffic ${report.run}: ${target}</title><style>${new Html(STYLE)}</style></head>
<body><header><h1>Traffic on ${target}</h1>
<p>Run ${report.run}, seed ${report.seed}, ${startedAt.toISOString().slice(0, 19).replace('T', ' ')} UTC, ${duration(report.seconds * 1000)}</p></header>
${alarm(report)}${tiles(report)}${thresholds(report.expect)}
<div class="grid2">${timeChart({
      title: 'Requests a second',
      unit: '',
      binSeconds,
      columns: [
        { name: 'errors', look: 'bad', values: perSecond(({ errors }) => errors) },
        { name: 'lost', look: 'warn', values: perSecond(({ lost }) => lost) },
        { name: 'other answers', look: 'main', values: perSecond(({ answered, errors }) => answered - errors) },
      ],
      lines: [
        { name: 'sent', look: 'good', values: whileSent(perSecond(({ sent }) => sent)) },
        ...(asked.length === 0 ? [] : [{ name: 'asked', look: 'quiet', values: whileSent(asked) }]),
      ],
    })}${timeChart({
      title: 'Latency, from the intended start to the end of the reply',
      unit: 'ms',
      binSeconds,
      columns: [],
      lines: [
        {
          name: '99th percentile',
          look: 'warn',
          values: latencies(({ p99Ms }) => p99Ms),
        },
        {
          name: 'median',
          look: 'main',
          values: latencies(({ p50Ms }) => p50Ms),
        },
      ],
    })}${rangeChart('Responses by latency', ranges, { p50, p90, p99 })}${barList('Responses by status', toBars(report.byStatus, lookOfStatus))}${barList(
      'Actions',
      toBars(byAction, () => 'main'),
    )}${barList(
      `Pages${Object.keys(byPage).length > PAGES ? `, the ${PAGES} most requested` : ''}`,
      toBars(byPage, () => 'main').slice(0, PAGES),
    )}</div>
<p class="soft">Made by clickstreamy traffic. ${report.ledger === null ? '' : `Ledger: ${report.ledger}`}</p></body></html>`
      .text
  }\n`;
}

const ALARMS = {
  complete: undefined,
  stopped: 'The run was stopped before the end of its plan.',
  broken: 'The run was broken off: its target stopped answering.',
};

function alarm({ end }: TrafficReport): Html | undefined {
  const text = ALARMS[end];
  return text === undefined ? undefined : html`<p class="alarm">${text}</p>`;
}

function tiles(report: TrafficReport): Html {
  const { sent, planned, rate, rateAsked, errorShare, errorsPlanned, latencyMs, lagMs, lost, unplanned } = report;
  const all: readonly (readonly [name: string, value: string, more: string, isBad?: boolean])[] = [
    ['Sent', grouped(sent), `of ${grouped(planned)} planned`, sent !== planned],
    ['Rate', `${grouped(rate)}/s`, rateAsked === null ? 'full speed' : `${grouped(rateAsked)}/s asked`],
    ['Errors', `${(100 * errorShare).toFixed(2)} %`, `${grouped(errorsPlanned)} planned`],
    ['Latency p99', duration(latencyMs.p99), `median ${duration(latencyMs.p50)}, longest ${duration(latencyMs.max)}`],
    ['Sending lag p99', duration(lagMs.p99), `longest ${duration(lagMs.max)}`],
    ['Without an answer', grouped(lost), `${grouped(unplanned)} with an unplanned status`, lost > 0],
    ['Page views', grouped(report.pageViews), plural(report.users, 'user')],
    ['Sign-ups', grouped(report.signUps), plural(report.signIns, 'sign-in')],
  ];
  return html`<dl class="tiles">${all.map(
    ([name, value, more, isBad]) =>
      html`<div class="tile ${isBad ? 'bad' : ''}"><dt>${name}</dt><dd>${value}<small>${more}</small></dd></div>`,
  )}</dl>`;
}

function thresholds(results: readonly ThresholdResult[]): Html | undefined {
  if (results.length === 0) return undefined;
  return html`<section class="expect"><h2>Thresholds</h2><table>${results.map(
    ({ expect, seen, passed }) =>
      html`<tr><th scope="row"><code>${expect}</code></th><td class="number">${seen.toLocaleString('en', { maximumFractionDigits: 4 })}</td><td class="number ${passed ? 'passed' : 'missed'}">${passed ? 'holds' : 'does not hold'}</td></tr>`,
  )}</table></section><p></p>`;
}

function toBars(counts: Counts, look: (name: string) => string): readonly Bar[] {
  return Object.entries(counts)
    .map(([name, count]) => ({ name, count, look: look(name) }))
    .sort((one, other) => other.count - one.count);
}

function lookOfStatus(status: string): string {
  if (status >= '500') return 'bad';
  return status >= '400' ? 'warn' : status >= '300' ? 'quiet' : 'good';
}
