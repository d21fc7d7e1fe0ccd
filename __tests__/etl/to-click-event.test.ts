import { clickEventFields } from '../../click/click-event';
import type { AccessLine } from '../../etl/access-line';
import { NO_AGENT } from '../../etl/agent';
import { toClickEvent, toRefererPage } from '../../etl/to-click-event';
import { expectValid } from '../support/one-line';

const BARE: AccessLine = { time: { timestamp: '2026-10-10T13:55:36' }, status: 408, bytes: 0, tail: {} };

describe('toClickEvent', () => {
  it('leaves out unknown fields', () => {
    const event = toClickEvent(BARE, () => NO_AGENT, new Set());

    expect(event).toEqual({
      '@timestamp': '2026-10-10T13:55:36',
      response: 408,
      status_class: '4xx',
      bytes: 0,
      is_bot: false,
      action: 'other',
    });
    expectValid(event);
  });

  it('gives every field, in the order of the table', () => {
    const line: AccessLine = {
      host: '203.0.113.7',
      ident: 'kim',
      authuser: 'bob smith',
      time: { timestamp: '2026-10-10T13:55:36+10:00', utc: '2026-10-10T03:55:36Z', timezone: '+1000' },
      request: 'POST /Sign-In?next=a HTTP/1.1',
      status: 303,
      bytes: 12,
      referer: 'https://Shop.example.org/Sign-Up?x#y',
      userAgent: 'any',
      tail: { user: 'josé', session: 's1', id: 'i1', durationUs: 7, site: 'shop.example.org' },
    };

    const event = toClickEvent(
      line,
      () => ({ browser: 'Firefox', os: 'Linux', is_bot: false, isMonitor: false, run: 'r7' }),
      new Set(),
    );

    expect(Object.entries(event)).toEqual([
      ['host', '203.0.113.7'],
      ['ident', 'kim'],
      ['authuser', 'bob smith'],
      ['@timestamp', '2026-10-10T13:55:36+10:00'],
      ['@timestamp_utc', '2026-10-10T03:55:36Z'],
      ['timezone', '+1000'],
      ['request', 'POST /Sign-In?next=a HTTP/1.1'],
      ['verb', 'POST'],
      ['path', '/Sign-In'],
      ['query', 'next=a'],
      ['protocol', 'HTTP/1.1'],
      ['page', '/sign-in/'],
      ['response', 303],
      ['status_class', '3xx'],
      ['bytes', 12],
      ['referer', 'https://Shop.example.org/Sign-Up?x#y'],
      ['referer_page', '/sign-up/'],
      ['user-agent', 'any'],
      ['browser', 'Firefox'],
      ['os', 'Linux'],
      ['is_bot', false],
      ['run', 'r7'],
      ['username', 'josé'],
      ['session', 's1'],
      ['request_id', 'i1'],
      ['duration_us', 7],
      ['action', 'sign_in'],
      ['outcome', 'success'],
    ]);
    expect(Object.keys(event)).toEqual(Object.keys(clickEventFields));
  });
});

describe('toRefererPage', () => {
  const hosts = new Set(['shop.example.org', 'shop.example.org:8080']);

  it.each<[string, string | undefined, string | undefined]>([
    ['https://shop.example.org/Sign-In?a#b', undefined, '/sign-in/'],
    ['HTTP://SHOP.example.org:8080', undefined, '/'],
    ['http://shop.example.org:81/', undefined, undefined],
    ['http://other.example.org/a', 'other.example.org', '/a/'],
    ['http://other.example.org/a', undefined, undefined],
    ['http://shop.example.org.evil.example/a', undefined, undefined],
    ['http://evil.example/shop.example.org', undefined, undefined],
    ['http://shop.example.org@evil.example/', undefined, undefined],
    ['http://localhost:8080/a/', undefined, '/a/'],
    ['http://127.0.0.1/a/', undefined, '/a/'],
    ['http://[::1]:80/a/', undefined, '/a/'],
    ['http://127.0.0.1.example.org/a/', undefined, undefined],
    ['/Cart', undefined, '/cart/'],
    ['//evil.example/a', undefined, undefined],
    ['ftp://shop.example.org/a', undefined, undefined],
    ['android-app://com.google.android', undefined, undefined],
    ['', undefined, undefined],
    ['nonsense', undefined, undefined],
  ])('of %j on a visit to %j is %j', (referer, site, page) => {
    expect(toRefererPage(referer, site, hosts)).toBe(page);
  });
});
