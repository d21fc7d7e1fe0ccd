import { dashboards } from '../../kibana/dashboard';
import type { DataPanel, PanelRow, Place } from '../../kibana/panel';
import { toSql } from '../../kibana/to-sql';
import type { Query, Row } from '../store/duckdb-store';
import type { DashboardView, Extent, Overview, PanelView, Range, Span } from './overview-reply';

/** All that the page shows of the store, in one look. */
export async function readOverview(query: Query, range: Range, now: number): Promise<Omit<Overview, 'status'>> {
  const extent = await readExtent(query);
  const span = toSpan(range, extent, now);
  const views: DashboardView[] = [];
  for (const { id, title, panels } of boards) {
    const drawn: PanelView[] = [];
    for (const { sql, ...view } of panels) {
      const rows = await query(sql, { from: span.from, to: span.to, bucket: span.bucketMs });
      drawn.push({ ...view, rows: rows.map(toPanelRow) });
    }
    views.push({ id, title, panels: drawn });
  }
  return { extent, span, dashboards: views };
}

/** What has numbers or events; a guide and lists to pick from are Kibana's. */
const boards = dashboards.map(({ id, title, panels }) => ({
  id,
  title,
  panels: panels.filter((panel) => panel.kind === 'count' || panel.kind === 'events').map(toView),
}));

function toView(panel: DataPanel) {
  const { id, title, at } = panel;
  const common = { id, title, columns: toColumns(at), sql: toSql(panel) };
  if (panel.kind === 'events') return { ...common, kind: panel.kind, fields: panel.fields };
  return { ...common, kind: panel.kind, by: panel.by, figures: panel.figures, drawing: panel.drawing };
}

/** Of Kibana's 48 columns: edges are rounded, so that a row that is full there is full here. */
function toColumns({ x, w }: Place): number {
  return Math.round((x + w) / 4) - Math.round(x / 4);
}

async function readExtent(query: Query): Promise<Extent> {
  const [row] = await query(
    'SELECT count(*) AS events, epoch_ms(min(time)) AS first, epoch_ms(max(time)) AS last FROM events',
  );
  const events = Number(row?.['events'] ?? 0);
  const { first, last } = row ?? {};
  return typeof first === 'number' && typeof last === 'number' ? { events, first, last } : { events };
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const BUCKETS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 30, 91, 365].map((days) => days * DAY),
];
const MOST_BUCKETS = 90;

/** The range in milliseconds and the smallest bucket that gives at most 90 columns; the range begins with a whole bucket. */
export function toSpan(range: Range, { first, last }: Extent, now: number): Span {
  if (range === 'all' && first !== undefined && last !== undefined) return bucketed(first, last + SECOND, false);
  const minutes = range === 'all' ? 15 : range;
  return bucketed(now - minutes * MINUTE, now, true);
}

function bucketed(from: number, to: number, live: boolean): Span {
  const fits = (bucketMs: number) => to - from <= bucketMs * MOST_BUCKETS;
  const bucketMs = BUCKETS.find(fits) ?? Math.ceil((to - from) / MOST_BUCKETS / DAY) * DAY;
  return { from: Math.floor(from / bucketMs) * bucketMs, to, bucketMs, live };
}

function toPanelRow(row: Row): PanelRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'bigint' || value instanceof Date ? Number(value) : value,
    ]),
  );
}
