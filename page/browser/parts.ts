/** A split's rows as the parts that a panel names: the steps of a funnel, the parts of a whole. */
import { columnOf, type Figure, type PanelRow, type Part, type Split } from '../../panels/panel';
import { numberIn } from '../measure';

const valueIn = (row: PanelRow, by: Split) => String(row[columnOf(by)]);

export const isPartOf = (parts: readonly Part[], by: Split, row: PanelRow) =>
  parts.some(({ value }) => value === valueIn(row, by));

/** The part's number. A part without a row has no events, unless the rows are as many as the split has at most: then nobody knows. */
export function numberOfPart(rows: readonly PanelRow[], by: Split, { value }: Part, figure: Figure): number | null {
  const row = rows.find((each) => valueIn(each, by) === value);
  const isCut = by.by === 'field' && rows.length >= by.size;
  return row === undefined && isCut ? null : numberIn(row, figure);
}
