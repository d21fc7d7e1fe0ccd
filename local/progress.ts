/** What `clickstreamy local` tells on standard error. */
import { plural } from '../core/plural';
import { grouped, renderBar } from '../core/progress-text';
import type { PipelineStatus } from '../page/overview-reply';
import type { Addresses } from './pipeline';
import type { LocalReport } from './report';

const BAR_WIDTH = 24;
const PLAIN_SECONDS = 10;

export interface ProgressView {
  /** @param share of the logs' bytes that is read, 0 to 1. */
  show(status: PipelineStatus, share: number): void;
  /** A sentence between the progress. */
  say(sentence: string): void;
  end(): void;
}

/** On a terminal one line that is rewritten, else a plain line every ten seconds. */
export function createProgressView(stream: NodeJS.WriteStream): ProgressView {
  const isTerminal = stream.isTTY === true;
  const clear = isTerminal ? '\r\x1b[K' : '';
  let last = { read: 0, seconds: 0 };
  return {
    show(status, share) {
      if (!isTerminal && status.seconds - last.seconds < PLAIN_SECONDS) return;
      const rate = Math.max(0, status.read - last.read) / Math.max(0.001, status.seconds - last.seconds);
      last = status;
      const bar = status.siteUrl === undefined && share < 1 ? `${renderBar(share, BAR_WIDTH)} ` : '';
      stream.write(`${clear}${bar}${describeStatus(status, rate)}${isTerminal ? '' : '\n'}`);
    },
    say: (sentence) => stream.write(`${clear}${sentence}\n`),
    end: () => stream.write(clear),
  };
}

function describeStatus(status: PipelineStatus, linesPerSecond: number): string {
  const failed = status.processingFailed + status.deliveryFailed;
  const rate = `${grouped(Math.round(linesPerSecond))} lines/s`;
  return `${grouped(status.read)} read, ${grouped(status.stored)} stored, ${grouped(failed)} failed; ${rate}`;
}

export function renderAddresses({ page, site, stream, streamName, store, dataFolder }: Addresses): string {
  const lines = [
    `page    ${page}`,
    ...(site === undefined ? [] : [`site    ${site}`]),
    `stream  ${stream} (${streamName})`,
    ...(store === undefined ? [] : [`store   ${store}`]),
    `data    ${dataFolder}`,
    'Ctrl-C drains and stops.',
  ];
  return lines.join('\n');
}

export function renderReport(report: LocalReport, dataFolder: string): string {
  const { read, stored, processingFailed, deliveryFailed, dropped, seconds } = report;
  const reasons = Object.entries(report.reasons).map(([reason, count]) => `${reason} ${grouped(count)}`);
  const failed = processingFailed + deliveryFailed;
  const lines = [
    `${plural(read, 'line')} in ${seconds.toFixed(1)} s (${grouped(Math.round(read / seconds))} lines/s): ${grouped(stored)} stored, ` +
      `${plural(processingFailed, 'malformed line')}, ${grouped(deliveryFailed)} not delivered, ${grouped(dropped)} blank`,
    ...(failed === 0
      ? []
      : [`what failed is kept in ${dataFolder}${reasons.length === 0 ? '' : ` (${reasons.join(', ')})`}`]),
    `in the store: ${describeTotals(report)}`,
  ];
  return lines.join('\n');
}

function describeTotals({ byStatus, pageViews, signUps, signIns, users }: LocalReport): string {
  if (byStatus === undefined) return 'not known, it does not answer';
  const count = (value: number | undefined, one: string) => plural(value ?? 0, one);
  const statuses = Object.entries(byStatus).map(([status, events]) => `${status}: ${grouped(events)}`);
  return (
    `${[count(pageViews, 'page view'), count(signUps, 'sign-up'), count(signIns, 'sign-in'), count(users, 'user name')].join(', ')}; ` +
    `by status ${statuses.join(', ') || 'none'}`
  );
}
