/** What `clickstreamy local` shows on standard error. */
import { plural } from '../core/plural';
import { grouped, renderBar } from '../core/progress-text';
import type { PipelineStatus } from '../page/overview-reply';
import type { Addresses } from './pipeline';
import type { LocalReport } from './report';

const BAR_WIDTH = 24;

/**
 * Makes the text of a run's progress line. Its rate is that since the text before.
 *
 * @returns a function of the status and of the share of the logs' bytes that has been read, 0 to 1.
 */
export function createStatusText(): (status: PipelineStatus, share: number) => string {
  let last = { read: 0, seconds: 0 };
  return (status, share) => {
    const rate = Math.max(0, status.read - last.read) / Math.max(0.001, status.seconds - last.seconds);
    last = status;
    const bar = status.siteUrl === undefined && share < 1 ? `${renderBar(share, BAR_WIDTH)} ` : '';
    return bar + renderStatus(status, rate);
  };
}

function renderStatus(status: PipelineStatus, linesPerSecond: number): string {
  const failed = status.processingFailed + status.deliveryFailed;
  const rate = `${plural(Math.round(linesPerSecond), 'line')}/s`;
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
    `${plural(read, 'line')} in ${seconds.toFixed(1)} s (${plural(Math.round(read / seconds), 'line')}/s): ${grouped(stored)} stored, ` +
      `${plural(processingFailed, 'malformed line')}, ${grouped(deliveryFailed)} not delivered, ${grouped(dropped)} blank`,
    ...(failed === 0
      ? []
      : [`failed records are kept in ${dataFolder}${reasons.length === 0 ? '' : ` (${reasons.join(', ')})`}`]),
    `in the store: ${renderTotals(report)}`,
  ];
  return lines.join('\n');
}

function renderTotals({ byStatus, pageViews, signUps, signIns, users }: LocalReport): string {
  if (byStatus === undefined) return 'unknown, because it does not answer';
  const count = (value: number | undefined, what: string) => plural(value ?? 0, what);
  const statuses = Object.entries(byStatus).map(([status, events]) => `${status}: ${grouped(events)}`);
  return (
    `${count(pageViews, 'page view')}, ${count(signUps, 'sign-up')}, ${count(signIns, 'sign-in')}, ${count(users, 'user name')}; ` +
    `by status ${statuses.join(', ') || 'none'}`
  );
}
