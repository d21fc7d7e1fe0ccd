/** The figures of a benchmark; each is a key of its JSON line and a row of its table. */
export interface Report {
  /** Whether everything that must hold on any machine does: no wrong event, no lost line. Speed does not matter here. */
  readonly passed: boolean;
  readonly [figure: string]: number | string | boolean | readonly string[];
}

/** Renders `linesPerSecond` as `lines per second`, and numbers with thousands separators. */
export function renderReport(report: Report): string {
  const rows = Object.entries(report).map(([name, value]) => [spaced(name), renderValue(value)] as const);
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

function spaced(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function renderValue(value: Report[string]): string {
  if (typeof value === 'number') return value.toLocaleString('en-US');
  return Array.isArray(value) ? value.join('\n') : String(value);
}
