/** Finds a dashboards server behind an address, finds out which one it is, and sends requests to it. */
import { z } from 'zod';
import { ToolkitError, UsageError } from '../core/errors';
import type { Auth, Login } from '../core/http-auth';
import { createHttpClient, type HttpClient, type HttpReply, type HttpRequest } from '../core/http-client';
import { reasonIn, toJson } from '../core/http-reply';
import { retry } from '../core/retry';
import { type DashboardsVersion, toTarget } from './dashboards-version';
import type { Target } from './saved-object';

export interface DashboardsServer extends DashboardsVersion {
  /** The saved objects that it accepts. */
  readonly target: Target;
  /** False if the server reports that it, or more often its search engine, does not work. */
  readonly isHealthy: boolean;
  /** Retries while the server is busy or starting. @throws ToolkitError DASHBOARDS_UNAVAILABLE, ACCESS_DENIED and those of the client */
  send(request: HttpRequest): Promise<HttpReply>;
}

export interface ServerOptions {
  /** With or without the path of the dashboards: `/_dashboards` and `/_plugin/kibana` are tried. */
  readonly url: URL;
  readonly auth: Auth;
  /** For fine-grained access control: signs in and keeps the cookie. */
  readonly login?: Login | undefined;
  /** For the security plugin of OpenSearch or Open Distro: `global`, `__user__` (the user's private one), or a name. Others ignore it. */
  readonly tenant: string;
  /** Only Kibana has spaces. @default its default space */
  readonly space?: string | undefined;
  /** For one request. */
  readonly timeoutSeconds: number;
  /** How long to wait for a server that is starting or busy. */
  readonly waitSeconds: number;
}

/** Where dashboards are: at the root, or behind a path of an Amazon OpenSearch Service domain. */
const PATHS = ['', '/_dashboards', '/_plugin/kibana'];

/**
 * Finds the server behind an address.
 *
 * @throws ToolkitError DASHBOARDS_UNKNOWN, DASHBOARDS_UNSUPPORTED, DASHBOARDS_UNAVAILABLE, ACCESS_DENIED, those of the client; UsageError
 */
export async function openDashboardsServer(options: ServerOptions): Promise<DashboardsServer> {
  const deadline = performance.now() + options.waitSeconds * 1000;
  const found = await findServer(options, deadline);
  const headers: Record<string, string> = { ...BASE_HEADERS, securitytenant: options.tenant };
  let status = found.status;
  if (options.login !== undefined) {
    headers['cookie'] = await signIn(found.client, options.login, headers);
    status = readStatus(await found.client.send({ method: 'GET', path: STATUS, headers }));
  }
  if (status === undefined) throw denied(found.client.url, found.reply, options);
  const { family, version } = status;
  if (options.space !== undefined && family !== 'kibana') {
    throw new UsageError('OpenSearch Dashboards has no spaces.', 'Name a tenant with --tenant.');
  }
  const space = options.space === undefined ? '' : `/s/${encodeURIComponent(options.space)}`;
  const url = new URL(`${found.client.url.href.replace(/\/$/, '')}${space}`);
  const client = createHttpClient({ url, auth: options.auth, timeoutSeconds: options.timeoutSeconds });
  const send = async (request: HttpRequest) => {
    const reply = await untilReady(deadline, url, () =>
      client.send({ ...request, headers: { ...headers, ...request.headers } }),
    );
    if (isDenied(reply) && !isBlocked(reply)) throw denied(url, reply, options);
    return reply;
  };
  return { family, version, target: toTarget(family, version, url), url, isHealthy: status.isHealthy, send };
}

const STATUS = '/api/status';
/** Each server wants one of these and ignores the other. */
const BASE_HEADERS = { 'kbn-xsrf': 'clickstreamy', 'osd-xsrf': 'clickstreamy', accept: 'application/json' };

interface Found {
  readonly client: HttpClient;
  readonly reply: HttpReply;
  /** Absent if the server first wants a login. */
  readonly status: Status | undefined;
}

interface Status {
  readonly family: DashboardsServer['family'];
  readonly version: string;
  readonly isHealthy: boolean;
}

/** Prefers the first place that answers as dashboards do, then the first that wants a login. */
async function findServer(options: ServerOptions, deadline: number): Promise<Found> {
  const { url, auth, timeoutSeconds } = options;
  const given = url.pathname.replace(/\/app(?:\/.*)?$|\/$/, '');
  const places = given === '' ? PATHS : [given];
  let locked: Found | undefined;
  let atRoot: HttpReply | undefined;
  let last: HttpReply | undefined;
  for (const place of places) {
    const client = createHttpClient({ url: new URL(url.origin + place), auth, timeoutSeconds });
    const ask = () => client.send({ method: 'GET', path: STATUS, headers: BASE_HEADERS });
    const first = await ask();
    const reply = isStarting(first) ? await untilReady(deadline, client.url, ask) : first;
    last = reply;
    const status = readStatus(reply);
    if (status !== undefined) return { client, reply, status };
    if (place === '') atRoot = reply;
    if (isLocked(reply, atRoot)) locked ??= { client, reply, status: undefined };
  }
  if (locked !== undefined) return locked;
  if (last !== undefined && isDenied(last)) throw denied(url, last, options);
  throw new ToolkitError(
    'DASHBOARDS_UNKNOWN',
    `${url.href} is neither Kibana nor OpenSearch Dashboards: it answers ${describeReply(last)}.`,
    'Give the address of the dashboards, not of the search engine; on Amazon’s service it ends in /_dashboards or /_plugin/kibana.',
  );
}

