/** Panels without a time axis: figures, shares, rankings, the last events. */
import type { PanelRow } from '../overview-reply';
import type { Series } from '../panels';
import { html, setText } from './dom';
import { toClock, toMoment, toNumber, toPercent, visible } from './format';

export interface List {
  readonly element: HTMLElement;
  show(rows: readonly PanelRow[]): void;
}

export function makeFigures(series: readonly Series[]): List {
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

export function makeShare(series: readonly Series[]): List {
  const parts = series.map(({ tone }) => html('i', { class: `tone-${tone}` }));
  const texts = series.map(() => html('b'));
  const bar = html('div', { class: 'share', 'aria-hidden': 'true' }, ...parts);
  const legend = series.map(({ label, tone }, at) =>
    html('li', { class: `tone-${tone}` }, html('i'), label, ' ', texts[at]),
  );
  const show = ([row]: readonly PanelRow[]) => {
    const values = series.map(({ column }) => Number(row?.[column] ?? 0));
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

export function makeRanking(title: string, of: string): List {
  const body = html('tbody');
  const element = html(
    'table',
    { class: 'ranking' },
    html('caption', { class: 'unseen' }, title),
    html(
      'thead',
      {},
      html('tr', {}, html('th', { scope: 'col' }, of), html('th', { scope: 'col', class: 'number' }, 'Requests')),
    ),
    body,
  );
  const show = (rows: readonly PanelRow[]) => {
    const most = Math.max(1, ...rows.map(({ events }) => Number(events)));
    const lines = rows.map(({ label, events }) => {
      const bar = html('i', { class: 'bar' });
      bar.style.width = `${(100 * Number(events)) / most}%`;
      const name = visible(String(label));
      return html(
        'tr',
        {},
        html('th', { scope: 'row', title: name }, bar, html('span', { class: 'name' }, name)),
        html('td', { class: 'number' }, toNumber(Number(events))),
      );
    });
    body.replaceChildren(...(lines.length > 0 ? lines : [nothing(2)]));
  };
  return { element, show };
}

const EVENT_COLUMNS = ['Time', 'User', 'Request', 'Status', 'Action', 'Browser'];

export function makeEvents(title: string): List {
  const body = html('tbody');
  const heads = EVENT_COLUMNS.map((name) => html('th', { scope: 'col' }, name));
  const table = html(
    'table',
    { class: 'events' },
    html('caption', { class: 'unseen' }, title),
    html('thead', {}, html('tr', {}, ...heads)),
    body,
  );
  const show = (rows: readonly PanelRow[]) => {
    body.replaceChildren(...(rows.length > 0 ? rows.map(toEventLine) : [nothing(EVENT_COLUMNS.length)]));
  };
  // Wider than a phone: it scrolls by itself, by keyboard too.
  return { element: html('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': title }, table), show };
}

function toEventLine({ at, user, request, status, action, browser, bot }: PanelRow): HTMLElement {
  const moment = Number(at);
  const day = new Date(moment).toDateString() === new Date().toDateString();
  const text = (value: PanelRow[string] | undefined) => (typeof value === 'string' ? visible(value) : '–');
  const asked = text(request);
  return html(
    'tr',
    {},
    html(
      'td',
      { class: 'when' },
      html('time', { datetime: new Date(moment).toISOString() }, (day ? toClock : toMoment)(moment)),
    ),
    html('td', { class: 'who', title: text(user) }, text(user)),
    html('td', { class: 'what', title: asked }, asked),
    html(
      'td',
      {},
      html('span', { class: `status is-${String(status).charAt(0)}` }, status === null ? '–' : String(status)),
    ),
    html('td', {}, text(action).replaceAll('_', ' ')),
    html('td', {}, `${text(browser)}${bot === true ? ' (bot)' : ''}`),
  );
}

function nothing(columns: number): HTMLElement {
  return html('tr', { class: 'nothing' }, html('td', { colspan: columns }, 'nothing in this range'));
}
