/** Renders a report for people. Anybody may have written an event's text, so none of it reaches the terminal uncleaned. */
import { plural } from '../core/plural';
import { grouped } from '../core/progress-text';
import type { EventFacts } from '../store/store';
import type { ComparedDimension, Difference } from './compare-ledger';
import type { CheckedRun, Examples, VerifyReport } from './verify-ledgers';

const MOST_DIFFERENCES = 5;
const MOST_CHARACTERS = 80;

export function renderReport({ balanced, store, stored, duplicated, runs, expect }: VerifyReport): string {
  const totals =
    runs.length > 0
      ? []
      : [`${grouped(stored)} stored${duplicated === 0 ? '' : `, ${grouped(duplicated)} of them copies`}`];
  const lines = [
    `in ${printable(store)}`,
    ...totals,
    ...runs.flatMap(renderRun),
    ...expect.map(
      ({ expect, seen, passed }) => `${passed ? 'holds ' : 'MISSED'}  ${printable(expect)} (it is ${seen})`,
    ),
    balanced ? 'The totals balance.' : 'The totals do not balance.',
  ];
  return `${lines.join('\n')}\n`;
}

function renderRun(checked: CheckedRun): readonly string[] {
  const { run, sent, answered, uncertain, stored, lost, duplicated, unexplained, dimensions } = checked;
  const counts = { sent, answered, uncertain, stored, lost, duplicated, unexplained };
  const head = `run ${printable(run)}: ${Object.entries(counts)
    .map(([name, count]) => `${name} ${grouped(count)}`)
    .join(', ')}`;
  if (stored === 0) return [head];
  return [
    head,
    ...toTable([HEAD, ...dimensions.filter(({ by }) => by !== 'total').map(toRow)]),
    ...dimensions.flatMap(renderDifferences),
    ...(duplicated === 0 ? [] : [`stored more than once: request ${checked.duplicates.map(printable).join(', ')}`]),
    ...checked.examples.flatMap(renderExamples),
  ];
}

const HEAD = ['by', 'ledger', 'store', 'lost', 'unexplained'];

function toRow({ by, values: [expected, stored], lost, unexplained }: ComparedDimension): readonly string[] {
  return [by, ...[expected, stored, lost, unexplained].map(grouped)];
}

function toTable(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    return `  ${cells.join('  ')}`;
  });
}

function renderDifferences({ by, differences }: ComparedDimension): readonly string[] {
  const shown = differences.slice(0, MOST_DIFFERENCES).map((difference) => `  ${renderDifference(by, difference)}`);
  const more = differences.length - shown.length;
  return more === 0 ? shown : [...shown, `  … and ${grouped(more)} more by ${by}`];
}

function renderDifference(by: ComparedDimension['by'], { key, expected, most, stored }: Difference): string {
  const wanted = most === expected ? grouped(expected) : `${grouped(expected)} to ${grouped(most)}`;
  const what =
    by === 'total'
      ? 'clicks'
      : by === 'session'
        ? `sessions of ${plural(Number(key), 'click')}`
        : `${by} ${printable(key)}`;
  return `${what}: ${wanted} in the ledger, ${grouped(stored)} in the store`;
}

function renderExamples({ by, key, certain, events }: Examples): readonly string[] {
  const which = certain ? 'not in the ledger' : 'there are more than in the ledger, perhaps these';
  return [`${by} ${printable(key)}, ${which}:`, ...events.map((event) => `  ${renderEvent(event)}`)];
}

function renderEvent({ requestId, time, request, status, user }: EventFacts): string {
  const facts = [
    time,
    status === null ? null : String(status),
    request,
    user,
    requestId === null ? null : `request ${requestId}`,
  ];
  return facts
    .filter((fact) => fact !== null)
    .map(printable)
    .join('  ');
}

/** Cuts to one short line, without control characters and without those that reverse the text. */
export function printable(text: string): string {
  const line = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '·');
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}…` : line;
}