const StatusReply = z.object({
  version: z.object({ number: z.string().regex(/^\d+\.\d+/) }),
  status: z.object({ overall: z.object({ state: z.string().optional(), level: z.string().optional() }) }),
});

/** Overall states, and the levels that replace them in later versions. */
const UNHEALTHY = new Set<string | undefined>(['red', 'unavailable', 'critical']);

function readStatus({ status, headers, text }: HttpReply): Status | undefined {
  if (status !== 200) return undefined;
  const parsed = StatusReply.safeParse(toJson({ text }));
  if (!parsed.success) return undefined;
  const version = parsed.data.version.number;
  const { state, level } = parsed.data.status.overall;
  // A proxy may drop the header; Kibana's numbers began at 4.
  const isOpenSearch = headers.has('osd-name') || (!headers.has('kbn-name') && Number.parseInt(version, 10) < 4);
  return {
    family: isOpenSearch ? 'opensearch-dashboards' : 'kibana',
    version,
    isHealthy: !UNHEALTHY.has(state ?? level),
  };
}

/**
 * Whether these are dashboards that want a login. It must be certain: a search engine would store a password posted to `/auth/login` as
 * an event.
 *
 * @param atRoot the root's reply, if the place is a guess: an engine answers the same everywhere.
 */
function isLocked(reply: HttpReply, atRoot: HttpReply | undefined): boolean {
  const { status, headers, text } = reply;
  if (!isDenied(reply)) return false;
  return status === 302 || headers.has('osd-name') || headers.has('kbn-name') || text !== atRoot?.text;
}

const isStarting = ({ status, text }: HttpReply) => status === 503 && /not ready yet/.test(text);
const isBusy = ({ status }: HttpReply) => [429, 502, 503, 504].includes(status);
const isDenied = ({ status, headers }: HttpReply) =>
  status === 401 || status === 403 || (status === 302 && /\/(?:login|auth)\b/.test(headers.get('location') ?? ''));

/** Whether the engine takes no writes, most often because its disk is full: then the user is not to blame. */
const isBlocked = ({ text }: HttpReply) => /\bblocked by\b|cluster_block_exception/.test(text);

const BACKOFF = { firstMs: 250, longestMs: 5000 };

async function untilReady(deadline: number, url: URL, ask: () => Promise<HttpReply>): Promise<HttpReply> {
  const reply = await retry(ask, {
    again: (outcome) => 'value' in outcome && isBusy(outcome.value),
    withinMs: deadline - performance.now(),
    backoff: BACKOFF,
  });
  if (!isBusy(reply)) return reply;
  throw new ToolkitError(
    'DASHBOARDS_UNAVAILABLE',
    `${url.href} answers ${describeReply(reply)}.`,
    'Check that it and its search engine are up, then run this again; --wait gives them longer.',
  );
}

async function signIn(client: HttpClient, login: Login, headers: Readonly<Record<string, string>>): Promise<string> {
  const reply = await client.send({
    method: 'POST',
    path: '/auth/login',
    headers: { ...headers, 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(login)),
  });
  const cookies = reply.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0] ?? '');
  if (reply.status === 200 && cookies.length > 0) return cookies.join('; ');
  throw new ToolkitError(
    'ACCESS_DENIED',
    `${client.url.href} does not let ${login.username} sign in: ${describeReply(reply)}.`,
    reply.status === 404
      ? 'It does not have this login: choose another --auth.'
      : 'Check the name and the password, and that fine-grained access control knows them.',
  );
}

function denied(url: URL, reply: HttpReply, { auth, login }: ServerOptions): ToolkitError {
  const hint = {
    none: 'Sign in: --auth cookie with a user of fine-grained access control, --auth sigv4 with AWS credentials, or --auth basic.',
    basic: 'Check the name and the password; dashboards with fine-grained access control need --auth cookie.',
    sigv4: 'Check that the credentials are still valid, and that the access policy and a role mapping allow them.',
  }[auth.mode];
  return new ToolkitError(
    'ACCESS_DENIED',
    `${url.href} denies access: ${describeReply(reply)}.`,
    login === undefined ? hint : 'Check that the user’s role may write saved objects in this tenant.',
  );
}

/** A reply in one line: its status and what it says. */
export function describeReply(reply: HttpReply | undefined): string {
  if (reply === undefined) return 'nothing';
  const reason = reasonIn(reply);
  return reason === undefined ? String(reply.status) : `${reply.status}, ${reason}`;
}
