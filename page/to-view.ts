/** A panel as the local page draws it: only what its drawing needs. What the page would show wrongly is refused here. */
import { type CountPanel, type DataPanel, type FieldSplit, type Figure, faultOf, type Part } from '../panels/panel';
import { PanelError, unreachable } from '../panels/panel-error';
import { addsUp, type Unit, unitOf } from './measure';
import type { View } from './overview-reply';

/** @throws PanelError if the page cannot show the panel, or would show another number. */
export function toView(panel: DataPanel): View {
  if (panel.kind === 'events') return { as: 'events', fields: panel.fields };
  const fault = faultOf(panel);
  if (fault !== undefined) refuse(panel, fault);
  const { by, figures, drawing } = panel;
  switch (drawing.as) {
    case 'columns':
      return toColumns(panel);
    case 'line':
    case 'lines':
      return { as: 'line', figures, unit: toUnit(panel) };
    case 'figures':
      if (by.length > 0) refuse(panel, 'numbers side by side have no split');
      return { as: 'figures', figures };
    case 'ranking':
      return { as: 'ranking', by: toFields(panel, 'a ranking'), figures };
    case 'flow':
      return toFlow(panel);
    case 'funnel':
      return toFunnel(panel, drawing.steps);
    case 'share':
      return toShare(panel, drawing.parts);
    case 'heat':
      return toHeat(panel);
    default:
      return unreachable(drawing);
  }
}

function refuse(panel: CountPanel, why: string): never {
  throw new PanelError(panel, 'the local page', why);
}

/** The unit of a chart over time: its series share one axis. */
function toUnit(panel: CountPanel): Unit {
  const { by, figures } = panel;
  if (by.length !== 1 || by[0]?.by !== 'time') refuse(panel, 'a chart over time has exactly one split, by time');
  const [unit, ...others] = new Set(figures.map(({ measure }) => unitOf(measure)));
  if (unit === undefined || others.length > 0)
    refuse(panel, `a chart has one axis, and its figures have different units: ${[unit, ...others].join(', ')}`);
  return unit;
}

/** Columns are stacked, and the legend shows their totals. */
function toColumns(panel: CountPanel): View {
  const { figures } = panel;
  const unit = toUnit(panel);
  const other = figures.find(({ measure }) => !addsUp(measure));
  if (other !== undefined) refuse(panel, `columns have a total, and the numbers of “${other.label}” do not add up`);
  return { as: 'columns', figures, unit };
}

function toFlow(panel: CountPanel): View {
  const [from, to, ...others] = toFields(panel, 'a flow');
  if (from === undefined || to === undefined || others.length > 0) refuse(panel, 'a flow is split by two fields');
  return { as: 'flow', by: [from, to], figure: toFigure(panel, 'a flow') };
}

function toFunnel(panel: CountPanel, steps: readonly Part[]): View {
  const [by, ...others] = toFields(panel, 'a funnel');
  if (by === undefined || others.length > 0) refuse(panel, 'a funnel is split by one field');
  const figure = toFigure(panel, 'a funnel');
  const { kind } = figure.measure;
  if (kind === 'percentile' || kind === 'share')
    refuse(panel, `a funnel shows each step as a share of the first, which a ${kind} cannot be`);
  return { as: 'funnel', by, steps: toParts(panel, steps), figure };
}

function toShare(panel: CountPanel, parts: readonly Part[]): View {
  const [by, ...others] = panel.by;
  if (by === undefined || by.by === 'time' || others.length > 0)
    refuse(panel, 'a bar of shares has one split, and not by time');
  const figure = toFigure(panel, 'a bar of shares');
  if (!addsUp(figure.measure))
    refuse(panel, `parts add up to a whole, and the numbers of “${figure.label}” do not add up`);
  return { as: 'share', by, parts: toParts(panel, parts), figure };
}

function toHeat(panel: CountPanel): View {
  const isByHours = panel.by.length === 2 && panel.by.every(({ by }) => by === 'weekday' || by === 'hour');
  if (!isByHours) refuse(panel, 'a heat map is split by weekday and hour');
  return { as: 'heat', figure: toFigure(panel, 'a heat map') };
}

function toFields(panel: CountPanel, name: string): readonly FieldSplit[] {
  const fields = panel.by.filter((split) => split.by === 'field');
  if (fields.length === 0 || fields.length < panel.by.length) refuse(panel, `${name} is split by fields`);
  return fields;
}

function toFigure(panel: CountPanel, name: string): Figure {
  const [figure, ...others] = panel.figures;
  if (figure === undefined || others.length > 0) refuse(panel, `${name} has one figure`);
  return figure;
}

function toParts(panel: CountPanel, parts: readonly Part[]): readonly Part[] {
  const values = new Set(parts.map(({ value }) => value));
  if (parts.length === 0 || values.size < parts.length) refuse(panel, 'it has to list its parts, each once');
  return parts;
}
