import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { errnoOf, reasonOf, ToolkitError } from '../core/errors';
import { ERROR_PATH } from './journeys';
import type { ErrorMode } from './plan';

export interface ProbeOptions {
  readonly url: URL;
  readonly token?: string | undefined;
  /** What the site must do on request. */
  readonly needs: SiteNeeds;
}

export interface SiteNeeds {
  /** Answers 500, by the error route or by pages that break; undefined for no errors. */
  readonly errors?: ErrorMode | undefined;
  /** Slow answers. */
  readonly delays?: boolean | undefined;
}

const TIMEOUT_MS = 10_000;

/**
 * Checks before the run that the site answers and does what the run needs, with HEAD requests that belong to no run.
 *
 * @returns how long the front page took, including the connection.
 * @throws ToolkitError SITE_UNREACHABLE, SITE_UNEXPECTED, NO_ERROR_ROUTE or NO_SLOW_REPLIES
 */
export async function probeSite({ url, token, needs }: ProbeOptions): Promise<{ readonly replyMs: number }> {
  const ask = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    head(url, path, { ...headers, ...(token === undefined ? {} : { 'x-clickstream-token': token }) });
  const startMs = performance.now();
  const front = await ask('/');
  const replyMs = performance.now() - startMs;
  if (front.status !== 200) {
    throw new ToolkitError(
      'SITE_UNEXPECTED',
      `${url.origin}/ answers ${front.status}${front.location === undefined ? '' : `, to ${front.location}`}; a site's front page answers 200.`,
      'Give the address that the site itself uses with --url.',
    );
  }
  if (needs.errors !== undefined) {
    const [path, headers] =
      needs.errors === 'route' ? ([ERROR_PATH, {}] as const) : (['/', { 'x-clickstream-error': '1' }] as const);
    const { status } = await ask(path, headers);
    if (status !== 500) throw noErrors(needs.errors, url, status);
  }
  if (needs.delays && !(await ask('/', { 'x-clickstream-delay': '1' })).isDelayed) {
    throw new ToolkitError(
      'NO_SLOW_REPLIES',
      `${url.origin} does not delay answers when asked to, so no share of slow replies can be made.`,
      'Enable the demo errors, give their token (CLICKSTREAMY_TOKEN), or leave out --slow.',
    );
  }
  return { replyMs };
}

function noErrors(mode: ErrorMode, url: URL, status: number): ToolkitError {
  const what = mode === 'route' ? `${url.origin}${ERROR_PATH}` : `${url.origin}/, asked to break,`;
  return new ToolkitError(
    'NO_ERROR_ROUTE',
    `${what} answers ${status}, not 500, so no share of errors can be made.`,
    'Enable the demo error route, give its token (CLICKSTREAMY_TOKEN), or use --errors 0.',
  );
}

interface Head {
  readonly status: number;
  readonly location: string | undefined;
  readonly isDelayed: boolean;
}

function head(url: URL, path: string, asked: Readonly<Record<string, string>>): Promise<Head> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const headers = { 'user-agent': 'clickstreamy probe', ...asked };
  return new Promise((resolve, reject) => {
    const probe = request(new URL(path, url), { method: 'HEAD', headers, agent: false, timeout: TIMEOUT_MS });
    probe.on('response', (response) => {
      response.resume();
      const { location, 'x-clickstream-delay': delay } = response.headers;
      resolve({ status: response.statusCode ?? 0, location, isDelayed: delay !== undefined });
    });
    probe.on('timeout', () => probe.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    probe.on('error', (error) => reject(toUnreachable(url, error)));
    probe.end();
  });
}

function toUnreachable(url: URL, error: Error): ToolkitError {
  const isNoHttp = errnoOf(error)?.startsWith('HPE_') ?? false;
  return new ToolkitError(
    'SITE_UNREACHABLE',
    `${url.origin} does not answer${isNoHttp ? ' in HTTP' : ''}: ${reasonOf(error)}.`,
    'Start the site (`npm start` starts one here), or give its address with --url.',
    { cause: error },
  );
}
