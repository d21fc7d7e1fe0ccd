/** The flags with which `kibana import` and `kibana export` find a dashboards server. */
import type { Options } from 'yargs';
import { z } from 'zod';
import { AUTH_MODES, AuthFlags, authFlags, loadAuth, loadLogin, parseServerUrl } from '../core/auth-flags';
import { readDeployedAddress } from '../core/deploy-outputs';
import { UsageError } from '../core/errors';
import type { Auth } from '../core/http-auth';
import { type DashboardsServer, openDashboardsServer } from './dashboards-server';

const MODES = [...AUTH_MODES, 'cookie'] as const;

export const dashboardsFlags = {
  url: {
    type: 'string',
    requiresArg: true,
    describe: 'The address of the dashboards; /_dashboards and /_plugin/kibana behind it are found',
  },
  outputs: {
    type: 'string',
    requiresArg: true,
    describe: 'Take the address from what `cdktf deploy --outputs-file` has written',
  },
  ...authFlags,
  auth: {
    choices: MODES,
    default: 'none',
    describe: `${authFlags.auth.describe}, by the login of fine-grained access control`,
  },
  tenant: {
    type: 'string',
    requiresArg: true,
    default: 'global',
    describe: 'Where dashboards belong to tenants: global, __user__ for your own, or a name',
  },
  space: { type: 'string', requiresArg: true, describe: 'Of Kibana  [its default space]' },
  timeout: { type: 'number', requiresArg: true, default: 30, describe: 'Seconds for one request' },
  wait: { type: 'number', requiresArg: true, default: 60, describe: 'Seconds that the server may take to start' },
} as const satisfies Readonly<Record<string, Options>>;

export const DashboardsFlags = AuthFlags.extend({
  url: z.string('must be one address').optional(),
  outputs: z.string('must be one file').min(1, 'must name a file').optional(),
  auth: z.enum(MODES),
  tenant: z.string('must be one tenant').regex(/^[\x21-\x7e]+$/, 'must be a tenant’s name'),
  space: z
    .string('must be one space')
    .regex(/^[a-z0-9_-]+$/, 'must be a space’s id: lower-case letters, digits, `-` and `_`')
    .optional(),
  timeout: z.number('must be a number').positive('must be above 0').max(600, 'must be at most 600'),
  wait: z.number('must be a number').min(0, 'must not be negative').max(3600, 'must be at most 3600'),
});

export const hasOneAddress = [
  ({ url, outputs }: { url?: string | undefined; outputs?: string | undefined }) =>
    (url === undefined) !== (outputs === undefined),
  { message: 'give the address with --url, or the file of the deployment’s outputs with --outputs' },
] as const;

type Flags = z.output<typeof DashboardsFlags>;

/** @throws UsageError, ToolkitError OUTPUTS_UNUSABLE and those of `openDashboardsServer` */
export async function openServer(flags: Flags, env: NodeJS.ProcessEnv): Promise<DashboardsServer> {
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

/** How the same person proves to the search engine who asks: fine-grained access control takes its users by name and password there. */
export function loadEngineAuth(flags: Flags, url: URL, env: NodeJS.ProcessEnv): Auth {
  return loadAuth({ ...flags, auth: flags.auth === 'cookie' ? 'basic' : flags.auth }, url, env);
}

/** `http://…:5601 is Kibana 7.10.2` */
export function introduce({ family, version, url, isHealthy }: DashboardsServer): string {
  const name = family === 'kibana' ? 'Kibana' : 'OpenSearch Dashboards';
  const health = isHealthy ? '' : '; it says that something is amiss with it or its search engine';
  return `${url.href} is ${name} ${version}${health}\n`;
}
