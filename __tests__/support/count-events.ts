/** Counts lines as the transform sees them, and shows a ledger's totals in the same shape. */

import type { ClickEvent } from '../../click/click-event';
import { parseAccessLine } from '../../etl/access-line';
import { describeAgent } from '../../etl/agent';
import { toClickEvent } from '../../etl/to-click-event';
import type { Totals } from '../../traffic/ledger';

export function countEvents(lines: readonly string[]) {
  const events = lines.map(toEvent);
  const views = events.filter(({ action }) => action === 'page_view');
  return {
    answered: new Set(events.map(({ request_id }) => request_id)).size,
    byStatus: countBy(events, ({ response }) => response),
    byPage: countBy(events, ({ page }) => page),
    pageViewsByPage: countBy(views, ({ page }) => page),
    byAction: countBy(events, ({ action }) => action),
    byOutcome: countBy(events, ({ action, outcome }) => outcome && `${action} ${outcome}`),
    byUser: countBy(events, ({ username }) => username),
    byMinute: countBy(events, (event) => `${event['@timestamp_utc']?.slice(0, 16)}Z`),
    sessionsBySize: countValues(Object.values(countBy(events, ({ session }) => session))),
  };
}

export function ledgerCounts(totals: Totals) {
  const { answered, byStatus, byPage, pageViewsByPage, byAction, byOutcome, byUser, byMinute, sessionsBySize } = totals;
  return { answered, byStatus, byPage, pageViewsByPage, byAction, byOutcome, byUser, byMinute, sessionsBySize };
}

function toEvent(line: string): ClickEvent {
  const parsed = parseAccessLine(line);
  if (typeof parsed === 'string') throw new Error(`${parsed}: ${line}`);
  return toClickEvent(parsed, describeAgent, new Set());
}

function countBy(events: readonly ClickEvent[], key: (event: ClickEvent) => string | number | undefined) {
  return countValues(events.map(key).filter((value) => value !== undefined));
}

function countValues(values: readonly (string | number)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
