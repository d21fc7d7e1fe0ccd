/** Panels whose rows are a table with bars: rankings, funnels, the ways from page to page. */
import { visible } from '../../core/visible';
import { columnOf, type FieldSplit, type Figure, type PanelRow } from '../../panels/panel';
import { numberIn, unitOf } from '../measure';
import type { ViewAs } from '../overview-reply';
import { html } from './dom';
import { NONE, toPercent } from './format';
import { type List, nothing } from './lists';
import { formatOf } from './measure';
import { numberOfPart } from './parts';

/** One line of the table. */
interface Rank {
  readonly name: string;
  /** Length of the bar. */
  readonly value: number | null;
  /** One for each column of numbers. */
  readonly texts: readonly string[];
}

interface Ranks {
  readonly title: string;
  /** Above the names. */
  readonly heading: string;
  readonly figures: readonly Figure[];
  readonly toRanks: (rows: readonly PanelRow[]) => readonly Rank[];
  /** Shows only the first so many, and says how many more there are. */
  readonly most?: number;
}

export function makeRanking(title: string, { by, figures }: ViewAs<'ranking'>): List {
  return makeRanks({
    title,
    heading: toHeading(by, ' · '),
    figures,
    toRanks: (rows) => toRanks(rows, by, ' · ', figures),
  });
}

/** Every step in order, empty ones included, with its share of the first. */
export function makeFunnel(title: string, { by, steps, figure }: ViewAs<'funnel'>): List {
  const { toNumber } = formatOf(unitOf(figure.measure));
  const toText = (value: number, first: number | null) =>
    `${toNumber(value)} (${first === null ? NONE : toPercent(value, first)})`;
  const toSteps = (rows: readonly PanelRow[]) => {
    if (rows.length === 0) return [];
    const values = steps.map((step) => numberOfPart(rows, by, step, figure));
    return steps.map(({ label }, at) => {
      const value = values[at] ?? null;
      return { name: label, value, texts: [value === null ? NONE : toText(value, values[0] ?? null)] };
    });
  };
  return makeRanks({ title, heading: by.heading, figures: [figure], toRanks: toSteps });
}

const MOST_PAIRS = 12;

/** The most frequent pairs. */
export function makePairs(title: string, { by, figure }: ViewAs<'flow'>): List {
  const toPairs = (rows: readonly PanelRow[]) =>
    toRanks(rows, by, ' → ', [figure]).sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  return makeRanks({ title, heading: toHeading(by, ' → '), figures: [figure], toRanks: toPairs, most: MOST_PAIRS });
}

const toHeading = (by: readonly FieldSplit[], between: string) => by.map(({ heading }) => heading).join(between);

function toRanks(
  rows: readonly PanelRow[],
  by: readonly FieldSplit[],
  between: string,
  figures: readonly Figure[],
): Rank[] {
  return rows.map((row) => {
    const values = figures.map((figure) => numberIn(row, figure));
    return {
      name: by.map((split) => visible(String(row[columnOf(split)]))).join(between),
      value: values[0] ?? null,
      texts: figures.map(({ measure }, at) => formatOf(unitOf(measure)).toNumber(values[at] ?? null)),
    };
  });
}

function makeRanks({ title, heading, figures, toRanks, most = Number.POSITIVE_INFINITY }: Ranks): List {
  const body = html('tbody');
  const heads = figures.map(({ label }) =>
    html('th', { scope: 'col', class: 'number' }, label.charAt(0).toUpperCase() + label.slice(1)),
  );
  const element = html(
    'table',
    { class: figures.length > 1 ? 'ranking several' : 'ranking' },
    html('caption', { class: 'unseen' }, title),
    html('thead', {}, html('tr', {}, html('th', { scope: 'col' }, heading), ...heads)),
    body,
  );
  const show = (rows: readonly PanelRow[]) => {
    const all = toRanks(rows);
    const ranks = all.slice(0, most);
    const longest = Math.max(1, ...ranks.map(({ value }) => value ?? 0));
    const lines = ranks.map((rank) => toLine(rank, longest));
    const width = 1 + figures.length;
    if (all.length === 0) lines.push(nothing(width));
    if (all.length > ranks.length) lines.push(toRest(width, all.length - ranks.length));
    body.replaceChildren(...lines);
  };
  return { element, show };
}

function toLine({ name, value, texts }: Rank, longest: number): HTMLElement {
  const bar = html('i', { class: 'bar' });
  bar.style.width = `${(100 * (value ?? 0)) / longest}%`;
  return html(
    'tr',
    {},
    html('th', { scope: 'row', title: name }, bar, name),
    ...texts.map((text) => html('td', { class: 'number' }, text)),
  );
}

function toRest(columns: number, count: number): HTMLElement {
  return html('tr', { class: 'rest' }, html('td', { colspan: columns }, `and ${count} more`));
}
