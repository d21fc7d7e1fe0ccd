/** What `clickstreamy etl` tells on standard error. */
import { plural } from '../core/plural';
import { grouped, renderBar } from '../core/progress-text';
import type { LinesSummary } from './lines';
import type { LineTally } from './lines-batch';
import { type LineInput, STDIN, statOf } from './lines-input';

export interface Progress {
  readonly show: (tally: Readonly<LineTally>) => void;
  readonly clear: () => void;
}

const REDRAW_MS = 100;
const BAR_WIDTH = 30;

/** A bar on standard error with lines a second; undefined where that is no terminal, or shows the events. */
export function startProgress(inputs: readonly LineInput[]): Progress | undefined {
  if (!process.stderr.isTTY || process.stdout.isTTY) return undefined;
  const started = performance.now();
  const total = totalBytes(inputs);
  let drawn = started;
  return {
    show({ lines }) {
      const now = performance.now();
      if (now - drawn < REDRAW_MS) return;
      drawn = now;
      const share = total === undefined ? undefined : inputs.reduce((sum, input) => sum + input.readBytes(), 0) / total;
      const rate = Math.round(lines / ((now - started) / 1000));
      const bar = share === undefined ? '' : `${renderBar(share, BAR_WIDTH)}  `;
      process.stderr.write(`\r\x1b[K${bar}${grouped(lines)} lines, ${grouped(rate)} lines/s`);
    },
    clear: () => process.stderr.write('\r\x1b[K'),
  };
}

/** Undefined where an input has no size: a pipe, a terminal. */
function totalBytes(inputs: readonly LineInput[]): number | undefined {
  let total = 0;
  for (const { name } of inputs) {
    const stat = name === STDIN ? undefined : statOf(name);
    if (stat === undefined || !stat.isFile()) return undefined;
    total += stat.size;
  }
  return total;
}

/** The summary as a sentence, or as one JSON line. */
export function renderSummary(summary: LinesSummary, seconds: number, json: boolean): string {
  const { lines, events, blank, bytes } = summary;
  const linesPerSecond = Math.round(lines / seconds);
  const reasons = Object.entries(summary.rejected);
  const rejected = reasons.reduce((sum, [, count]) => sum + count, 0);
  if (json) {
    const rounded = Number(seconds.toFixed(3));
    return JSON.stringify({
      lines,
      events,
      rejected,
      byReason: summary.rejected,
      blank,
      bytes,
      seconds: rounded,
      linesPerSecond,
    });
  }
  const why = rejected === 0 ? '' : ` (${reasons.map(([reason, count]) => `${reason} ${grouped(count)}`).join(', ')})`;
  return (
    `${plural(lines, 'line')}: ${plural(events, 'event')}, ${grouped(rejected)} rejected${why}, ${grouped(blank)} blank; ` +
    `${(bytes / 1e6).toFixed(1)} MB in ${seconds.toFixed(2)} s (${grouped(linesPerSecond)} lines/s)`
  );
}
