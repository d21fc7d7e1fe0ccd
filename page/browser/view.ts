import { visible } from '../../core/visible';
import type { PanelRow } from '../../panels/panel';
import type { PanelView, Span } from '../overview-reply';
import { makeChart } from './chart';
import { toNumber, toPercent } from './format';
import { makeEvents, makeFigures, makeHeat, makeRanking, makeShare, type Rank } from './lists';

export interface View {
  readonly element: HTMLElement;
  show(rows: readonly PanelRow[], span: Span): void;
}

export function makeView(panel: PanelView): View {
  const { title } = panel;
  if (panel.kind === 'events') return makeEvents(title, panel.fields);
  const { by, figures, drawing } = panel;
  const heading = by.flatMap((split) => (split.by === 'field' ? [split.heading] : [])).join(' → ');
  const { column = 'events', label = '' } = figures[0] ?? {};
  switch (drawing.as) {
    case 'columns':
      return makeChart(title, 'columns', figures);
    case 'line':
    case 'lines':
      return makeChart(title, 'line', figures);
    case 'figures':
      return makeFigures(figures);
    case 'share':
      return makeShare(drawing.parts, column);
    case 'heat':
      return makeHeat(title, column);
    case 'funnel':
      return makeRanking(title, heading, label, (rows) => toSteps(rows, drawing.steps, column));
    case 'flow':
      return makeRanking(title, heading, label, (rows) => toPairs(rows, column));
    case 'ranking':
      return makeRanking(title, heading, label, (rows) =>
        rows.map((row) => ({ name: visible(String(row['label'])), value: Number(row[column]) })),
      );
  }
}

/** Every step in order, empty ones included, with its share of the first. */
function toSteps(
  rows: readonly PanelRow[],
  steps: readonly { readonly value: string; readonly label: string }[],
  column: string,
): readonly Rank[] {
  const values = steps.map(({ value }) => Number(rows.find(({ label }) => label === value)?.[column] ?? 0));
  if (rows.length === 0) return [];
  return steps.map(({ label }, at) => {
    const value = values[at] ?? 0;
    return { name: label, value, text: `${toNumber(value)} (${toPercent(value, values[0] ?? 0)})` };
  });
}

const MOST_PAIRS = 12;

function toPairs(rows: readonly PanelRow[], column: string): readonly Rank[] {
  return rows
    .map((row) => ({
      name: `${visible(String(row['from']))} → ${visible(String(row['to']))}`,
      value: Number(row[column]),
    }))
    .sort((a, b) => b.value - a.value)
    .slice(0, MOST_PAIRS);
}
