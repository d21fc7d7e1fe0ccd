/** Requests as HTTP/1.1 text. Nothing needs escaping: paths and forms are percent-encoded, and this project makes the rest. */

import type { Visitor } from './crowd';
import { ERROR_PATH } from './journeys';
import type { PlannedRequest } from './plan';

export interface Sender {
  readonly url: URL;
  /** The run's name, which ends each user agent as `clickstreamy/<run>`. */
  readonly run: string;
  /** Sent as `X-Clickstream-Token` with forms and with requests for errors and delays. */
  readonly token?: string | undefined;
}

/** The headers that all requests of a visitor share. */
export function toVisitorHead({ agent, address }: Visitor, { url, run }: Sender): string {
  return (
    `Host: ${url.host}\r\nConnection: keep-alive\r\nUser-Agent: ${agent} clickstreamy/${run}\r\n` +
    'Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\nAccept-Language: en\r\n' +
    `X-Forwarded-For: ${address}\r\n`
  );
}

/** @param cookies value of the `Cookie` header; empty if there are none. */
export function toRequestText(request: PlannedRequest, head: string, cookies: string, { url, token }: Sender): string {
  const { method, path, referer, form, breaks, delayMs } = request;
  let text = `${method} ${path} HTTP/1.1\r\n${head}`;
  if (referer !== undefined) text += `Referer: ${referer.startsWith('/') ? url.origin + referer : referer}\r\n`;
  if (cookies !== '') text += `Cookie: ${cookies}\r\n`;
  if (breaks) text += 'X-Clickstream-Error: 1\r\n';
  if (delayMs > 0) text += `X-Clickstream-Delay: ${delayMs}\r\n`;
  const isAllowed = form !== undefined || path === ERROR_PATH || breaks || delayMs > 0;
  if (token !== undefined && isAllowed) text += `X-Clickstream-Token: ${token}\r\n`;
  if (form === undefined) return `${text}\r\n`;
  return `${text}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${form.length}\r\n\r\n${form}`;
}
