/** Charts as SVG without a script: the exact numbers are in tooltips. */
import { linearScale, niceCeiling, quartersOf, toTenth, toTimeStep } from '../../core/chart-scale';
import { type Html, html } from '../../core/html';

export interface Series {
  readonly name: string;
  /** A class of the style sheet: `main`, `good`, `warn`, `bad`, `quiet`. */
  readonly look: string;
  /** One per bin; NaN leaves a gap. */
  readonly values: readonly number[];
}

export interface TimeChart {
  readonly title: string;
  readonly unit: string;
  readonly binSeconds: number;
  /** Drawn as stacked columns, the first at the bottom. */
  readonly columns: readonly Series[];
  readonly lines: readonly Series[];
}

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [640, 220, 52, 26, 10];
const [PLOT_WIDTH, PLOT_HEIGHT] = [WIDTH - LEFT - 8, HEIGHT - BOTTOM - TOP];

/** Draws values over the time of the run. */
export function timeChart({ title, unit, binSeconds, columns, lines }: TimeChart): Html {
  const all = [...columns, ...lines];
  const count = Math.max(1, ...all.map(({ values }) => values.length));
  const top = niceCeiling(
    Math.max(stackTop(columns, count), ...lines.flatMap(({ values }) => values.filter(isNumber))),
  );
  const x = toX(0, count);
  const y = toY(top);
  const seconds = count * binSeconds;

  return html`<figure><figcaption><h2>${title}</h2>${legend(all)}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">${yAxis(top, unit, y)}${ticks(seconds).map(
    (tick) =>
      html`<text class="tick" x="${toTenth(x(tick / binSeconds))}" y="${HEIGHT - 8}" text-anchor="${tick === seconds ? 'end' : 'middle'}">${timeLabel(tick)}</text>`,
  )}${stacked(columns, count).map(
    ({ look, bin, from, to }) =>
      html`<rect class="column ${look}" x="${toTenth(x(bin))}" y="${toTenth(y(to))}" width="${toTenth(Math.max(0.5, PLOT_WIDTH / count - (count > 200 ? 0 : 1)))}" height="${toTenth(Math.max(0, y(from) - y(to)))}"/>`,
  )}${lines.map((line) => html`<path class="line ${line.look}" d="${toPath(line.values, (bin) => x(bin + 0.5), y)}"/>`)}${Array.from(
    { length: count },
    (_, bin) =>
      html`<rect class="over" x="${toTenth(x(bin))}" y="${TOP}" width="${toTenth(PLOT_WIDTH / count)}" height="${PLOT_HEIGHT}"><title>${tip(all, bin, binSeconds, unit)}</title></rect>`,
  )}</svg></figure>`;
}

export interface LatencyRange {
  readonly upToMs: number;
  readonly count: number;
}

/** Draws how many replies took how long, on a logarithmic axis with four columns per doubling. */
export function rangeChart(
  title: string,
  ranges: readonly LatencyRange[],
  marks: Readonly<Record<string, number>>,
): Html {
  const columns = new Map<number, number>();
  for (const { upToMs, count } of ranges) {
    const column = columnOf(upToMs);
    columns.set(column, (columns.get(column) ?? 0) + count);
  }
  const [first, last] = columns.size === 0 ? [0, 0] : [Math.min(...columns.keys()), Math.max(...columns.keys())];
  const count = last - first + 1;
  const top = niceCeiling(Math.max(...columns.values(), 1));
  const x = toX(first, count);
  const y = toY(top);
  const every = Math.max(4, Math.ceil(count / 28) * 4);

  return html`<figure><figcaption><h2>${title}</h2></figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">${yAxis(top, '', y)}${[...columns].map(
    ([column, times]) =>
      html`<rect class="column main" x="${toTenth(x(column))}" y="${toTenth(y(times))}" width="${toTenth(Math.max(1, PLOT_WIDTH / count - 1))}" height="${toTenth(PLOT_HEIGHT + TOP - y(times))}"><title>${duration(startOf(column))} to ${duration(startOf(column + 1))}: ${grouped(times)}</title></rect>`,
  )}${Array.from({ length: count }, (_, place) => first + place)
    .filter((column) => columns.size > 0 && column % every === 0)
    .map(
      (column) =>
        html`<text class="tick" x="${toTenth(x(column))}" y="${HEIGHT - 8}" text-anchor="middle">${duration(startOf(column))}</text>`,
    )}${Object.entries(columns.size === 0 ? {} : marks).map(([name, ms], place) => {
    const mark = toTenth(Math.min(WIDTH - 8, x(exactColumnOf(ms))));
    // Beside the line, where the axis leaves space.
    const [anchor, dx] = mark < LEFT + 80 ? ['start', 4] : ['end', -4];
    return html`<line class="mark" x1="${mark}" x2="${mark}" y1="${TOP}" y2="${TOP + PLOT_HEIGHT}"/><text class="tick" x="${mark}" y="${TOP + 9 + 12 * place}" dx="${dx}" text-anchor="${anchor}">${name} ${duration(ms)}</text>`;
  })}</svg></figure>`;
}

