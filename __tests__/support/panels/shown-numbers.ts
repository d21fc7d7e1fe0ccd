/** The numbers that the local page shows of a panel, read from the browser, and those that its rows have. */
import type { Page as Tab } from 'playwright-core';
import type { Span } from '../../../page/overview-reply';
import { type CountPanel, columnOf, type Figure, type PanelRow, type Part } from '../../../panels/panel';
import { unitInWords } from './random-panels';

/** The texts of each panel by their places: `p99` of the legend, `/a/ | number 1` of a table, `Mon 13:00` of a heat map. */
type Shown = Readonly<Record<string, Readonly<Record<string, string>>>>;

const READER = `(() => {
  const text = (element) => element?.textContent ?? '';
  const all = (element, selector) => [...element.querySelectorAll(selector)];
  const press = (plot, key) => plot.dispatchEvent(new KeyboardEvent('keydown', { key }));
  const withoutNumber = (item) => text(item).slice(0, -text(item.querySelector('b')).length).trim();
  const found = {};
  for (const section of all(document, '[data-panel]')) {
    const shown = {};
    const put = (place, value) => { shown[place in shown ? 'twice ' + place : place] = value; };
    for (const item of all(section, '.figures div')) put(text(item.querySelector('dt')), text(item.querySelector('dd')));
    for (const item of all(section, '.legend li:not([hidden])')) put(withoutNumber(item), text(item.querySelector('b')));
    const heads = all(section, '.ranking thead th').map(text);
    for (const row of all(section, '.ranking tbody tr:not(.nothing)')) {
      const name = text(row.querySelector('th'));
      all(row, 'td').forEach((cell, at) => put(name === '' ? 'note' : name + ' | ' + heads[at + 1], text(cell)));
    }
    for (const cell of all(section, '.heat td[title]')) put(...cell.title.split(': '));
    const plot = section.querySelector('.plot');
    if (plot !== null) {
      const tip = section.querySelector('.tip');
      press(plot, 'ArrowRight');
      // At the first bucket the key moves no further.
      for (let back = 0, moment = ''; moment !== text(tip.firstChild); back++) {
        moment = text(tip.firstChild);
        for (const item of all(tip, 'li')) put(back + ' back: ' + withoutNumber(item), text(item.querySelector('b')));
        press(plot, 'ArrowLeft');
      }
    }
    found[section.dataset.panel] = shown;
  }
  return found;
})()`;

export const readPage = (tab: Tab): Promise<Shown> => tab.evaluate(READER) as Promise<Shown>;

interface Expected {
  readonly place: string;
  readonly value: number | null;
  readonly figure: Figure;
  /** What the page adds in brackets. */
  readonly share?: number | null;
}

/** The places of a panel where the page shows another number than its rows have, or none, or one that is not there. */
export function differencesOnPage(
  panel: CountPanel,
  rows: readonly PanelRow[],
  span: Span,
  shown: Shown,
): readonly unknown[] {
  const texts = { ...shown[panel.id] };
  const expected = expectedOf(panel, rows, span);
  const wrong = expected.filter(({ place, ...number }) => !isText(texts[place], number));
  const hidden = panel.drawing.as === 'flow' ? rows.length - MOST_PAIRS : 0;
  const note = hidden > 0 ? `and ${hidden} more` : undefined;
  const known = new Set(expected.map(({ place }) => place));
  const surplus = Object.keys(texts).filter((place) => place !== 'note' && !known.has(place));
  return [
    ...wrong.map((number) => ({ panel: panel.id, as: panel.drawing.as, number, found: texts[number.place] })),
    ...surplus.map((place) => ({ panel: panel.id, surplus: place, text: texts[place] })),
    ...(texts['note'] === note ? [] : [{ panel: panel.id, note: texts['note'], expected: note }]),
  ];
}

const MOST_PAIRS = 12;

function expectedOf(panel: CountPanel, rows: readonly PanelRow[], span: Span): readonly Expected[] {
  const { by, figures, drawing } = panel;
  switch (drawing.as) {
    case 'columns':
    case 'line':
    case 'lines':
      return overTime(panel, rows, span);
    case 'figures':
      return figures.map((figure) => ({ place: figure.label, figure, value: numberOf(figure, rows[0]) }));
    case 'ranking':
      return rows.flatMap((row) =>
        named(
          row,
          by
            .map(columnOf)
            .map((column) => row[column])
            .join(' · '),
          figures,
        ),
      );
    case 'flow':
      return [...rows]
        .sort((one, other) => Number(other[figures[0]?.column ?? '']) - Number(one[figures[0]?.column ?? '']))
        .slice(0, MOST_PAIRS)
        .flatMap((row) => named(row, `${row['from']} → ${row['to']}`, figures));
    case 'funnel':
      return rows.length === 0 ? [] : ofParts(panel, rows, drawing.steps);
    case 'share':
      return ofParts(panel, rows, drawing.parts);
    case 'heat':
      return ofHours(panel, rows);
  }
}

