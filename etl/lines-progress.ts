/** What `clickstreamy etl` shows on standard error. */

import { plural } from '../core/plural';
import { openProgressLine } from '../core/progress-line';
import { grouped, renderBar } from '../core/progress-text';
import type { LinesSummary } from './lines';
import type { LineTally } from './lines-batch';
import { type LineInput, STDIN, statOf } from './lines-input';

export interface LinesProgress {
  readonly show: (tally: Readonly<LineTally>) => void;
  readonly clear: () => void;
  /** Prints a sentence on a line of its own, also if quiet. */
  readonly warn: (sentence: string) => void;
}

const BAR_WIDTH = 30;

/** Shows a bar and lines a second, unless `quiet`, or the terminal shows the events. */
export function startProgress(inputs: readonly LineInput[], quiet = false): LinesProgress {
  const line = openProgressLine({ quiet: quiet || process.stdout.isTTY });
  const started = performance.now();
  const total = totalBytes(inputs);
  const toText = (lines: number) => {
    const rate = Math.round(lines / ((performance.now() - started) / 1000));
    const read = inputs.reduce((sum, input) => sum + input.readBytes(), 0);
    const bar = total === undefined ? '' : `${renderBar(read / total, BAR_WIDTH)}  `;
    return `${bar}${plural(lines, 'line')}, ${plural(rate, 'line')}/s`;
  };
  return { show: ({ lines }) => line.show(() => toText(lines)), clear: line.end, warn: line.warn };
}

/** @returns undefined if an input has no size: a pipe, a terminal. */
function totalBytes(inputs: readonly LineInput[]): number | undefined {
  let total = 0;
  for (const { name } of inputs) {
    const stat = name === STDIN ? undefined : statOf(name);
    if (stat === undefined || !stat.isFile()) return undefined;
    total += stat.size;
  }
  return total;
}

/** Renders the summary as a sentence, or as one line of JSON. */
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
      nulBytes: summary.nulBytes,
      bytes,
      seconds: rounded,
      linesPerSecond,
    });
  }
  const why = rejected === 0 ? '' : ` (${reasons.map(([reason, count]) => `${reason} ${grouped(count)}`).join(', ')})`;
  return (
    `${plural(lines, 'line')}: ${plural(events, 'event')}, ${grouped(rejected)} rejected${why}, ${grouped(blank)} blank; ` +
    `${(bytes / 1e6).toFixed(1)} MB in ${seconds.toFixed(2)} s (${plural(linesPerSecond, 'line')}/s)`
  );
}

/** @returns what deserves a warning about the inputs, if anything. */
export function warningOf({ nulBytes }: LinesSummary): string | undefined {
  if (nulBytes === 0) return undefined;
  const skipped = `${plural(nulBytes, 'NUL byte')} before lines ${nulBytes === 1 ? 'was' : 'were'} skipped`;
  return `warning: ${skipped}: they come from a log that was truncated while its writer went on (copytruncate), or from a crash.`;
}
