/** The traffic tool counts by the rules of the click event, so the transform must come to the same result. */
import { describe, expect, it } from '@jest/globals';
import { renderLogLine } from '../../click/log-format';
import { parseAccessLine } from '../../etl/access-line';
import { describeAgent } from '../../etl/agent';
import { toClickEvent } from '../../etl/to-click-event';
import { toClick } from '../../traffic/expected-click';
import { type PlannedRequest, type PlanOptions, planRequests } from '../../traffic/plan';

const OPTIONS: PlanOptions = { seed: 'clicks', rate: 50, errors: 0.1, notFound: 0.05, users: 50, requests: 2000 };
const PLAN = (['route', 'spread'] as const).flatMap((errorMode) => [...planRequests({ ...OPTIONS, errorMode })]);

/** The click event that the transform makes of an answer's access line. */
function toEvent({ visitor, method, path, expect: expected }: PlannedRequest, status = expected.status) {
  const line = renderLogLine({
    host: visitor.address,
    time: new Date('2026-11-24T10:31:00Z'),
    request: `${method} ${path} HTTP/1.1`,
    status,
    bytes: 10,
    userAgent: `${visitor.agent} clickstreamy/r7`,
    user: expected.user,
  });
  const parsed = parseAccessLine(line);
  if (typeof parsed === 'string') throw new Error(`${parsed}: ${line}`);
  return toClickEvent(parsed, describeAgent, new Set());
}

describe('what the plan expects', () => {
  it('is what the transform makes of its access lines', () => {
    for (const request of PLAN) {
      const { page, action, outcome, user, status } = request.expect;

      expect(toEvent(request)).toMatchObject({
        page,
        action,
        response: status,
        host: request.visitor.address,
        run: 'r7',
      });
      expect(toEvent(request).outcome).toBe(outcome);
      expect(toEvent(request).username).toBe(user);
    }
  });

  it('follows every other status that a site may answer with', () => {
    for (const request of PLAN.slice(1700, 2300)) {
      for (const status of [200, 204, 301, 302, 303, 304, 307, 308, 400, 401, 404, 409, 422, 429, 500, 503]) {
        const { action, outcome } = toEvent(request, status);

        expect(toClick(request.method, request.expect.action, status)).toEqual({
          status,
          action,
          ...(outcome === undefined ? {} : { outcome }),
        });
      }
    }
  });

  it('has bots that are recognised as bots, and people who are not', () => {
    for (const request of PLAN) expect(toEvent(request).is_bot).toBe(request.visitor.journey === 'crawl');
  });

  it('has browsers and systems that are recognised', () => {
    for (const request of PLAN.filter(({ visitor }) => visitor.journey !== 'crawl')) {
      expect(toEvent(request)).toMatchObject({ browser: expect.any(String), os: expect.any(String) });
    }
  });
});
