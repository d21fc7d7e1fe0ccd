/** Panels that are neither charts nor rankings: figures, shares, heat maps, recent events. */
import { visible } from '../../core/visible';
import type { Figure, PanelRow } from '../../panels/panel';
import { numberIn, unitOf } from '../measure';
import type { ViewAs } from '../overview-reply';
import { html, setText } from './dom';
import { NONE, toClock, toMoment, toPercent } from './format';
import { formatOf } from './measure';
import { isPartOf, numberOfPart } from './parts';

export interface List {
  readonly element: HTMLElement;
  show(rows: readonly PanelRow[]): void;
}

export function makeFigures(series: readonly Figure[]): List {
  const values = series.map(() => html('dd'));
  const element = html(
    'dl',
    { class: 'figures' },
    ...series.map(({ label, tone }, at) => html('div', { class: `tone-${tone}` }, html('dt', {}, label), values[at])),
  );
  const show = ([row]: readonly PanelRow[]) => {
    series.forEach((figure, at) => {
      const element = values[at];
      if (element === undefined) return;
      const value = numberIn(row, figure);
      setText(element, formatOf(unitOf(figure.measure)).toNumber(value));
      element.classList.toggle('alarm', figure.tone === 'bad' && value !== null && value > 0);
    });
  };
  return { element, show };
}

/** Shares of all that the rows have; what belongs to none of the parts is a part of its own, as long as there is any. */
export function makeShare({ by, parts: named, figure }: ViewAs<'share'>): List {
  const { toNumber } = formatOf(unitOf(figure.measure));
  const parts = [...named, { label: 'other', tone: 'quiet' }].map(({ label, tone }) => {
    const bar = html('i', { class: `tone-${tone}` });
    const text = html('b');
    return { bar, text, item: html('li', { class: `tone-${tone}` }, html('i'), label, ' ', text) };
  });
  const show = (rows: readonly PanelRow[]) => {
    const other = sum(rows.filter((row) => !isPartOf(named, by, row)).map((row) => numberIn(row, figure)));
    const values = [...named.map((part) => numberOfPart(rows, by, part, figure)), other];
    const all = sum(values);
    parts.forEach(({ bar, text, item }, at) => {
      const value = values[at] ?? null;
      bar.style.setProperty('flex-grow', String(value ?? 0));
      setText(text, value === null ? NONE : `${toNumber(value)} (${toPercent(value, all)})`);
      item.hidden = bar.hidden = at === named.length && value === 0;
    });
  };
  const bar = html('div', { class: 'share', 'aria-hidden': 'true' }, ...parts.map((part) => part.bar));
  const legend = html('ul', { class: 'legend' }, ...parts.map(({ item }) => item));
  return { element: html('div', { class: 'shares' }, bar, legend), show };
}

const sum = (values: readonly (number | null)[]) => values.reduce<number>((total, value) => total + (value ?? 0), 0);

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** Hours by weekday; darker means more. */
export function makeHeat(title: string, figure: Figure): List {
  const { toNumber } = formatOf(unitOf(figure.measure));
  const cells = new Map<string, HTMLElement>();
  const lines = WEEKDAYS.map((name, day) => {
    const fields = HOURS.map((hour) => {
      const cell = html('td');
      cells.set(`${day + 1} ${hour}`, cell);
      return cell;
    });
    return html('tr', {}, html('th', { scope: 'row' }, name), ...fields);
  });
  const heads = HOURS.map((hour) => html('th', { scope: 'col' }, hour % 3 === 0 ? String(hour) : ''));
  const element = html(
    'table',
    { class: 'heat' },
    html('caption', { class: 'unseen' }, title),
    html('thead', {}, html('tr', {}, html('td'), ...heads)),
    html('tbody', {}, ...lines),
  );
  const show = (rows: readonly PanelRow[]) => {
    const byCell = new Map(rows.map((row) => [`${row['weekday']} ${row['hour']}`, row]));
    const values = rows.map((row) => numberIn(row, figure) ?? 0);
    const most = Math.max(1, ...values);
    for (const [key, cell] of cells) {
      const value = numberIn(byCell.get(key), figure);
      cell.style.setProperty('--share', `${Math.round((100 * (value ?? 0)) / most)}%`);
      const [day, hour] = key.split(' ');
      cell.title = `${WEEKDAYS[Number(day) - 1]} ${hour}:00: ${toNumber(value)}`;
    }
  };
  return { element, show };
}

/** Column headings; other fields show their names. */
const HEADINGS: Readonly<Record<string, string>> = {
  username: 'User',
  response: 'Status',
  is_bot: 'Bot',
  referer_page: 'Previous page',
};

/** @param fields the columns after the time. */
export function makeEvents(title: string, fields: readonly string[]): List {
  const body = html('tbody');
  const names = fields.map((field) => HEADINGS[field] ?? field.charAt(0).toUpperCase() + field.slice(1));
  const heads = ['Time', ...names].map((name, at) =>
    html('th', { scope: 'col', class: at === 0 ? 'when' : `field-${fields[at - 1]}` }, name),
  );
  const table = html(
    'table',
    { class: 'events' },
    html('caption', { class: 'unseen' }, title),
    html('thead', {}, html('tr', {}, ...heads)),
    body,
  );
  const show = (rows: readonly PanelRow[]) => {
    const lines = rows.map((row) => toEventLine(row, fields));
    body.replaceChildren(...(lines.length > 0 ? lines : [nothing(fields.length + 1)]));
  };
  // Wider than a phone: scrolls inside its panel, by keyboard too.
  return { element: html('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': title }, table), show };
}

function toEventLine(row: PanelRow, fields: readonly string[]): HTMLElement {
  const moment = Number(row['t']);
  const day = new Date(moment).toDateString() === new Date().toDateString();
  const time = html('time', { datetime: new Date(moment).toISOString() }, (day ? toClock : toMoment)(moment));
  const cells = fields.map((field) => toEventCell(field, row[field] ?? null));
  return html('tr', {}, html('td', { class: 'when' }, time), ...cells);
}

function toEventCell(field: string, value: PanelRow[string]): HTMLElement {
  if (field === 'response') {
    const status = String(value ?? NONE);
    return html('td', {}, html('span', { class: `status is-${status.charAt(0)}` }, status));
  }
  const words = typeof value === 'boolean' ? (value ? 'yes' : '') : value === null ? NONE : visible(String(value));
  const text = field === 'action' ? words.replaceAll('_', ' ') : words;
  return html('td', { class: `field-${field}`, title: text }, text);
}

/** The only row of a table without rows. */
export function nothing(columns: number): HTMLElement {
  return html('tr', { class: 'nothing' }, html('td', { colspan: columns }, 'No events in this range'));
}
