import { toAction } from '../click/action';
import type { ClickEvent } from '../click/click-event';
import { toPage } from '../click/page';
import type { AccessLine } from './access-line';
import { type AgentFacts, NO_AGENT } from './agent';
import { parseRequestLine } from './request-line';

/**
 * Makes the click event of an access line, its fields in the order of `clickEventFields`.
 *
 * @param agentFacts looks up the facts of a user agent.
 * @param siteHosts the site's `host[:port]`s, lower-cased, for lines whose tail does not name the site.
 */
export function toClickEvent(
  line: AccessLine,
  agentFacts: (userAgent: string) => AgentFacts,
  siteHosts: ReadonlySet<string>,
): ClickEvent {
  const { verb, path, query, protocol } = parseRequestLine(line.request ?? '');
  const page = toPage(path);
  const agent = line.userAgent === undefined ? NO_AGENT : agentFacts(line.userAgent);
  return defined({
    host: line.host,
    ident: line.ident,
    authuser: line.authuser,
    '@timestamp': line.time.timestamp,
    '@timestamp_utc': line.time.utc,
    timezone: line.time.timezone,
    request: line.request,
    verb,
    path,
    query,
    protocol,
    page,
    response: line.status,
    status_class: `${Math.floor(line.status / 100)}xx` as ClickEvent['status_class'],
    bytes: line.bytes,
    referer: line.referer,
    referer_page: line.referer === undefined ? undefined : toRefererPage(line.referer, line.tail.site, siteHosts),
    'user-agent': line.userAgent,
    browser: agent.browser,
    os: agent.os,
    is_bot: agent.is_bot,
    run: agent.run,
    username: line.tail.user,
    session: line.tail.session,
    request_id: line.tail.id,
    duration_us: line.tail.durationUs,
    ...toAction(verb, page, query, line.status, agent.isMonitor),
  });
}

type Undefinable<T> = { readonly [K in keyof T]: T[K] | undefined };

function defined(event: Undefinable<ClickEvent>): ClickEvent {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(event)) if (value !== undefined) fields[name] = value;
  return fields as unknown as ClickEvent;
}

const REFERER = /^(?:https?:\/\/([^/?#]+))?(\/[^?#]*)?/i;
const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

/**
 * The page of a referer on the same site. A referer is on the same site if it is a bare path, or if its host is the one that
 * the visitor asked for, one of the site's, or a loopback host, which serves no other site's pages.
 */
export function toRefererPage(
  referer: string,
  site: string | undefined,
  siteHosts: ReadonlySet<string>,
): string | undefined {
  const [, , path = '/'] = REFERER.exec(referer) ?? [];
  const origin = refererOrigin(referer);
  if (origin === undefined) return /^\/(?!\/)/.test(referer) ? toPage(path) : undefined;
  return origin === site || siteHosts.has(origin) || LOOPBACK.test(origin) ? toPage(path) : undefined;
}

/** Host and port of a referer, lower-cased; undefined if it names none. */
export function refererOrigin(referer: string): string | undefined {
  return REFERER.exec(referer)?.[1]?.toLowerCase();
}
