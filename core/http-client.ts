/**
 * One HTTP client for search engines and dashboards servers of every version. A reply of any status is a value; only a server that does
 * not answer is an error. It uses Node's fetch: connections are kept alive, nothing is retried here, and redirects are not followed, since
 * they would take the password along.
 */
import { isNativeError } from 'node:util/types';
import { createAuthorize } from './authorize';
import { errnoOf, reasonOf, ToolkitError } from './errors';
import type { Auth } from './http-auth';

export interface HttpClientProps {
  /** Its path goes before every request's path: `https://…/_plugin/kibana`. */
  readonly url: URL;
  readonly auth: Auth;
  /** Limit for a request and its whole reply. @default 30 */
  readonly timeoutSeconds?: number;
}

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Begins with a slash; already percent-encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  /** @default the client's */
  readonly timeoutSeconds?: number;
  /** Aborts the request. */
  readonly signal?: AbortSignal;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Headers;
  /** The body; empty if there is none. */
  readonly text: string;
}

export interface HttpClient {
  readonly url: URL;
  /** @throws ToolkitError SERVER_UNREACHABLE, SERVER_TIMED_OUT, SERVER_REPLY_UNUSABLE (too long), CREDENTIALS_UNUSABLE */
  send(request: HttpRequest): Promise<HttpReply>;
}

const TIMEOUT_SECONDS = 30;
/** An export from Kibana is at most 25 MiB, a reply to `_bulk` a few. */
const MOST_REPLY_BYTES = 64 * 1024 * 1024;

export function createHttpClient({ url, auth, timeoutSeconds = TIMEOUT_SECONDS }: HttpClientProps): HttpClient {
  const authorize = createAuthorize(auth);
  const shown = `${url.origin}${url.pathname.replace(/\/$/, '')}`;

  async function send(request: HttpRequest): Promise<HttpReply> {
    const { method, body, signal: given } = request;
    const target = toTarget(url, request);
    const headers = await authorize({ method, url: target, headers: request.headers ?? {}, body });
    const seconds = request.timeoutSeconds ?? timeoutSeconds;
    const timeout = AbortSignal.timeout(seconds * 1000);
    const signal = given === undefined ? timeout : AbortSignal.any([timeout, given]);
    try {
      const reply = await fetch(target, { method, headers, signal, redirect: 'manual', body: body ?? null });
      return { status: reply.status, headers: reply.headers, text: await readText(reply, shown) };
    } catch (error) {
      given?.throwIfAborted();
      if (error instanceof ToolkitError) throw error;
      throw timeout.aborted ? timedOut(shown, seconds, error) : unreachable(shown, error);
    }
  }

  return { url, send };
}

function toTarget(base: URL, { path, query = {} }: HttpRequest): URL {
  const target = new URL(base.origin + base.pathname.replace(/\/$/, '') + path);
  // Not URLSearchParams: it writes a space as `+`, which a signature reads as a plus.
  const pairs = Object.entries(query).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  );
  target.search = pairs.join('&');
  return target;
}

async function readText(reply: Response, shown: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of reply.body ?? []) {
    bytes += chunk.length;
    if (bytes > MOST_REPLY_BYTES) {
      throw new ToolkitError(
        'SERVER_REPLY_UNUSABLE',
        `${shown} answered with more than ${MOST_REPLY_BYTES / 1024 / 1024} MiB.`,
        'Check the address.',
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function timedOut(shown: string, seconds: number, cause: unknown): ToolkitError {
  return new ToolkitError(
    'SERVER_TIMED_OUT',
    `${shown} did not answer within ${seconds} s.`,
    'Check that it is not overloaded, and that no firewall or access policy keeps this machine out.',
    { cause },
  );
}

const CERTIFICATE = /CERT|SIGNATURE|ISSUER/;

/** fetch reports only that it failed; its cause says why. */
function unreachable(shown: string, error: unknown): ToolkitError {
  const cause = isNativeError(error) && error.cause !== undefined ? error.cause : error;
  return new ToolkitError(
    'SERVER_UNREACHABLE',
    `${shown} cannot be reached: ${reasonOf(cause)}.`,
    CERTIFICATE.test(errnoOf(cause) ?? '')
      ? 'Set NODE_EXTRA_CA_CERTS to the file of the authority that signed its certificate.'
      : 'Check the address, that the server runs, and that this machine may reach it.',
    { cause },
  );
}
