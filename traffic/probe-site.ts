import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { errnoOf, reasonOf, ToolkitError } from '../core/errors';
import { ERROR_PATH } from './journeys';

export interface ProbeOptions {
  readonly url: URL;
  readonly token?: string | undefined;
  /** Whether the site must have its error route. */
  readonly needsErrors: boolean;
}

const TIMEOUT_MS = 10_000;

/**
 * Asks before the run whether the site answers, with HEAD requests that belong to no run.
 *
 * @throws ToolkitError SITE_UNREACHABLE, SITE_UNEXPECTED or NO_ERROR_ROUTE
 */
export async function probeSite({ url, token, needsErrors }: ProbeOptions): Promise<void> {
  const front = await head(url, '/', token);
  if (front.status !== 200) {
    throw new ToolkitError(
      'SITE_UNEXPECTED',
      `${url.origin}/ answers ${front.status}${front.location === undefined ? '' : `, to ${front.location}`}; a site's front page answers 200.`,
      'Give with --url the address that the site itself uses.',
    );
  }
  if (!needsErrors) return;
  const error = await head(url, ERROR_PATH, token);
  if (error.status === 500) return;
  throw new ToolkitError(
    'NO_ERROR_ROUTE',
    `${url.origin}${ERROR_PATH} answers ${error.status}, not 500, so no share of errors can be made.`,
    'Switch the demo error route on, give its token (CLICKSTREAMY_TOKEN), or use --errors 0.',
  );
}

interface Head {
  readonly status: number;
  readonly location: string | undefined;
}

function head(url: URL, path: string, token: string | undefined): Promise<Head> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const headers = {
    'user-agent': 'clickstreamy probe',
    ...(token === undefined ? {} : { 'x-clickstream-token': token }),
  };
  return new Promise((resolve, reject) => {
    const probe = request(new URL(path, url), { method: 'HEAD', headers, agent: false, timeout: TIMEOUT_MS });
    probe.on('response', (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, location: response.headers.location });
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
