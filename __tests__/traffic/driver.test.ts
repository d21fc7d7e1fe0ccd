import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type DriveResult, driveTraffic } from '../../traffic/driver';
import type { Journey } from '../../traffic/journeys';
import type { Answer, Loss } from '../../traffic/output';
import { type PlannedRequest, type PlanOptions, planRequests } from '../../traffic/plan';
import { startTestSite, type TestSite, type TestSiteOptions } from '../support/test-site';
import { until } from '../support/until';

let site: TestSite | undefined;
afterEach(() => site?.close());

interface Log extends DriveResult {
  readonly site: TestSite;
  readonly sent: readonly { readonly request: PlannedRequest; readonly isLate: boolean }[];
  readonly answers: readonly Answer[];
  readonly lost: readonly { readonly request: PlannedRequest; readonly loss: Loss }[];
}

interface DriveOptions extends TestSiteOptions {
  readonly plan?: Partial<PlanOptions>;
  readonly edit?: (request: PlannedRequest) => PlannedRequest;
  readonly timeoutSeconds?: number;
  readonly maxConnections?: number;
  readonly signal?: AbortSignal;
  readonly max?: { readonly seconds: number };
}

async function drive({
  plan,
  edit,
  // Long, so that a busy machine loses nothing that a test does not lose on purpose.
  timeoutSeconds = 20,
  maxConnections = 1000,
  signal,
  max,
  ...options
}: DriveOptions): Promise<Log> {
  const started = await startTestSite(options);
  site = started;
  const [sent, answers, lost]: [
    { request: PlannedRequest; isLate: boolean }[],
    Answer[],
    { request: PlannedRequest; loss: Loss }[],
  ] = [[], [], []];
  const requests = planRequests({ seed: 'monday', rate: 500, errors: 0.2, users: 100, requests: 300, ...plan });
  const url = new URL(started.url);
  const result = await driveTraffic(
    editEach(requests, edit),
    { url, run: 'r7', token: options.token, timeoutSeconds, maxConnections, signal, max },
    {
      onStart: () => {},
      onSent: (request, _at, isLate) => sent.push({ request, isLate }),
      onAnswer: (answer) => answers.push(answer),
      onLost: (request, loss) => lost.push({ request, loss }),
    },
  );
  return { ...result, site: started, sent, answers, lost };
}

function* editEach(requests: Iterable<PlannedRequest>, edit = (request: PlannedRequest) => request) {
  for (const request of requests) yield edit(request);
}