const named = (row: PanelRow, name: string, figures: readonly Figure[]): readonly Expected[] =>
  figures.map((figure) => ({
    place: `${name.replaceAll('\t', '\\u{9}')} | ${capital(figure.label)}`,
    figure,
    value: numberOf(figure, row),
  }));

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Without events there are 0 of something, but there is no percentile and no share. */
function numberOf({ column, measure }: Figure, row: PanelRow | undefined): number | null {
  if (row === undefined) return measure.kind === 'percentile' || measure.kind === 'share' ? null : 0;
  return row[column] as number | null;
}

function overTime({ figures, drawing }: CountPanel, rows: readonly PanelRow[], span: Span): readonly Expected[] {
  const isLine = drawing.as !== 'columns';
  const moments: number[] = [];
  for (let t = span.from; t < span.to; t += span.bucketMs) moments.push(t);
  // A line ends with the last full bucket.
  const shown = (isLine ? moments.filter((t) => t + span.bucketMs <= span.to) : moments).reverse();
  const at = (figure: Figure, t: number | undefined) =>
    numberOf(
      figure,
      rows.find((row) => row['t'] === t),
    );
  return figures.flatMap((figure) => {
    const total = rows.reduce((sum, row) => sum + Number(row[figure.column]), 0);
    return [
      { place: figure.label, figure, value: isLine ? at(figure, shown[0]) : total },
      ...shown.map((t, back) => ({ place: `${back} back: ${figure.label}`, figure, value: at(figure, t) })),
    ];
  });
}

function ofParts(panel: CountPanel, rows: readonly PanelRow[], parts: readonly Part[]): readonly Expected[] {
  const [figure] = panel.figures as readonly [Figure];
  const [split] = panel.by as readonly [CountPanel['by'][number]];
  const column = columnOf(split);
  const isFull = split.by === 'field' && rows.length === split.size;
  const values = parts.map(({ value }) => {
    const row = rows.find((each) => String(each[column]) === value);
    return row === undefined && isFull ? null : numberOf(figure, row);
  });
  const isFunnel = panel.drawing.as === 'funnel';
  const total = rows.reduce((sum, row) => sum + Number(row[figure.column]), 0);
  const whole = isFunnel ? values[0] : total;
  const others = rows
    .filter((row) => parts.every(({ value }) => value !== String(row[column])))
    .reduce((sum, row) => sum + Number(row[figure.column]), 0);
  const all = [
    ...parts.map(({ label }, at) => ({ label, value: values[at] ?? null })),
    ...(isFunnel || others === 0 ? [] : [{ label: 'other', value: others }]),
  ];
  return all.map(({ label, value }) => ({
    place: isFunnel ? `${label} | ${capital(figure.label)}` : label,
    figure,
    value,
    ...(value === null ? {} : { share: whole ? value / whole : null }),
  }));
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function ofHours({ figures }: CountPanel, rows: readonly PanelRow[]): readonly Expected[] {
  const [figure] = figures as readonly [Figure];
  return DAYS.flatMap((name, day) =>
    Array.from({ length: 24 }, (_, hour) => {
      const row = rows.find((each) => each['weekday'] === day + 1 && each['hour'] === hour);
      return { place: `${name} ${hour}:00`, figure, value: numberOf(figure, row) };
    }),
  );
}

/** Whether the text is this number, as exactly as the page writes it, with its unit. */
function isText(text: string | undefined, { value, figure, share }: Omit<Expected, 'place'>): boolean {
  if (text === undefined) return false;
  const [number = '', inBrackets] = text.split(/ \((.*)\)$/);
  if (share !== undefined && !isNumber(inBrackets ?? 'nothing', share, '%')) return false;
  return (share !== undefined || inBrackets === undefined) && isNumber(number, value, unitInWords(figure.measure));
}

const FACTORS: Readonly<Record<string, number>> = { '%': 0.01, B: 1, kB: 1e3, MB: 1e6, GB: 1e9, '': 1 };

function isNumber(text: string, value: number | null, unit: string): boolean {
  if (value === null || text === '–') return value === null && text === '–';
  const [, small, digits = '', written = ''] = /^(<?)([\d,.]+) ?(.*)$/.exec(text) ?? [];
  const factor = FACTORS[written];
  if (factor === undefined || written.slice(-1) !== unit) return false;
  const number = Number(digits.replaceAll(',', '')) * factor;
  if (small === '<') return value > 0 && value < number;
  // Two digits, or a tenth of a per cent.
  return Math.abs(number - value) <= Math.max(0.05 * value, unit === '%' ? 0.0005 : 0) + 1e-9;
}
