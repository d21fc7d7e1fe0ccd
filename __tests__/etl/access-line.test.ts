import fc from 'fast-check';
import type { FieldName } from '../../click/click-event';
import { type LogEntry, renderLogLine } from '../../click/log-format';
import { parseAccessLine } from '../../etl/access-line';
import { eventOf, expectValid, transformLine } from '../support/one-line';

/** A field that is undefined here must be absent. */
type Expected = Partial<Record<FieldName, unknown>>;

const COMMON = '203.0.113.7 - - [10/Oct/2026:13:55:36 +0000] "GET /sign-up/ HTTP/1.1" 200 2326';
const COMBINED = `${COMMON} "http://x/" "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"`;
const FULL = `${COMBINED} "user = alice; session = 7f3c; id = aSFx; us = 1834; site = shop.example.org"`;

const withTail = (tail: string) => `${COMBINED} "${tail}"`;
const withHost = (host: string) => FULL.replace('203.0.113.7', host);
const withTime = (time: string) => FULL.replace('10/Oct/2026:13:55:36 +0000', time);

describe('what the workshop’s function does wrong', () => {
  it.each<[string, string, Expected]>([
    ['bytes `-`, of every 304 and HEAD', FULL.replace('200 2326', '304 -'), { response: 304, bytes: 0 }],
    ['an IPv6 client', withHost('2001:db8::7'), { host: '2001:db8::7' }],
    ['the loopback client', withHost('::1'), { host: '::1' }],
    ['an IPv6 client with a zone', withHost('fe80::1%eth0'), { host: 'fe80::1%eth0' }],
    ['a client by its name', withHost('crawl-66-249.example.org'), { host: 'crawl-66-249.example.org' }],
    ['an authenticated user with a space', FULL.replace('- - [', '- bob smith ['), { authuser: 'bob smith' }],
    ['an empty referer', FULL.replace('http://x/', ''), { referer: undefined, username: 'alice' }],
    ['an empty agent', FULL.replace(/"Moz[^"]+"/, '""'), { 'user-agent': undefined, username: 'alice' }],
    [
      'an empty request',
      FULL.replace('GET /sign-up/ HTTP/1.1', ''),
      { request: undefined, verb: undefined, bytes: 2326 },
    ],
    ['a common line', COMMON, { host: '203.0.113.7', request: 'GET /sign-up/ HTTP/1.1', response: 200, bytes: 2326 }],
    [
      'an offset of ten hours',
      withTime('10/Oct/2026:13:55:36 +1000'),
      { '@timestamp': '2026-10-10T13:55:36+10:00', '@timestamp_utc': '2026-10-10T03:55:36Z', timezone: '+1000' },
    ],
    [
      'referer and agent',
      FULL,
      {
        referer: 'http://x/',
        'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      },
    ],
    ['quotes in an agent without a tail', `${COMMON} "-" "A \\"q\\" B"`, { 'user-agent': 'A "q" B' }],
    ['user `-`', withTail('user = -; session = 7f3c'), { username: undefined, session: '7f3c' }],
    ['a tail without `;`', withTail('user = zoe'), { username: 'zoe' }],
    ['a tail without `;` before the newline', `${withTail('user = zoe')}\r`, { username: 'zoe' }],
    ['user 007', withTail('user = 007; session = 7f3c'), { username: '007' }],
    ['pairs without spaces', withTail('user=alice; PHPSESSID=7f3c'), { username: 'alice', session: '7f3c' }],
    [
      'another cookie first',
      withTail('theme=dark; user = alice; session = 7f3c'),
      { username: 'alice', session: '7f3c' },
    ],
    ['an escaped user', withTail('user = jos\\xc3\\xa9; session = 7f3c'), { username: 'josé' }],
    ['user ²', withTail('user = ²; session = 7f3c'), { username: '²' }],
  ])('%s', (_, line, expected) => {
    const event = eventOf(line);

    expect(event).toMatchObject(JSON.parse(JSON.stringify(expected)));
    const absent = Object.entries(expected).filter(([, value]) => value === undefined);
    for (const [name] of absent) expect(event).not.toHaveProperty([name]);
    expectValid(event);
  });

  it.each(['99/Foo/2026:13:55:36 +0000', '31/Feb/2026:13:55:36 +0000'])('rejects the date %s', (time) => {
    expect(transformLine(withTime(time))).toBe('timestamp');
  });

  it('rejects a byte that is not UTF-8', () => {
    expect(transformLine(Buffer.concat([Buffer.from(FULL), Buffer.of(0xff)]))).toBe('encoding');
  });

  it.each<[string, string]>([
    ['quotes that look like the end of the line', '" 200 5 "a" "b'],
    ['times', ' [10/Oct/2026:13:55:36 +0000'],
    ['backslashes', '\\'],
    ['escaped quotes', '\\"'],
    ['escaped bytes', '\\xff'],
    ['per cents', '%'],
    ['pairs', 'user = a; '],
    ['equals signs', '='],
    ['slashes', '/'],
    ['spaces', ' '],
    ['carriage returns', '\r'],
  ])('needs no more than linear time for 1,000 KiB of %s, wherever they stand', (_, evil) => {
    const much = evil.repeat(Math.floor((1_000 * 1024 - FULL.length) / evil.length));

    const lines = [
      much,
      withHost(much),
      FULL.replace('- - [', () => `- ${much} [`),
      FULL.replace('/sign-up/', () => much),
      FULL.replace('http://x/', () => much),
      FULL.replace('Mozilla', () => much),
      FULL.replace('alice', () => much),
      FULL + much,
    ];

    // A quadratic one would take hours, so returning is the assertion.
    for (const line of lines) {
      const event = transformLine(line);
      if (typeof event !== 'string') expectValid(event);
    }
  });
});

describe('the tail', () => {
  it.each<[string, Expected]>([
    [
      'session = s1; us = 12; id = i1; user = alice',
      { username: 'alice', session: 's1', request_id: 'i1', duration_us: 12 },
    ],
    ['user = alice; user = admin', { username: 'alice' }],
    ['username = alice; user = admin', { username: 'alice' }],
    ['PHPSESSID=s1; session=s2', { session: 's1' }],
    ['User = alice', { username: 'alice' }],
    ['user = a%3Bb%3Dc%22%25', { username: 'a;b=c"%' }],
    ['user = %zz%4', { username: '%zz%4' }],
    ['user = %2D', { username: '-' }],
    ['user = a=b', { username: 'a=b' }],
    ['user', {}],
    ['', {}],
    ['-', {}],
    [';;=;', {}],
    ['us = soon', {}],
    ['us = -1', {}],
    ['us = 0', { duration_us: 0 }],
  ])('%s', (tail, expected) => {
    const { username, session, request_id, duration_us } = eventOf(withTail(tail));

    expect(JSON.parse(JSON.stringify({ username, session, request_id, duration_us }))).toEqual(expected);
  });

  it('may come in several quoted items', () => {
    expect(eventOf(`${COMBINED} "user = alice" "session = s1"`)).toMatchObject({ username: 'alice', session: 's1' });
  });

  it('cannot be forged from the agent or the referer', () => {
    const line = renderLogLine({
      host: '::1',
      time: new Date(0),
      status: 200,
      bytes: 0,
      request: 'GET /" 200 1 "-" "-" "user = eve HTTP/1.1',
      referer: '" "x" "user = eve"',
      userAgent: 'x" "user = eve; session = s',
      user: 'alice',
      site: 'x; user = eve',
    });

    const event = eventOf(line);

    expect(event.username).toBe('alice');
    expect(event).not.toHaveProperty('session');
  });
});

describe('what is not an access line', () => {
  it.each<[string, string]>([
    ['', 'blank'],
    [' \t\r', 'blank'],
    ['hello', 'shape'],
    ['[Sat Oct 10 13:55:36 2026] [error] no such file', 'timestamp'],
    ['203.0.113.7 - -', 'shape'],
    [COMMON.replace(' 200 ', ' 099 '), 'status'],
    [COMMON.replace(' 200 ', ' 600 '), 'status'],
    [COMMON.replace(' 200 ', ' - '), 'status'],
    [COMMON.replace(' 200 ', ' 20 '), 'shape'],
    [COMMON.replace(' 2326', ''), 'shape'],
    [COMMON.replace(' 2326', ' -5'), 'shape'],
    [COMMON.replace(' 2326', ' 1e3'), 'shape'],
    [COMMON.replace(' 2326', ' 9999999999999999'), 'shape'],
    [COMMON.replace('[', ''), 'shape'],
    [COMMON.replace(']', ''), 'timestamp'],
    [COMMON.replace('HTTP/1.1"', 'HTTP/1.1'), 'shape'],
    [COMMON.replace('HTTP/1.1"', 'HTTP/1.1\\"'), 'shape'],
    [`${COMMON} "http://x/"`, 'shape'],
    [`${COMBINED} user = alice`, 'shape'],
    [`${FULL} and more`, 'shape'],
    [FULL.slice(0, -1), 'shape'],
  ])('%s: %s', (line, reason) => {
    expect(transformLine(line)).toBe(reason);
  });
});

describe('properties', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom('"', '\\', ';', '%', '=', '-', ' ', '\n', '\t', '\0', 'x', '4', '2', 'é', '東', '😀'),
    }),
  );
  const word = fc.string({ unit: fc.constantFrom(...'abcXYZ019.:%-_'), minLength: 1 }).filter((host) => host !== '-');
  const optional = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
  const entries: fc.Arbitrary<LogEntry> = fc.record({
    host: word,
    authuser: optional(text),
    time: fc.date({ min: new Date('1971-01-01'), max: new Date('9998-12-31'), noInvalidDate: true }),
    offsetMinutes: fc.integer({ min: -1439, max: 1439 }),
    request: optional(text),
    status: fc.integer({ min: 100, max: 599 }),
    bytes: fc.integer({ min: 0, max: 1e14 }),
    referer: optional(text),
    userAgent: optional(text),
    user: optional(text),
    session: optional(text),
    id: optional(text),
    durationUs: optional(fc.integer({ min: 0, max: 1e14 })),
    site: optional(fc.domain()),
  });
  /** What a log cannot express: `-` and empty are absent, and lone surrogates have no bytes. */
  const logged = (value: string | undefined, ...absent: string[]) =>
    value === undefined || ['', ...absent].includes(value) ? undefined : value.toWellFormed();

  it('gives back what was printed', () => {
    fc.assert(
      fc.property(entries, (entry) => {
        const event = eventOf(renderLogLine(entry));

        expectValid(event);
        expect(event.host).toBe(entry.host);
        expect(event.authuser).toBe(logged(entry.authuser, '-'));
        expect(event.response).toBe(entry.status);
        expect(event.bytes).toBe(entry.bytes);
        expect(event.request).toBe(logged(entry.request, '-'));
        expect(event.referer).toBe(logged(entry.referer, '-'));
        expect(event['user-agent']).toBe(logged(entry.userAgent, '-'));
        expect(event.username).toBe(logged(entry.user));
        expect(event.session).toBe(logged(entry.session));
        expect(event.request_id).toBe(logged(entry.id));
        expect(event.duration_us).toBe(entry.durationUs);
        expect(Date.parse(event['@timestamp'])).toBe(Math.floor(entry.time.getTime() / 1000) * 1000);
        expect(Date.parse(event['@timestamp_utc'] ?? '')).toBe(Date.parse(event['@timestamp']));
      }),
      { numRuns: 1000 },
    );
  });

  it('gives back a request’s parts', () => {
    const part = fc.webPath().map((path) => (path.startsWith('/') ? path : `/${path}`));
    fc.assert(
      fc.property(
        entries,
        fc.constantFrom('GET', 'POST', 'PROPFIND', 'M-SEARCH'),
        part,
        optional(fc.webQueryParameters()),
        (entry, verb, path, query) => {
          const request = `${verb} ${path}${query === undefined ? '' : `?${query}`} HTTP/1.1`;

          const event = eventOf(renderLogLine({ ...entry, request }));

          expect([event.verb, event.path, event.query, event.protocol]).toEqual([
            verb,
            path,
            query || undefined,
            'HTTP/1.1',
          ]);
        },
      ),
    );
  });

  const neverThrows = (line: string | Buffer) => {
    const event = transformLine(line);
    if (typeof event !== 'string') expectValid(event);
  };

  it('makes only valid events of any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => neverThrows(Buffer.from(bytes))));
  });

  it('makes only valid events of any text', () => {
    fc.assert(fc.property(text, neverThrows));
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), neverThrows));
  });

  it('makes only valid events of lines with a piece changed', () => {
    fc.assert(
      fc.property(entries, fc.nat(), fc.nat(20), fc.uint8Array({ maxLength: 20 }), (entry, at, gone, put) => {
        const line = Buffer.from(renderLogLine(entry));
        const start = at % line.length;

        neverThrows(Buffer.concat([line.subarray(0, start), put, line.subarray(start + gone)]));
      }),
      { numRuns: 1000 },
    );
  });

  it('makes only valid events of parts of lines in any order', () => {
    const parts = [...FULL.split(/(?<= )/), '"', '\\', ' "" ', '[10/Oct/2026:13:55:36 +0000] "', ' - ', ';', '%'];

    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 20 }), (chosen) => neverThrows(chosen.join(''))),
      { numRuns: 1000 },
    );
  });

  it('rejects a line that was cut, or makes a valid event of what remains', () => {
    fc.assert(
      fc.property(entries, (entry) => {
        const line = Buffer.from(renderLogLine(entry));
        for (let end = 0; end < line.length; end++) neverThrows(line.subarray(0, end));
      }),
      { numRuns: 20 },
    );
  });

  it('rejects each cut of a full line except after a complete common or combined line', () => {
    const kept = Array.from(FULL, (_, end) => FULL.slice(0, end)).filter(
      (line) => typeof transformLine(line) !== 'string',
    );

    // A number that was cut is still a number: nobody can tell.
    const digits = ['2', '23', '232', '2326', '2326 '].map((bytes) => COMMON.replace('2326', bytes));
    expect(kept).toEqual([...digits, COMBINED, `${COMBINED} `]);
  });

  it('ignores a carriage return and spaces at the line’s end', () => {
    fc.assert(
      fc.property(entries, fc.constantFrom('\r', ' ', ' \r', '\r\r'), (entry, end) => {
        const line = renderLogLine(entry);

        expect(parseAccessLine(line + end)).toEqual(parseAccessLine(line));
      }),
    );
  });
});
