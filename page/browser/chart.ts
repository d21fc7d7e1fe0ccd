/** Charts over time as SVG, drawn at the width that the panel has. */
import { linearScale, niceCeiling, quartersOf, toTenth, toTimeStep } from '../../core/chart-scale';
import type { Figure, PanelRow } from '../../panels/panel';
import { numberIn } from '../measure';
import type { Span, ViewAs } from '../overview-reply';
import { html, setText, svg } from './dom';
import { toBucket, toTick } from './format';
import { formatOf } from './measure';

const HEIGHT = 176;
const LEFT = 40;
const RIGHT = 6;
const TOP = 8;
const BOTTOM = 22;
/** Width of a time label on the axis, with some space around it. */
const LABEL_WIDTH = 70;
const PLOT_HEIGHT = HEIGHT - TOP - BOTTOM;

interface Bucket {
  readonly t: number;
  /** One per series; null where there is none. */
  readonly values: readonly (number | null)[];
}

export interface Chart {
  readonly element: HTMLElement;
  show(rows: readonly PanelRow[], span: Span): void;
}

export function makeChart(title: string, { as, figures: series, unit }: ViewAs<'columns' | 'line'>): Chart {
  const plot = svg('svg', { role: 'img', tabindex: 0, height: HEIGHT, class: 'plot' });
  const tip = html('div', { class: 'tip', role: 'status' });
  tip.hidden = true;
  const { toNumber, toCompact } = formatOf(unit);
  const totals = series.map(() => html('b'));
  const legend = html(
    'ul',
    { class: 'legend' },
    ...series.map(({ label, tone }, at) => html('li', { class: `tone-${tone}` }, html('i'), label, ' ', totals[at])),
  );
  const element = html('div', { class: 'chart' }, legend, html('div', { class: 'canvas' }, plot, tip));

  let span: Span = { from: 0, to: 1, bucketMs: 1, live: false };
  let buckets: readonly Bucket[] = [];
  let chosen: number | undefined;

  const width = () => Math.max(160, plot.clientWidth);
  const step = () => (width() - LEFT - RIGHT) / Math.max(1, buckets.length);

  function draw(): void {
    if (plot.clientWidth === 0) return;
    const heights = buckets.map(({ values }) => (as === 'line' ? Math.max(0, ...present(values)) : sum(values)));
    // Counts are whole, so an axis that ends below 4 would have fractions at its grid lines. A rate may be of any size.
    const top = niceCeiling(Math.max(as === 'line' ? 0 : 4, ...heights));
    plot.setAttribute('viewBox', `0 0 ${width()} ${HEIGHT}`);
    plot.replaceChildren(
      ...grid(top, width(), toCompact),
      ...timeAxis(span, step(), buckets, width()),
      ...marks(top),
      ...cursor(),
    );
  }

  function marks(top: number): SVGElement[] {
    return as === 'line' ? lines(series, buckets, step(), top) : columns(series, buckets, step(), top);
  }

  function cursor(): SVGElement[] {
    if (chosen === undefined || buckets[chosen] === undefined) return [];
    const x = LEFT + (chosen + 0.5) * step();
    return [svg('line', { class: 'cursor', x1: x, x2: x, y1: TOP, y2: TOP + PLOT_HEIGHT })];
  }

  function choose(at: number | undefined): void {
    chosen = at === undefined ? undefined : Math.min(buckets.length - 1, Math.max(0, at));
    showTip();
    draw();
  }

  function showTip(): void {
    const bucket = chosen === undefined ? undefined : buckets[chosen];
    tip.hidden = bucket === undefined;
    if (bucket === undefined || chosen === undefined) return;
    const items = series.map(({ label, tone }, at) =>
      html('li', { class: `tone-${tone}` }, html('i'), label, ' ', html('b', {}, toNumber(bucket.values[at] ?? null))),
    );
    tip.replaceChildren(toBucket(bucket.t, span.bucketMs), html('ul', {}, ...items));
    const x = LEFT + (chosen + 0.5) * step();
    tip.classList.toggle('leftwards', x > width() / 2);
    tip.style.left = `${x}px`;
  }

  plot.addEventListener('pointermove', ({ offsetX }) => choose(Math.floor((offsetX - LEFT) / step())));
  plot.addEventListener('pointerleave', () => choose(undefined));
  plot.addEventListener('blur', () => choose(undefined));
  plot.addEventListener('keydown', (event) => {
    const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === 'Escape') choose(undefined);
    if (move === undefined) return;
    event.preventDefault();
    choose((chosen ?? buckets.length - (move > 0 ? 2 : 0)) + move);
  });
  new ResizeObserver(draw).observe(plot);

  return {
    element,
    show(rows, newSpan) {
      const moved = (newSpan.from - span.from) / newSpan.bucketMs;
      // The cursor stays at its point in time while the chart scrolls.
      if (chosen !== undefined)
        chosen = newSpan.bucketMs === span.bucketMs && moved <= chosen ? chosen - moved : undefined;
      span = newSpan;
      buckets = toBuckets(rows, series, span, as === 'line');
      // Columns have a total; a line shows its latest value.
      const shown = series.map((_, at) => {
        const values = buckets.map((bucket) => bucket.values[at] ?? null);
        return toNumber(as === 'line' ? (values.at(-1) ?? null) : sum(values));
      });
      for (const [at, total] of totals.entries()) setText(total, shown[at] ?? '');
      const summary = series.map(({ label }, at) => `${label} ${shown[at]}`).join(', ');
      plot.setAttribute('aria-label', `${title} over time: ${summary}. Use the arrow keys to read single values.`);
      showTip();
      draw();
    },
  };
}

