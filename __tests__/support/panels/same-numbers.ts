/** Holds the numbers of a search engine against those of the embedded store: exactly, but for what an engine estimates. */
import {
  type CountPanel,
  columnOf,
  type Figure,
  type PanelRange,
  type PanelRow,
  type Split,
} from '../../../panels/panel';
import type { DuckDbStore } from '../../../store/duckdb/store';
import { toSql } from '../../../store/duckdb/to-sql';
import type { Drawn } from './kibana-requests';

/** A number as it has to be: exact, or between two. */
interface Expected {
  readonly keys: Readonly<Record<string, string>>;
  readonly label: string;
  readonly value: number | null;
  readonly least: number;
  readonly most: number;
}

export async function rowsInDuckDb(
  store: DuckDbStore,
  panel: CountPanel,
  range: PanelRange,
): Promise<readonly PanelRow[]> {
  const { from, to, bucketMs: bucket } = range;
  return (await store.query(toSql(panel), { from, to, bucket })) as readonly PanelRow[];
}

/** The panel's numbers in the embedded store, by the headings that dashboards have. */
export async function numbersInDuckDb(
  store: DuckDbStore,
  panel: CountPanel,
  range: PanelRange,
): Promise<readonly Expected[]> {
  const { from, to, bucketMs: bucket } = range;
  const rows = await rowsInDuckDb(store, panel, range);
  // The same rows with all values in order in the place of each percentile: between which of them it may be.
  const listed = toSql(panel).replace(
    /quantile_cont\(("[^"]+"), [\d.]+\)/g,
    `string_agg($1::VARCHAR, ',' ORDER BY $1)`,
  );
  const lists = await store.query(listed, { from, to, bucket });
  return rows.flatMap((row, at) => {
    const keys = Object.fromEntries(panel.by.map((split) => [headingOf(panel, split), String(row[columnOf(split)])]));
    return panel.figures.map((figure) => {
      const value = row[figure.column] as number | null;
      return {
        keys,
        label: isFlow(panel) ? '' : figure.label,
        value,
        ...boundsOf(figure, value, lists[at]?.[figure.column]),
      };
    });
  });
}

/** A flow has the columns' names in its specification, and no label. */
const isFlow = ({ drawing, figures }: CountPanel) => drawing.as === 'flow' && figures.length === 1;

function headingOf(panel: CountPanel, split: Split): string {
  if (split.by !== 'field') return split.by;
  return isFlow(panel) ? split.column : split.heading;
}

/** A panel's rows as drawn numbers. */
export const toDrawn = (panel: CountPanel, rows: readonly PanelRow[]): readonly Drawn[] =>
  rows.flatMap((row) => {
    const keys = panel.by.map((split) => [headingOf(panel, split), String(row[columnOf(split)])]);
    return panel.figures.map(({ column, label }) => ({
      keys: Object.fromEntries(keys),
      label: isFlow(panel) ? '' : label,
      value: row[column] as number | null,
    }));
  });

function boundsOf({ measure }: Figure, value: number | null, list: unknown): Pick<Expected, 'least' | 'most'> {
  const number = value ?? 0;
  switch (measure.kind) {
    case 'distinct':
      return { least: Math.floor(0.99 * number), most: Math.ceil(1.01 * number) };
    case 'percentile': {
      if (value === null) return { least: 0, most: 0 };
      const values = String(list).split(',').map(Number);
      const place = (percent: number) => (percent / 100) * (values.length - 1);
      const within = (index: number) => values[Math.max(0, Math.min(values.length - 1, index))] ?? Number.NaN;
      // The engines keep a sketch, and interpolate between two values by another rule.
      return {
        least: within(Math.floor(place(measure.percent - 3)) - 1) * (1 - 1e-12),
        most: within(Math.ceil(place(measure.percent + 3)) + 1) * (1 + 1e-12),
      };
    }
    default:
      // A quotient may be computed in another order.
      return { least: number * (1 - 1e-12), most: number * (1 + 1e-12) };
  }
}

/** The drawn numbers that differ; none: all that the panel says is drawn, and nothing else. */
export function differences(expected: readonly Expected[], drawn: readonly Drawn[]): readonly unknown[] {
  const found = new Map(drawn.map((each) => [nameOf(each), each.value]));
  const known = new Set(expected.map(nameOf));
  const wrong = expected.filter(({ value, least, most, ...key }) => {
    const seen = found.get(nameOf(key)) ?? null;
    // What has no events may be drawn as 0, or not at all.
    if (value === null || seen === null) return (value ?? 0) !== 0 || (seen ?? 0) !== 0;
    return !(least <= seen && seen <= most);
  });
  const surplus = drawn.filter((each) => !known.has(nameOf(each)) && (each.value ?? 0) !== 0);
  return [
    ...wrong.map((each) => ({ expected: each, found: found.get(nameOf(each)) })),
    ...surplus.map((each) => ({ surplus: each })),
    ...(found.size === drawn.length ? [] : [{ twice: drawn }]),
  ];
}

const nameOf = ({ keys, label }: Pick<Expected, 'keys' | 'label'>) =>
  JSON.stringify([Object.entries(keys).sort(([one], [other]) => (one < other ? -1 : 1)), label]);
