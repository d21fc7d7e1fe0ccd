import { expect, it } from '@jest/globals';
import { type PlannedRequest, planRequests } from '../../traffic/plan';
import { toRequestText, toVisitorHead } from '../../traffic/request-text';

const SENDER = { url: new URL('http://shop.example:8080'), run: 'r7', token: 'a secret' };
const [FIRST] = planRequests({ seed: 'monday', rate: 1, errors: 0, users: 1, requests: 1 });
const REQUEST: PlannedRequest = { ...(FIRST as PlannedRequest), path: '/products/', referer: undefined };
const HEAD = toVisitorHead({ ...REQUEST.visitor, agent: 'Browser/1.0', address: '2001:db8::1' }, SENDER);
const VISITOR_LINES = [
  'Host: shop.example:8080',
  'Connection: keep-alive',
  'User-Agent: Browser/1.0 clickstreamy/r7',
  'Accept: text/html,application/xhtml+xml,*/*;q=0.8',
  'Accept-Language: en',
  'X-Forwarded-For: 2001:db8::1',
];
const lines = (...more: readonly string[]) => [...VISITOR_LINES, ...more].join('\r\n');

it('is a request line and the visitor’s own headers', () => {
  expect(toRequestText(REQUEST, HEAD, '', SENDER)).toBe(`GET /products/ HTTP/1.1\r\n${lines('', '')}`);
});

it.each([
  ['/', 'http://shop.example:8080/'],
  ['https://www.google.com/', 'https://www.google.com/'],
])('sends the previous page (%s) as a full URL', (referer, whole) => {
  expect(toRequestText({ ...REQUEST, referer }, HEAD, 'a=1; b=2', SENDER)).toBe(
    `GET /products/ HTTP/1.1\r\n${lines(`Referer: ${whole}`, 'Cookie: a=1; b=2', '', '')}`,
  );
});

it('sends a form with its length, and the token', () => {
  const form = 'user=jos%C3%A9&password=x';

  expect(toRequestText({ ...REQUEST, method: 'POST', path: '/sign-in/', form }, HEAD, '', SENDER)).toBe(
    `POST /sign-in/ HTTP/1.1\r\n${lines('X-Clickstream-Token: a secret', 'Content-Type: application/x-www-form-urlencoded', 'Content-Length: 25', '', form)}`,
  );
});

it.each([
  [{ path: '/demo-error/' }, []],
  [{ breaks: true }, ['X-Clickstream-Error: 1']],
  [{ delayMs: 1500 }, ['X-Clickstream-Delay: 1500']],
])('asks for what only the token allows, with the token: %j', (asked, more) => {
  const text = toRequestText({ ...REQUEST, ...asked }, HEAD, '', SENDER);

  expect(text).toContain(lines(...more, 'X-Clickstream-Token: a secret', '', ''));
});
