/** The options with which `kibana import` and `kibana export` find a dashboards server. */
import type { z } from 'zod';
import { type AuthOptions, dashboardsAuthOptions, loadAuth, loadLogin, parseServerUrl } from '../core/auth-flags';
import { file, inGroup, seconds, text } from '../core/command/values';
import { readDeployedAddress } from '../core/deploy-outputs';
import { UsageError } from '../core/errors';
import type { Auth } from '../core/http-auth';
import { type DashboardsServer, openDashboardsServer } from './dashboards-server';

export const outputsOption = () =>
  file().optional().describe('Take the address from the file that `cdktf deploy --outputs-file` wrote');

export const dashboardsOptions = {
  ...inGroup('Server', {
    url: text('URL')
      .optional()
      .describe('Address of the dashboards; /_dashboards and /_plugin/kibana below it are tried too'),
    outputs: outputsOption(),
    tenant: text('NAME')
      .regex(/^[\x21-\x7e]+$/, 'must be a tenant’s name')
      .default('global')
      .describe('Tenant, if the server has tenants: global, __user__ (your own), or a name'),
    space: text('ID')
      .regex(/^[a-z0-9_-]+$/, 'must be a space’s id: lower-case letters, digits, `-` and `_`')
      .optional()
      .describe('Space of Kibana')
      .meta({ otherwise: 'its default space' }),
    timeout: seconds({ above: 0, max: 600 }).default(30).describe('How long one request may take'),
    wait: seconds({ min: 0, max: 3600 }).default(60).describe('How long the server may take to start'),
  }),
  ...dashboardsAuthOptions,
};

export const hasOneAddress = [
  ({ url, outputs }: { url?: string | undefined; outputs?: string | undefined }) =>
    (url === undefined) !== (outputs === undefined),
  { message: 'give the address with --url, or the file of the deployment’s outputs with --outputs' },
] as const;

/** The sign-in, with the login of fine-grained access control. */
export type DashboardsAuth = Omit<AuthOptions, 'auth'> & { readonly auth: AuthOptions['auth'] | 'cookie' };

type DashboardsFlags = z.output<z.ZodObject<typeof dashboardsOptions>>;

/** @throws UsageError, ToolkitError OUTPUTS_UNUSABLE and those of `openDashboardsServer` */
export async function openServer(flags: DashboardsFlags, env: NodeJS.ProcessEnv): Promise<DashboardsServer> {
  const { outputs, auth, user } = flags;
  const url =
    outputs === undefined
      ? parseServerUrl(flags.url ?? '')
      : readDeployedAddress(outputs, 'dashboardsEndpoint', 'give the dashboards with --url');
  if (user !== undefined && auth !== 'basic' && auth !== 'cookie') {
    throw new UsageError(`--user does not go with --auth ${auth}.`, 'Choose --auth basic or --auth cookie.');
  }
  return openDashboardsServer({
    url,
    auth: auth === 'cookie' ? { mode: 'none' } : loadAuth({ ...flags, auth }, url, env),
    login: auth === 'cookie' ? loadLogin(flags, env) : undefined,
    tenant: flags.tenant,
    space: flags.space,
    timeoutSeconds: flags.timeout,
    waitSeconds: flags.wait,
  });
}

/** The same person’s sign-in to the search engine: there, fine-grained access control takes its users by name and password. */
export function loadEngineAuth(flags: DashboardsAuth, url: URL, env: NodeJS.ProcessEnv): Auth {
  return loadAuth({ ...flags, auth: flags.auth === 'cookie' ? 'basic' : flags.auth }, url, env);
}

/** `http://…:5601 is Kibana 7.10.2` */
export function introduce({ family, version, url, isHealthy }: DashboardsServer): string {
  const name = family === 'kibana' ? 'Kibana' : 'OpenSearch Dashboards';
  const health = isHealthy ? '' : '; it reports a problem with itself or its search engine';
  return `${url.href} is ${name} ${version}${health}`;
}
