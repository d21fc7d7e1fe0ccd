/** What depends on a dashboards server's version: the objects it accepts, and where its pages and settings are. */
import { ToolkitError } from '../core/errors';
import { type Target, targets } from './saved-object';

export interface DashboardsVersion {
  readonly family: 'kibana' | 'opensearch-dashboards';
  /** As the server reports it: `7.10.2`. */
  readonly version: string;
  /** The server's address, with its path and its space. */
  readonly url: URL;
}

/** @throws ToolkitError DASHBOARDS_UNSUPPORTED */
export function toTarget(family: DashboardsVersion['family'], version: string, url: URL): Target {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const name = family === 'opensearch-dashboards' ? 'opensearch-dashboards' : major < 7 ? 'kibana6' : 'kibana7';
  const isOld = family === 'kibana' && (major < 6 || (major === 6 && minor < 3));
  const isNew = family === 'kibana' ? major > 7 : major > 3;
  const target = targets.find((each) => each.name === name);
  if (target === undefined || isOld || isNew) {
    throw new ToolkitError(
      'DASHBOARDS_UNSUPPORTED',
      `${url.href} is ${family === 'kibana' ? 'Kibana' : 'OpenSearch Dashboards'} ${version}, which is too ${isOld ? 'old' : 'new'}: there are objects for ${targets.map(({ title }) => title).join(', ')}.`,
      isOld
        ? 'Upgrade it.'
        : 'Try to import kibana/objects/kibana7.ndjson by hand: later servers migrate what they can.',
    );
  }
  return target;
}

/** The address of a dashboard's page. */
export function dashboardAddress({ family, version, url }: DashboardsVersion, id: string): string {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = family === 'kibana' && (major < 7 || minor < 8);
  const page = isOld ? 'app/kibana#/dashboard' : 'app/dashboards#/view';
  return `${url.href.replace(/\/$/, '')}/${page}/${encodeURIComponent(id)}`;
}

export const settingsPath = ({ family }: DashboardsVersion) =>
  family === 'kibana' ? '/api/kibana/settings' : '/api/opensearch-dashboards/settings';
