/** Every panel there is: the one definition that Kibana's saved objects, the local page and `verify` are made from. */
import { clickstreamDashboard } from './clickstream-dashboard';
import type { Dashboard, DataPanel } from './panel';
import { visitorDashboard } from './visitor-dashboard';

export const dashboards: readonly Dashboard[] = [clickstreamDashboard, visitorDashboard];

/** The panels that read events: `toSearch` and `toSql` take each of them. */
export const panels: readonly DataPanel[] = dashboards.flatMap((dashboard) =>
  dashboard.panels.filter((panel) => panel.kind === 'count' || panel.kind === 'events'),
);
