/** All dashboards: the one definition behind the local page, Kibana's saved objects and the searches. */
import { clickstreamDashboard } from './clickstream-dashboard';
import type { Dashboard, DataPanel } from './panel';
import { visitorDashboard } from './visitor-dashboard';

export const dashboards: readonly Dashboard[] = [clickstreamDashboard, visitorDashboard];

/** The panels that read events, which `toSearch` and `toSql` compile. */
export const panels: readonly DataPanel[] = dashboards.flatMap((dashboard) =>
  dashboard.panels.filter((panel) => panel.kind === 'count' || panel.kind === 'events'),
);
