/** A panel as SQL of the embedded store: DuckDB, table `events` (see `store/duckdb/duckdb-store.ts`). */
import { clickEventFields, type FieldName } from '../../click/click-event';
import { toColumn, toCondition } from '../../panels/filter';
import {
  type CountPanel,
  type DataPanel,
  type EventsPanel,
  type Figure,
  MOST_CHARACTERS,
  type Split,
} from '../../panels/panel';

/**
 * The query, with the parameters `$from`, `$to` and `$bucket`: a `PanelRange` in milliseconds. Its rows are the panel's (`PanelRow`), in
 * the order in which a search engine has them.
 */
export function toSql(panel: DataPanel): string {
  const where = panel.where === undefined ? '' : `AND ${toCondition(panel.where)}`;
  const clicks = `
    WITH clicks AS (
      SELECT *, epoch_ms(time) // $bucket::BIGINT * $bucket::BIGINT AS t
      FROM events
      WHERE time >= make_timestamp_ms($from::BIGINT) AND time < make_timestamp_ms($to::BIGINT) ${where}
    )`;
  return `${clicks} ${panel.kind === 'events' ? toEvents(panel) : toCounts(panel)}`;
}

/** A client decides how long a text is: one must not fill the page. */
const short = (expression: string) => `left(${expression}, ${MOST_CHARACTERS})`;

function toEvents({ fields, size }: EventsPanel): string {
  const columns = fields.map((field) => `${shortField(field)} AS ${toColumn(field)}`);
  return `
    SELECT epoch_ms(time) AS t, ${columns.join(', ')}
    FROM clicks ORDER BY time DESC, request_id DESC NULLS LAST, _id DESC LIMIT ${size}`;
}

function shortField(field: FieldName): string {
  const column = toColumn(field);
  return clickEventFields[field].type === 'string' ? short(column) : column;
}

function toCounts({ by, figures }: CountPanel): string {
  const fields = by.filter((split) => split.by === 'field');
  const [outer, inner] = fields;
  const numbers = figures.map((figure) => `${toExpression(figure)} AS "${figure.column}"`).join(', ');
  if (by.length === 0) return `SELECT ${numbers} FROM clicks`;
  if (outer === undefined) {
    const keys = by.map(({ by }) => KEYS[by]).join(', ');
    const names = by.map((split) => `${KEYS[split.by]} AS "${nameOf(split)}"`).join(', ');
    return `SELECT ${names}, ${numbers} FROM clicks GROUP BY ${keys} ORDER BY ${keys}`;
  }
  const key = toColumn(outer.field);
  if (inner === undefined) {
    return `
      SELECT ${short(`${key}::VARCHAR`)} AS "${outer.column}", ${numbers}
      FROM clicks WHERE ${key} IS NOT NULL GROUP BY ${key} ORDER BY count(*) DESC, ${key} LIMIT ${outer.size}`;
  }
  return toNested(outer, inner, figures, numbers);
}

type FieldSplit = Extract<Split, { by: 'field' }>;

/** Of each of the most frequent outer values the most frequent inner ones, as nested aggregations have them. */
function toNested(outer: FieldSplit, inner: FieldSplit, figures: readonly Figure[], numbers: string): string {
  const [first, second] = [toColumn(outer.field), toColumn(inner.field)];
  const columns = figures.map(({ column }) => `"${column}"`).join(', ');
  return `,
    pairs AS (
      SELECT ${first} AS k1, ${second} AS k2, count(*) AS n, ${numbers}
      FROM clicks WHERE k1 IS NOT NULL AND k2 IS NOT NULL GROUP BY ALL
    ),
    sums AS (SELECT *, sum(n) OVER (PARTITION BY k1) AS total FROM pairs),
    ranks AS (
      SELECT *, dense_rank() OVER (ORDER BY total DESC, k1) AS place1,
        row_number() OVER (PARTITION BY k1 ORDER BY n DESC, k2) AS place2
      FROM sums
    )
    SELECT ${short('k1::VARCHAR')} AS "${outer.column}", ${short('k2::VARCHAR')} AS "${inner.column}", ${columns}
    FROM ranks WHERE place1 <= ${outer.size} AND place2 <= ${inner.size} ORDER BY place1, place2`;
}

const KEYS: Readonly<Record<string, string>> = { time: 't', weekday: 'isodow(time)', hour: 'hour(time)' };

const nameOf = (split: Split) => (split.by === 'field' ? split.column : split.by === 'time' ? 't' : split.by);

function toExpression({ measure, where }: Figure): string {
  const filter = where === undefined ? '' : ` FILTER (${toCondition(where)})`;
  switch (measure.kind) {
    case 'count':
      return `count(*)${filter}`;
    case 'rate':
      return `count(*)${filter} * 1000.0::DOUBLE / $bucket`;
    case 'distinct':
      return `count(DISTINCT ${toColumn(measure.field)})${filter}`;
    case 'sum':
      // A sum of BIGINT is a HUGEINT, which JavaScript would read as a bigint.
      return `coalesce(sum(${toColumn(measure.field)})${filter}, 0)::DOUBLE`;
    case 'percentile':
      return `quantile_cont(${toColumn(measure.field)}, ${measure.percent / 100})${filter}`;
    case 'share':
      return `count(*) FILTER (${toCondition(
        where === undefined ? measure.of : { all: [where, measure.of] },
      )}) / nullif(count(*)${filter}, 0)`;
  }
}
