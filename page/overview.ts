import { toTimeStep } from '../core/chart-scale';
import { dashboards } from '../panels/dashboards';
import type { Place } from '../panels/panel';
import type { Extent } from '../store/extent';
import type { StoreReader } from '../store/store';
import type { DashboardView, Overview, PanelView, Span, TimeRange } from './overview-reply';
import { toView } from './to-view';

/** Reads everything that the page shows of the store. */
export async function readOverview(
  reader: StoreReader,
  range: TimeRange,
  now: number,
): Promise<Omit<Overview, 'status'>> {
  const extent = await reader.readExtent();
  const span = toSpan(range, extent, now);
  const views: DashboardView[] = [];
  for (const { id, title, panels } of boards) {
    const drawn: PanelView[] = [];
    for (const { panel, ...shown } of panels) drawn.push({ ...shown, rows: await reader.readPanel(panel, span) });
    views.push({ id, title, panels: drawn });
  }
  return { extent, span, dashboards: views };
}

/** The panels with numbers or events; texts and filter controls are for Kibana only. */
const boards = dashboards.map(({ id, title, panels }) => ({
  id,
  title,
  panels: panels
    .filter((panel) => panel.kind === 'count' || panel.kind === 'events')
    .map((panel) => ({
      panel,
      id: panel.id,
      title: panel.title,
      columns: toColumns(panel.at),
      view: toView(panel),
    })),
}));

/** Scales Kibana's 48 columns to the page's 12. Edges are rounded, not widths, so that a full row stays full. */
function toColumns({ x, w }: Place): number {
  return Math.round((x + w) / 4) - Math.round(x / 4);
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const MOST_BUCKETS = 90;

/** The range in milliseconds, from the start of a bucket, with the smallest bucket that gives at most 90 (one more where the first is cut). */
export function toSpan(range: TimeRange, { first, last }: Extent, now: number): Span {
  if (range === 'all' && first !== undefined && last !== undefined) return bucketed(first, last + SECOND, false);
  const minutes = range === 'all' ? 15 : range;
  return bucketed(now - minutes * MINUTE, now, true);
}

function bucketed(from: number, to: number, live: boolean): Span {
  const bucketMs = toTimeStep((to - from) / MOST_BUCKETS);
  return { from: Math.floor(from / bucketMs) * bucketMs, to, bucketMs, live };
}