/** The plan without think times: journeys take milliseconds, and visitors are late. */
const crowded = (request: PlannedRequest): PlannedRequest => ({ ...request, atMs: request.atMs / 100 });
function countBy(values: readonly (string | number)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** A port where nothing listens, until `free` starts a server there that answers everything with 200. */
async function reservePort(): Promise<{ readonly port: number; free(): Promise<void> }> {
  const server = createServer((_request, response) => response.end('ok'));
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  site = { url: '', seen: [], close };
  return { port, free: () => listen(port) };
}

describe('the driver', () => {
  it('sends every request of the plan once, and each gets its own answer', async () => {
    const { site, due, end, answers, sent } = await drive({});

    expect({ end, due, sent: sent.length, seen: site.seen.length }).toEqual({
      end: 'complete',
      due: 300,
      sent: 300,
      seen: 300,
    });
    expect(answers.map(({ request }) => request.index).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 300 }, (_, index) => index),
    );
    expect(answers.filter(({ seen }) => seen.status === 500)).toHaveLength(60);
  });

  it('gets the planned answers: every status, and every user that the log would name', async () => {
    const { site, answers } = await drive({ plan: { requests: 2500, rate: 1000 } });

    expect(answers.filter(({ request, seen }) => seen.status !== request.expect.status)).toEqual([]);
    expect(answers.filter(({ request, seen }) => seen.user !== request.expect.user)).toEqual([]);
    expect(countBy(answers.map(({ seen }) => `${seen.status} ${seen.user}`))).toEqual(
      countBy(site.seen.map(({ status, user }) => `${status} ${user}`)),
    );
    expect(countBy(answers.map(({ seen }) => seen.outcome ?? '-'))).toMatchObject({
      success: expect.any(Number),
      failure: expect.any(Number),
    });
  });

  it('keeps one session for each visitor while cookies change', async () => {
    const { site, sent } = await drive({ plan: { requests: 1000, rate: 50, errors: 0 }, edit: crowded });

    const visitors = new Set(
      sent.filter(({ request }) => request.expect.action !== 'asset').map(({ request }) => request.visitor.number),
    );

    expect(new Set(site.seen.map(({ session }) => session).filter((session) => session !== undefined)).size).toBe(
      visitors.size,
    );
  });

  it('sends a visitor’s requests in order, each after the previous answer', async () => {
    const underWay = new Set<string>();
    const overlaps: string[] = [];
    const { site, sent } = await drive({
      plan: { rate: 50 },
      edit: (request) => ({ ...crowded(request), path: `/?visitor=${request.visitor.number}` }),
      before: async ({ url: visitor = '' }) => {
        if (underWay.has(visitor)) overlaps.push(visitor);
        underWay.add(visitor);
        await new Promise((resolve) => setTimeout(resolve, 30));
        underWay.delete(visitor);
        return false;
      },
    });

    expect(overlaps).toEqual([]);
    expect(site.seen).toHaveLength(300);
    expect(sent.some(({ isLate }) => isLate)).toBe(true);
  });

  it('sends user agent, run, address and referer', async () => {
    const { site, sent } = await drive({ plan: { errors: 0, requests: 1, rate: 1000 } });
    const visitor = sent[0]?.request.visitor;

    expect(site.seen[0]?.headers).toMatchObject({
      host: new URL(site.url).host,
      'user-agent': `${visitor?.agent} clickstreamy/r7`,
      'x-forwarded-for': visitor?.address,
    });
  });

  it('sends the previous page as referer, with the site’s origin', async () => {
    const { site } = await drive({ plan: { errors: 0, rate: 50 }, edit: crowded });

    const ofForms = site.seen
      .filter(({ method }) => method === 'POST')
      .map(({ path, headers }) => `${headers.referer} ${path}`);

    expect(ofForms.filter((trail) => trail === `${site.url}/sign-up/ /sign-up/`).length).toBeGreaterThan(0);
  });

  it('gives the token to the error route and the forms, and to nothing else', async () => {
    const { site } = await drive({ token: 'a secret', plan: { rate: 50 }, edit: crowded });

    const holds = (seen: TestSite['seen'][number]) => seen.headers['x-clickstream-token'] === 'a secret';

    expect(site.seen.every((seen) => holds(seen) === (seen.method === 'POST' || seen.path === '/demo-error/'))).toBe(
      true,
    );
    expect(site.seen.filter(({ status }) => status === 500)).toHaveLength(60);
  });

  it('does not wait for answers: slow ones delay nothing, and connections grow', async () => {
    let answerAll = () => {};
    const lastHasArrived = new Promise<false>((resolve) => {
      answerAll = () => resolve(false);
    });
    const { answers, sent } = await drive({
      plan: { requests: 200, rate: 400, errors: 0 },
      // A driver that waited for an answer would never send the last request.
      before: (_request, _response, number) => {
        if (number === 199) answerAll();
        return lastHasArrived;
      },
    });

    expect(sent.every(({ isLate }) => !isLate)).toBe(true);
    expect(answers).toHaveLength(200);
    // Latency counts from a request's own time, and no answer came before the last request was due.
    const lastMs = Math.max(...sent.map(({ request }) => request.atMs));
    for (const { request, latencyMs } of answers) expect(latencyMs).toBeGreaterThanOrEqual(lastMs - request.atMs);
  });

  it('sends everything, but later, when connections are limited', async () => {
    const { answers, site } = await drive({
      plan: { requests: 60, rate: 2000, errors: 0 },
      maxConnections: 3,
      before: () => new Promise((resolve) => setTimeout(() => resolve(false), 10)),
    });

    expect(answers).toHaveLength(60);
    expect(site.seen).toHaveLength(60);
  });

  it('never gives a request another one’s answer when connections are reset and closed', async () => {
    // The status says which request was answered.
    const { answers, lost, sent } = await drive({
      plan: { requests: 3000, rate: 4000 },
      edit: (request) => ({ ...request, method: 'GET', path: `/${request.index}` }),
      before: ({ url, socket }, response, number) => {
        if (number % 20 === 7) socket.resetAndDestroy();
        else if (number % 20 === 11) socket.destroy();
        else {
          if (number % 20 === 13) response.setHeader('connection', 'close');
          response.writeHead(400 + (Number(url?.slice(1)) % 100)).end('no such page');
        }
        return true;
      },
    });

    expect(answers.filter(({ request, seen }) => seen.status !== 400 + (request.index % 100))).toEqual([]);
    expect(new Set([...answers, ...lost].map(({ request }) => request.index)).size).toBe(3000);
    expect(lost).toHaveLength(300);
    expect(sent).toHaveLength(3000);
  });

  it('counts a request without an answer in time as lost, and the visitor continues', async () => {
    const { answers, lost, site } = await drive({
      plan: { requests: 100, errors: 0 },
      timeoutSeconds: 1,
      before: (_request, _response, number) => number % 10 === 3,
    });

    expect(countBy(lost.map(({ loss }) => loss))).toEqual({ timeout: 10 });
    expect(answers).toHaveLength(90);
    expect(site.seen).toHaveLength(90);
  });

  it('gives up on a site that stops answering', async () => {
    const { end, due, lost } = await drive({
      plan: { requests: 100_000, rate: 20 },
      before: ({ socket }, _response, number) => {
        if (number > 10) socket.destroy();
        return number > 10;
      },
    });

    expect(end).toBe('broken');
    expect(due).toBeLessThan(1000);
    expect(lost.length).toBeGreaterThanOrEqual(20);
  });

  it('gives up on a site that hangs as soon as the first request has timed out', async () => {
    const { end, lost, due } = await drive({
      plan: { requests: 100_000, rate: 50, errors: 0 },
      timeoutSeconds: 4,
      before: () => true,
    });

    expect(end).toBe('broken');
    expect(countBy(lost.map(({ loss }) => loss))['timeout']).toBeGreaterThanOrEqual(20);
    // Far from the plan's end; breaker.test.ts says exactly when.
    expect(due).toBeLessThan(100_000);
  });

  it('retries a refused connection, since nothing was sent on it', async () => {
    const { port, free } = await reservePort();
    const plan = [...planRequests({ seed: 'monday', rate: 1000, errors: 0, users: 10, requests: 20 })];
    const [answers, lost]: [Answer[], Loss[]] = [[], []];
    let sent = 0;

    const driven = driveTraffic(
      plan.values(),
      { url: new URL(`http://127.0.0.1:${port}`), run: 'r7', timeoutSeconds: 5, maxConnections: 100 },
      {
        onStart: () => {},
        onSent: () => sent++,
        onAnswer: (answer) => answers.push(answer),
        onLost: (_request, loss) => lost.push(loss),
      },
    );
    await until(() => sent === 20, { what: 'all requests are sent' });
    await free();
    const { retried, end } = await driven;

    expect({ end, sent, answered: answers.length, lost }).toEqual({
      end: 'complete',
      sent: 20,
      answered: 20,
      lost: [],
    });
    expect(retried).toBeGreaterThanOrEqual(20);
  });

  it('counts a request that is refused every time as lost once, even when the run is stopped', async () => {
    for (const signal of [undefined, AbortSignal.timeout(150)]) {
      const plan = planRequests({ seed: 'monday', rate: 1000, errors: 0, users: 10, requests: 30 });
      const lost: PlannedRequest[] = [];
      let sent = 0;

      await driveTraffic(
        plan,
        { url: new URL('http://127.0.0.1:1'), run: 'r7', timeoutSeconds: 5, maxConnections: 10, signal },
        {
          onStart: () => {},
          onSent: () => sent++,
          onAnswer: () => {},
          onLost: (request, loss) => loss === 'refused' && lost.push(request),
        },
      );

      expect(lost).toHaveLength(sent);
      expect(new Set(lost.map(({ index }) => index)).size).toBe(sent);
    }
  });

  it('keeps every connection busy at full speed, and each visitor in order', async () => {
    let [underWay, most] = [0, 0];
    const startMs = performance.now();
    const { end, answers, sent } = await drive({
      plan: { requests: 400, rate: 10_000, think: 0.1, errors: 0 },
      maxConnections: 8,
      max: { seconds: Number.POSITIVE_INFINITY },
      before: async () => {
        most = Math.max(most, ++underWay);
        await new Promise((resolve) => setTimeout(resolve, 5));
        underWay--;
        return false;
      },
    });

    expect({ end, answered: answers.length, sent: sent.length, most }).toEqual({
      end: 'complete',
      answered: 400,
      sent: 400,
      most: 8,
    });
    // Counted from the sending, so never more than the whole run took.
    for (const { latencyMs } of answers) expect(latencyMs).toBeLessThan(performance.now() - startMs);
  });

  it('ends a full-speed run when its time is over', async () => {
    const { end, due, answers } = await drive({
      plan: { requests: 1_000_000, rate: 10_000, think: 0.1, errors: 0 },
      maxConnections: 4,
      max: { seconds: 0.3 },
    });

    expect(end).toBe('complete');
    expect(answers).toHaveLength(due);
    expect(due).toBeLessThan(1_000_000);
  });

  it('stops on its signal, and still takes outstanding answers', async () => {
    const stop = new AbortController();
    const { end, answers, sent, lost } = await drive({
      plan: { requests: 100_000 },
      signal: stop.signal,
      before: (_request, _response, number) => {
        if (number === 50) stop.abort();
        return new Promise((resolve) => setTimeout(() => resolve(false), 20));
      },
    });

    expect(end).toBe('stopped');
    expect(lost).toEqual([]);
    expect(answers).toHaveLength(sent.length);
    expect(sent.length).toBeGreaterThan(50);
  });

  it('sends nothing if it was stopped before it began', async () => {
    const { end, due } = await drive({ signal: AbortSignal.abort() });

    expect({ end, due }).toEqual({ end: 'stopped', due: 0 });
  });
});

it('takes visitors through custom journeys', async () => {
  const journeys: readonly Journey[] = [
    {
      name: 'prices',
      weight: 1,
      visitor: 'anonymous',
      steps: [{ method: 'GET', path: '/pricing/', expect: { status: 200, action: 'page_view' } }],
    },
  ];

  const { site } = await drive({ plan: { journeys, requests: 5, errors: 0 } });

  expect(site.seen.map(({ path }) => path)).toEqual(Array(5).fill('/pricing/'));
});
