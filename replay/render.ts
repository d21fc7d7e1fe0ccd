/** What the commands print. Everything in a record may come from a stranger, so text is escaped. */
import { isUtf8 } from 'node:buffer';
import { plural } from '../core/plural';
import { grouped } from '../core/progress-text';
import { visible } from '../core/visible';
import type { CountedFailures } from './count-failures';
import type { FailedLine } from './read-failures';
import type { ReplayCounts } from './replay-counts';

const KINDS = { processing: 'not transformed', delivery: 'not stored' } as const;

/** A table with a heading, and a line with the sum. */
export function renderGroups({ records, objects, otherObjects, groups }: CountedFailures): string {
  const sum = `${plural(records, 'failed record')} in ${plural(objects, 'object')}${others(otherObjects)}`;
  if (groups.length === 0) return `${sum}\n`;
  const rows = groups.map(({ hour, prefix, kind, cause, records }) => {
    return [hour ?? 'unknown', grouped(records), KINDS[kind], visible(cause), visible(prefix)];
  });
  const table = [['hour (UTC)', 'records', 'were', 'cause', 'prefix'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((cells) => (cells[column] ?? '').length)));
  const lines = table.map((cells) =>
    cells
      .map((cell, column) => (column === 1 ? cell.padStart(widths[1] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return `${[...lines, sum].join('\n')}\n`;
}

const others = (objects: number) => (objects === 0 ? '' : `; ${plural(objects, 'object')} without failed records`);

/** A record for programs. */
export function toShown(key: string, { line, failure }: FailedLine) {
  const { kind, code, message, arrivalMs, documentId, index, data } = failure;
  return {
    ...{ file: key, line, kind },
    arrival: arrivalMs === undefined ? null : new Date(arrivalMs).toISOString(),
    ...{ cause: code, message, documentId, index },
    // Text where it is text, else the bytes.
    ...(isUtf8(data) ? { text: data.toString() } : { base64: data.toString('base64') }),
  };
}

/** Two lines for a person: where, when and why; then the record. */
export function renderFailure(key: string, { line, failure }: FailedLine): string {
  const { code, message, arrivalMs, data } = failure;
  const when = arrivalMs === undefined ? 'time unknown' : new Date(arrivalMs).toISOString();
  const why = message === '' ? code : `${code}: ${message}`;
  return `${visible(key)}:${line}  ${when}  ${visible(why)}\n    ${toText(data)}\n`;
}

/** Bytes that are not UTF-8 are shown as `\xff`. */
function toText(data: Buffer): string {
  const text = isUtf8(data)
    ? data.toString()
    : data.toString('latin1').replace(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
  return visible(text.replace(/\r?\n$/, ''));
}

/** One line, for the progress and as the first one of the summary. */
export function renderCounts(
  { objects, records, stored, failed, dropped }: Readonly<ReplayCounts>,
  isDry: boolean,
): string {
  const would = isDry ? 'would be ' : '';
  const parts = [`${grouped(stored)} ${would}stored`, `${grouped(failed)} failed again`];
  if (dropped > 0) parts.push(`${grouped(dropped)} blank`);
  return `${plural(records, 'record')} in ${plural(objects, 'object')}: ${parts.join(', ')}`;
}

export function renderSummary(counts: ReplayCounts, isDry: boolean, receipts: string): string {
  const { objects, objectsBefore, recordsBefore, failedBefore, leftOut, otherObjects, reasons } = counts;
  const why = Object.entries(reasons).map(([reason, count]) => `${visible(reason)} ${grouped(count)}`);
  const lines = [
    objects === 0 && recordsBefore > 0 ? 'Nothing to do.' : renderCounts(counts, isDry),
    why.length === 0 ? '' : `why they failed again: ${why.join(', ')}`,
    recordsBefore === 0
      ? ''
      : `${plural(recordsBefore, 'record')} replayed earlier (${plural(objectsBefore, 'object')} done)`,
    failedBefore === 0
      ? ''
      : `${grouped(failedBefore)} of them failed again then: without their receipts in ${receipts} they are replayed once more`,
    leftOut === 0 ? '' : `${plural(leftOut, 'record')} left out by the options`,
    otherObjects === 0 ? '' : `${plural(otherObjects, 'object')} without failed records`,
    isDry || objects === 0 ? '' : `what became of each: ${receipts}`,
  ];
  return lines.filter((line) => line !== '').join('\n');
}
