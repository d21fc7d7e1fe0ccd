/** Panels without a time axis: figures, shares, rankings, heat maps, recent events. */

import { visible } from '../../core/visible';
import type { Figure, PanelRow, Part } from '../../panels/panel';
import { html, setText } from './dom';
import { toClock, toMoment, toNumber, toPercent } from './format';

export interface List {
  readonly element: HTMLElement;
  show(rows: readonly PanelRow[]): void;
}

export function makeFigures(series: readonly Figure[]): List {
  const values = series.map(() => html('dd', {}, '0'));
  const element = html(
    'dl',
    { class: 'figures' },
    ...series.map(({ label, tone }, at) => html('div', { class: `tone-${tone}` }, html('dt', {}, label), values[at])),
  );
  const show = ([row]: readonly PanelRow[]) => {
    series.forEach(({ column, tone }, at) => {
      const value = Number(row?.[column] ?? 0);
      const figure = values[at];
      if (figure === undefined) return;
      setText(figure, toNumber(value));
      figure.classList.toggle('alarm', tone === 'bad' && value > 0);
    });
  };
  return { element, show };
}

/** @param column the row's column with the number; `label` says which part it is. */
export function makeShare(shares: readonly Part[], column: string): List {
  const parts = shares.map(({ tone }) => html('i', { class: `tone-${tone}` }));
  const texts = shares.map(() => html('b'));
  const bar = html('div', { class: 'share', 'aria-hidden': 'true' }, ...parts);
  const legend = shares.map(({ label, tone }, at) =>
    html('li', { class: `tone-${tone}` }, html('i'), label, ' ', texts[at]),
  );
  const show = (rows: readonly PanelRow[]) => {
    const values = shares.map(({ value }) => Number(rows.find(({ label }) => label === value)?.[column] ?? 0));
    const all = values.reduce((total, value) => total + value, 0);
    values.forEach((value, at) => {
      parts[at]?.style.setProperty('flex-grow', String(value));
      const text = texts[at];
      if (text !== undefined) setText(text, `${toNumber(value)} (${toPercent(value, all)})`);
    });
    bar.classList.toggle('empty', all === 0);
  };
  return { element: html('div', { class: 'shares' }, bar, html('ul', { class: 'legend' }, ...legend)), show };
}

/** One line of a ranking. Its bar is as long as its value. */
export interface Rank {
  readonly name: string;
  readonly value: number;
  /** Shown beside the bar. @default the value */
  readonly text?: string;
}

/** @param counted what the values count: `page views`. */
export function makeRanking(
  title: string,
  heading: string,
  counted: string,
  toRanks: (rows: readonly PanelRow[]) => readonly Rank[],
): List {
  const body = html('tbody');
  const heads = [
    html('th', { scope: 'col' }, heading),
    html('th', { scope: 'col', class: 'number' }, counted.charAt(0).toUpperCase() + counted.slice(1)),
  ];
  const element = html(
    'table',
    { class: 'ranking' },
    html('caption', { class: 'unseen' }, title),
    html('thead', {}, html('tr', {}, ...heads)),
    body,
  );
  const show = (rows: readonly PanelRow[]) => {
    const ranks = toRanks(rows);
    const most = Math.max(1, ...ranks.map(({ value }) => value));
    const lines = ranks.map(({ name, value, text }) => {
      const bar = html('i', { class: 'bar' });
      bar.style.width = `${(100 * value) / most}%`;
      return html(
        'tr',
        {},
        html('th', { scope: 'row', title: name }, bar, html('span', { class: 'name' }, name)),
        html('td', { class: 'number' }, text ?? toNumber(value)),
      );
    });
    body.replaceChildren(...(lines.length > 0 ? lines : [nothing(2)]));
  };
  return { element, show };
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** Hours by weekday; darker means more. @param column the row's column with the number; `weekday` and `hour` say which cell. */
export function makeHeat(title: string, column: string): List {
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
    const values = new Map(rows.map((row) => [`${row['weekday']} ${row['hour']}`, Number(row[column])]));
    const most = Math.max(1, ...values.values());
    for (const [key, cell] of cells) {
      const value = values.get(key) ?? 0;
      cell.style.setProperty('--share', `${Math.round((100 * value) / most)}%`);
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
    const status = String(value ?? '–');
    return html('td', {}, html('span', { class: `status is-${status.charAt(0)}` }, status));
  }
  const words = typeof value === 'boolean' ? (value ? 'yes' : '') : value === null ? '–' : visible(String(value));
  const text = field === 'action' ? words.replaceAll('_', ' ') : words;
  return html('td', { class: `field-${field}`, title: text }, text);
}

function nothing(columns: number): HTMLElement {
  return html('tr', { class: 'nothing' }, html('td', { colspan: columns }, 'No events in this range'));
}