export interface Bar {
  readonly name: string;
  readonly count: number;
  readonly look: string;
}

/** Draws counts as horizontal bars, in the order given. */
export function barList(title: string, bars: readonly Bar[]): Html {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const total = bars.reduce((sum, { count }) => sum + count, 0);
  return html`<section><h2>${title}</h2><table>${bars.map(
    ({ name, count, look }) =>
      html`<tr><th scope="row">${name}</th><td class="bar"><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="column ${look}" width="${toTenth((100 * count) / most)}" height="8" rx="1"/></svg></td><td class="number">${grouped(count)}</td><td class="number soft">${((100 * count) / Math.max(1, total)).toFixed(1)} %</td></tr>`,
  )}</table></section>`;
}

export const grouped = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 1 });

/** `0.5 ms`, `12 ms`, `1.2 s` */
export function duration(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toLocaleString('en', { maximumFractionDigits: ms < 10_000 ? 1 : 0 })} s`;
  return `${ms.toLocaleString('en', { maximumFractionDigits: ms < 10 ? (ms < 1 ? 2 : 1) : 0 })} ms`;
}

const isNumber = (value: number) => !Number.isNaN(value);
const toX = (first: number, count: number) => linearScale([first, first + count], [LEFT, LEFT + PLOT_WIDTH]);
const toY = (top: number) => linearScale([0, top], [TOP + PLOT_HEIGHT, TOP]);
const toAxisLabel = (value: number) => value.toLocaleString('en', { maximumSignificantDigits: 3 });

function yAxis(top: number, unit: string, y: (value: number) => number): readonly Html[] {
  return quartersOf(top).map((value) => {
    const label = value === 0 ? '0' : unit === 'ms' ? duration(value) : toAxisLabel(value);
    return html`<line class="grid" x1="${LEFT}" x2="${WIDTH - 8}" y1="${toTenth(y(value))}" y2="${toTenth(y(value))}"/><text class="tick" x="${LEFT - 6}" y="${toTenth(y(value) + 4)}" text-anchor="end">${label}</text>`;
  });
}

function legend(series: readonly Series[]): Html {
  return html`<p class="legend">${series.map(({ name, look }) => html`<span class="key ${look}">${name}</span>`)}</p>`;
}

function tip(series: readonly Series[], bin: number, binSeconds: number, unit: string): string {
  const values = series.map(({ name, values }) => {
    const value = values[bin] ?? Number.NaN;
    return `${name} ${Number.isNaN(value) ? '-' : unit === 'ms' ? duration(value) : grouped(value)}`;
  });
  return [`${timeLabel(bin * binSeconds)} to ${timeLabel((bin + 1) * binSeconds)}`, ...values].join('\n');
}

function stackTop(columns: readonly Series[], count: number): number {
  return Math.max(0, ...stacked(columns, count).map(({ to }) => to));
}

function stacked(columns: readonly Series[], count: number) {
  return Array.from({ length: count }, (_, bin) => {
    let below = 0;
    return columns.map(({ look, values }) => {
      const from = below;
      below += values[bin] ?? 0;
      return { look, bin, from, to: below };
    });
  }).flat();
}

/** A line with gaps; a value between two gaps becomes a dot. */
function toPath(values: readonly number[], x: (bin: number) => number, y: (value: number) => number): string {
  let path = '';
  for (const [bin, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    const isStart = Number.isNaN(values[bin - 1] ?? Number.NaN);
    path += `${isStart ? 'M' : 'L'}${toTenth(x(bin))} ${toTenth(y(value))}${isStart ? 'h0' : ''}`;
  }
  return path;
}

const exactColumnOf = (ms: number) => 4 * Math.log2(Math.max(0.001, ms));
const columnOf = (ms: number) => Math.floor(exactColumnOf(ms));
const startOf = (column: number) => 2 ** (column / 4);

/** Seconds since the start that get a label: at most seven. */
function ticks(seconds: number): readonly number[] {
  const step = toTimeStep((seconds * 1000) / 6) / 1000;
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, place) => place * step);
}

function timeLabel(seconds: number): string {
  if (seconds < 120) return `${grouped(seconds)} s`;
  if (seconds < 7200) return `${grouped(seconds / 60)} min`;
  return `${grouped(seconds / 3600)} h`;
}