const present = (values: readonly (number | null)[]) => values.filter((value) => value !== null);

const sum = (values: readonly (number | null)[]) => present(values).reduce((total, value) => total + value, 0);

/** Every bucket of the span, empty ones included. A line leaves the last one of a live span out: it is not full yet. */
function toBuckets(rows: readonly PanelRow[], series: readonly Figure[], span: Span, line: boolean): Bucket[] {
  const byTime = new Map(rows.map((row) => [Number(row['t']), row]));
  const end = line && span.live ? span.to - span.bucketMs : span.to;
  const buckets: Bucket[] = [];
  for (let t = span.from; t < end; t += span.bucketMs) {
    const row = byTime.get(t);
    buckets.push({ t, values: series.map((figure) => numberIn(row, figure)) });
  }
  return buckets;
}

const toY = (top: number) => linearScale([0, top], [TOP + PLOT_HEIGHT, TOP]);

function grid(top: number, width: number, toCompact: (value: number) => string): SVGElement[] {
  return quartersOf(top).flatMap((value, quarter) => {
    const y = toY(top)(value);
    const line = svg('line', { class: quarter === 0 ? 'base' : 'rule', x1: LEFT, x2: width - RIGHT, y1: y, y2: y });
    if (quarter % 2 === 1) return [line];
    return [line, svg('text', { class: 'tick', x: LEFT - 6, y: y + 4, 'text-anchor': 'end' }, toCompact(value))];
  });
}

function timeAxis(span: Span, step: number, buckets: readonly Bucket[], width: number): SVGElement[] {
  const spanMs = span.to - span.from;
  const every = toTimeStep((LABEL_WIDTH / step) * span.bucketMs, span.bucketMs);
  return buckets.flatMap(({ t }, at) => {
    // Counted from the epoch, so that labels move with their time and do not jump.
    if (t % every !== 0) return [];
    const x = LEFT + at * step;
    if (x > width - RIGHT - 30 || x < LEFT + 10) return [];
    return [svg('text', { class: 'tick', x, y: HEIGHT - 5, 'text-anchor': 'middle' }, toTick(t, spanMs))];
  });
}

function columns(series: readonly Figure[], buckets: readonly Bucket[], step: number, top: number): SVGElement[] {
  const gap = step > 4 ? 1 : 0;
  const paths = series.map(() => '');
  buckets.forEach(({ values }, at) => {
    let below = 0;
    values.forEach((value, of) => {
      if (value === null || value === 0) return;
      // At least 1.5 pixels, so that a single failure among thousands is visible.
      const height = Math.max(1.5, (value / top) * PLOT_HEIGHT);
      const y = TOP + PLOT_HEIGHT - below - height;
      paths[of] +=
        `M${toTenth(LEFT + at * step)} ${toTenth(y)}h${toTenth(step - gap)}v${toTenth(height)}h${toTenth(gap - step)}z`;
      below += height;
    });
  });
  return series.map(({ tone }, of) => svg('path', { class: `area tone-${tone}`, d: paths[of] ?? '' }));
}

function lines(series: readonly Figure[], buckets: readonly Bucket[], step: number, top: number): SVGElement[] {
  const bottom = TOP + PLOT_HEIGHT;
  return series.flatMap(({ tone }, of) => {
    const runs = toRuns(buckets.map(({ values }) => values[of] ?? null)).map((run) =>
      run.map(({ at, value }) => [toTenth(LEFT + (at + 0.5) * step), toTenth(toY(top)(value))] as const),
    );
    const under = runs.map(
      (run) => `M${run[0]?.[0]} ${bottom}L${run.map(([x, y]) => `${x} ${y}`).join('L')}V${bottom}z`,
    );
    // A value between two gaps is a short dash.
    const stroke = runs.map(
      (run) => `M${run.map(([x, y]) => `${x} ${y}`).join('L')}${run.length === 1 ? 'm-2 0h4' : ''}`,
    );
    return [
      svg('path', { class: `under tone-${tone}`, d: under.join('') }),
      svg('path', { class: `stroke tone-${tone}`, d: stroke.join('') }),
    ];
  });
}

interface Point {
  readonly at: number;
  readonly value: number;
}

/** The values without a gap between them: where there is no value the line breaks, since 0 would be another number. */
function toRuns(values: readonly (number | null)[]): readonly (readonly Point[])[] {
  const runs: Point[][] = [];
  values.forEach((value, at) => {
    if (value === null) return;
    const run = runs.at(-1);
    if (run?.at(-1)?.at === at - 1) run.push({ at, value });
    else runs.push([{ at, value }]);
  });
  return runs;
}
