/** A panel as SQL of the embedded store: DuckDB, table `events` (see `store/duckdb/store.ts`). */
import { clickEventFields, type FieldName } from '../../click/click-event';
import { both } from '../../panels/filter';
import {
  type CountPanel,
  columnOf,
  type DataPanel,
  type EventsPanel,
  type Figure,
  faultOf,
  MOST_CHARACTERS,
  type Split,
} from '../../panels/panel';
import { PanelError, unreachable } from '../../panels/panel-error';
import { toColumn, toCondition, toName } from './to-condition';

/**
 * The query, with the parameters `$from`, `$to` and `$bucket`: a `PanelRange` in milliseconds. Its rows are the panel's (`PanelRow`), in
 * the order in which a search engine returns them.
 *
 * @throws PanelError if the panel has no meaning.
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

/** A client decides how long a text is; a long one must not fill the page. */
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

function toCounts(panel: CountPanel): string {
  const { by, figures } = panel;
  const fault = faultOf(panel);
  if (fault !== undefined) throw new PanelError(panel, 'the embedded store', fault);
  const numbers = figures.map((figure) => `${toExpression(figure)} AS ${toName(figure.column)}`).join(', ');
  const [first, ...inner] = by;
  if (first === undefined) return `SELECT ${numbers} FROM clicks`;
  if (inner.length > 0 && by.some((split) => split.by === 'field')) return toNested(by, figures, numbers);
  const keys = by.map(toKey).join(', ');
  const names = by.map((split) => `${toShown(split, toKey(split))} AS ${toName(columnOf(split))}`).join(', ');
  const ranked = first.by === 'field' ? [`WHERE ${keys} IS NOT NULL`, 'count(*) DESC, ', `LIMIT ${first.size}`] : [];
  const [exists = '', byEvents = '', limit = ''] = ranked;
  return `SELECT ${names}, ${numbers} FROM clicks ${exists} GROUP BY ${keys} ORDER BY ${byEvents}${keys} ${limit}`;
}

/**
 * The most frequent values within each outer value, as nested aggregations have them. An outer value's place counts all of its events,
 * also those without the inner field.
 */
function toNested(by: readonly Split[], figures: readonly Figure[], numbers: string): string {
  const keys = by.map((split, at) => `${toKey(split)} AS _key${at}`).join(', ');
  const outside = (at: number) => by.slice(0, at).map((_, outer) => `_key${outer}`);
  const partition = (outer: readonly string[]) => (outer.length === 0 ? '' : `PARTITION BY ${outer.join(', ')} `);
  const totals = by.map((_, at) =>
    at === by.length - 1
      ? `_events AS _total${at}`
      : `sum(_events) OVER (${partition(outside(at + 1))}) AS _total${at}`,
  );
  const places = by.map((split, at) => {
    const order = split.by === 'field' ? `_key${at} IS NULL, _total${at} DESC, _key${at}` : `_key${at}`;
    return `dense_rank() OVER (${partition(outside(at))}ORDER BY ${order}) AS _place${at}`;
  });
  const shown = [
    ...by.map((split, at) => `${toShown(split, `_key${at}`)} AS ${toName(columnOf(split))}`),
    ...figures.map(({ column }) => toName(column)),
  ];
  const kept = by.flatMap((split, at) =>
    split.by === 'field' ? [`_key${at} IS NOT NULL`, `_place${at} <= ${split.size}`] : [],
  );
  return `,
    leaves AS (SELECT ${keys}, count(*) AS _events, ${numbers} FROM clicks GROUP BY ${by.map((_, at) => `_key${at}`).join(', ')}),
    totals AS (SELECT *, ${totals.join(', ')} FROM leaves),
    places AS (SELECT *, ${places.join(', ')} FROM totals)
    SELECT ${shown.join(', ')} FROM places WHERE ${kept.join(' AND ')} ORDER BY ${by.map((_, at) => `_place${at}`).join(', ')}`;
}

/** What a split groups by. */
function toKey(split: Split): string {
  switch (split.by) {
    case 'time':
      return 't';
    case 'weekday':
      return 'isodow(time)';
    case 'hour':
      return 'hour(time)';
    case 'field':
      return toColumn(split.field);
    default:
      return unreachable(split);
  }
}

const toShown = (split: Split, key: string) => (split.by === 'field' ? short(`${key}::VARCHAR`) : key);

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
    case 'share': {
      const passed = both(where, measure.of) ?? measure.of;
      return `count(*) FILTER (${toCondition(passed)}) / nullif(count(*)${filter}, 0)`;
    }
    default:
      return unreachable(measure);
  }
}
