/** The lines compared with the demo site: the same plan, sent to it, is logged the same. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, type RequestOptions, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { renderLogLine } from '../../../click/log-format';
import { startDemoSite } from '../../../site/demo-site';
import { JOURNEYS, type Journey } from '../../../traffic/journeys';
import { AccessLines } from '../../../traffic/outputs/access-lines';
import { toReplyBytes } from '../../../traffic/outputs/reply-bytes';
import { type PlannedRequest, type PlanOptions, planRequests } from '../../../traffic/plan';
import { type Line, readLine } from '../../support/log-line';

const URL_OF_SITE = new URL('http://shop.example.org:8080');
const START_MS = Date.UTC(2026, 10, 1);
const plan = (seed: string, options: Partial<PlanOptions> = {}) => [
  ...planRequests({ seed, rate: 50, errors: 0.1, users: 100, requests: 5000, ...options }),
];
const render = (requests: readonly PlannedRequest[], idSeed = 'a') => {
  const lines = new AccessLines({ run: 'r7', url: URL_OF_SITE, idSeed });
  return requests.map((request) => {
    const line = Buffer.alloc(lines.make(request));
    lines.copyTo(line, 0, START_MS + request.atMs);
    return line.toString('latin1').slice(0, -1);
  });
};
/** The built-in journeys, and one that adds to its cart twice. */
const SHOPPING: readonly Journey[] = [
  ...JOURNEYS,
  {
    name: 'fill the cart',
    weight: 30,
    visitor: 'member',
    steps: [
      { method: 'POST', path: '/cart/', form: { product: '{product}' }, expect: { status: 303, action: 'other' } },
      { method: 'GET', path: '/cart/', expect: { status: 200, action: 'page_view' } },
      { method: 'POST', path: '/cart/', form: { product: '{product}' }, expect: { status: 303, action: 'other' } },
      { method: 'GET', path: '/cart/', expect: { status: 200, action: 'page_view' } },
    ],
  },
];

describe('the line of a planned request', () => {
  it('is the one that the demo site logs for it', async () => {
    const requests = plan('monday', { requests: 1500, journeys: SHOPPING, errorMode: 'spread', notFound: 0.05 });

    const logged = await sendInTurn(requests);

    const rendered = render(requests).map(readLine);
    expect(rendered.map(comparable)).toEqual(logged.map(comparable));
    expect(sameSplit(rendered.map(({ session }) => session))).toEqual(sameSplit(logged.map(({ session }) => session)));
    expect(new Set(rendered.map(({ status }) => status))).toEqual(new Set([200, 303, 401, 404, 409, 422, 500]));
  });

  it('equals the format’s rendering, byte for byte', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1 }),
        (seed, names) => {
          const requests = plan(seed, { requests: 300, notFound: 0.1, slow: 0.1 }).map((request, place) => {
            const user = request.expect.user && names[request.visitor.number % names.length];
            const path = place % 9 === 0 ? `/${names[place % names.length]}` : request.path;
            return { ...request, path, expect: { ...request.expect, user } };
          });

          const lines = render(requests, seed);

          for (const [place, request] of requests.entries()) {
            const { session, id, us } = readLine(lines[place] ?? '');
            expect(lines[place]).toBe(
              renderLogLine({
                host: request.visitor.address,
                time: new Date(START_MS + request.atMs),
                request: `${request.method} ${request.path} HTTP/1.1`,
                status: request.expect.status,
                bytes: toReplyBytes(request),
                referer: request.referer?.startsWith('/') ? URL_OF_SITE.origin + request.referer : request.referer,
                userAgent: `${request.visitor.agent} clickstreamy/r7`,
                user: request.expect.user,
                session: request.expect.action === 'asset' ? undefined : session,
                id,
                durationUs: Number(us),
                site: URL_OF_SITE.host,
              }),
            );
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('has at least the requested duration for a slow reply', () => {
    const requests = plan('monday', { slow: 0.2, slowMs: 700, requests: 500 });

    const lines = render(requests).map(readLine);

    const slow = lines.filter(({ us }) => Number(us) >= 700_000);
    expect(slow).toHaveLength(100);
    expect(requests.filter(({ delayMs }, place) => delayMs > 0 !== Number(lines[place]?.us) >= 700_000)).toEqual([]);
  });

  it('has a unique id, and is the same for the same seed of ids', () => {
    const requests = plan('monday');

    const [first, again, other] = [render(requests), render(requests), render(requests, 'b')];

    const ids = [...first, ...other].map((line) => readLine(line).id);
    expect(new Set(ids).size).toBe(10_000);
    expect(again).toEqual(first);
  });

  it('has a session for each visitor, of 32 hex digits like the site’s', () => {
    const requests = plan('monday').filter(({ expect: { action } }) => action !== 'asset');

    const sessions = render(requests).map((line) => readLine(line).session);

    const visitors = requests.map(({ visitor }) => visitor.number);
    expect(sameSplit(sessions)).toEqual(sameSplit(visitors));
    for (const session of sessions) expect(session).toMatch(/^[0-9a-f]{32}$/);
  });
});

/** Leaves out what depends on the clock or on the site’s secrets; of the size, only whether there is a body. */
function comparable({ host, request, status, bytes, referer, agent, user, session, site }: Line) {
  return {
    host,
    request,
    status,
    hasBody: !/^[-0]$/.test(bytes),
    referer,
    agent,
    user,
    hasSession: session !== '-',
    site,
  };
}

/** Replaces each value by the index of its first occurrence: equal for lists that differ only in names. */
function sameSplit(values: readonly (string | number)[]): readonly number[] {
  const first = new Map<string | number, number>();
  return values.map((value, place) => {
    if (!first.has(value)) first.set(value, place);
    return first.get(value) ?? -1;
  });
}

/** Sends the requests one after another, each visitor with their own cookie. */
async function sendInTurn(requests: readonly PlannedRequest[]): Promise<Line[]> {
  const folder = mkdtempSync(join(tmpdir(), 'lines-'));
  const logFile = join(folder, 'access_log');
  const site = await startDemoSite({ port: 0, logFile });
  const agent = new Agent({ keepAlive: true });
  const cookies = new Map<number, string>();
  for (const { method, path, form, referer, visitor, breaks } of requests) {
    const headers = {
      host: URL_OF_SITE.host,
      'x-forwarded-for': visitor.address,
      'user-agent': `${visitor.agent} clickstreamy/r7`,
      cookie: cookies.get(visitor.number) ?? '',
      ...(referer && { referer: referer.startsWith('/') ? `${URL_OF_SITE.origin}${referer}` : referer }),
      ...(breaks && { 'x-clickstream-error': '1' }),
      ...(form && { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(form) }),
    };
    const [cookie] = await send(new URL(path, site.url), { method, headers, agent }, form);
    if (cookie !== undefined) cookies.set(visitor.number, cookie.split(';', 1)[0] ?? '');
  }
  agent.destroy();
  await site.close();
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').map(readLine);
  rmSync(folder, { recursive: true });
  return lines;
}

function send(url: URL, options: RequestOptions, body: string | undefined): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    request(url, options, (response) => {
      response.resume().once('end', () => resolve(response.headers['set-cookie'] ?? []));
    })
      .once('error', reject)
      .end(body);
  });
}
