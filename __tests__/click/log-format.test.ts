import fc from 'fast-check';
import { apacheLogFormat, escapeLogItem, type LogEntry, renderLogLine } from '../../click/log-format';
import { readLine } from '../support/log-line';

const TIME = new Date('2026-11-23T23:11:06.789Z');
const least: LogEntry = { host: '127.0.0.1', time: TIME, status: 200, bytes: 0 };

describe('the Apache directive', () => {
  it('is one LogFormat with its inner quotes escaped', () => {
    expect(apacheLogFormat('clickstream')).toBe(
      'LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\" ' +
        '\\"user = %{clickuser}n; session = %{clicksession}n; id = %{UNIQUE_ID}e; us = %D; site = %{Host}i\\"" clickstream',
    );
  });
});

describe('a line', () => {
  it('holds every field in its place', () => {
    const line = renderLogLine({
      host: '203.0.113.7',
      authuser: 'bob smith',
      time: TIME,
      request: 'GET /products/?color=red HTTP/1.1',
      status: 200,
      bytes: 45744,
      referer: 'https://shop.example.org/',
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
      user: 'alice',
      session: 'bb1191ef669f483dffbd14575c68db67',
      id: 'aSFxq38AAQEAAB2fKxkAAAAA',
      durationUs: 1834,
      site: 'shop.example.org:8096',
    });

    expect(line).toBe(
      '203.0.113.7 - bob smith [23/Nov/2026:23:11:06 +0000] "GET /products/?color=red HTTP/1.1" 200 45744 ' +
        '"https://shop.example.org/" "Mozilla/5.0 (X11; Linux x86_64)" ' +
        '"user = alice; session = bb1191ef669f483dffbd14575c68db67; id = aSFxq38AAQEAAB2fKxkAAAAA; us = 1834; site = shop.example.org:8096"',
    );
  });

  it('has - for absent values and for an empty body', () => {
    expect(renderLogLine({ ...least, host: '::1', status: 408 })).toBe(
      '::1 - - [23/Nov/2026:23:11:06 +0000] "-" 408 - "-" "-" "user = -; session = -; id = -; us = -; site = -"',
    );
  });

  it('logs an empty header as empty and an empty user as two quotes, as Apache does', () => {
    expect(renderLogLine({ ...least, authuser: '', userAgent: '', referer: '' })).toBe(
      '127.0.0.1 - "" [23/Nov/2026:23:11:06 +0000] "-" 200 - "" "" "user = -; session = -; id = -; us = -; site = -"',
    );
  });

  it.each([
    [0, '23/Nov/2026:23:11:06 +0000'],
    [600, '24/Nov/2026:09:11:06 +1000'],
    [345, '24/Nov/2026:04:56:06 +0545'],
    [-210, '23/Nov/2026:19:41:06 -0330'],
    [-1, '23/Nov/2026:23:10:06 -0001'],
  ])('has the time in the server’s zone, %d minutes from UTC', (offsetMinutes, time) => {
    expect(readLine(renderLogLine({ ...least, offsetMinutes })).time).toBe(time);
  });

  it('has the right second, even if the line before was later', () => {
    const times = ['2026-12-31T23:59:59.999Z', '2027-01-01T00:00:00.000Z', '2026-12-31T23:59:59.000Z'];

    const logged = times.map((time) => readLine(renderLogLine({ ...least, time: new Date(time) })).time);

    expect(logged).toEqual(['31/Dec/2026:23:59:59 +0000', '01/Jan/2027:00:00:00 +0000', '31/Dec/2026:23:59:59 +0000']);
  });

  it.each([
    ['007', '007'],
    ['josé', 'jos%C3%A9'],
    ['a b', 'a%20b'],
    ['a;b = c', 'a%3Bb%20%3D%20c'],
    ['"', '%22'],
    ['100%', '100%25'],
    ['-', '%2D'],
    ['--', '--'],
    ['', '-'],
    ['\ud800', '%EF%BF%BD'],
  ])('holds the user %j as %s', (user, logged) => {
    expect(readLine(renderLogLine({ ...least, user })).user).toBe(logged);
  });

  it('cannot be given another user by the Host that a client sends', () => {
    const line = renderLogLine({ ...least, user: 'alice', site: 'x"; user = admin\r\n' });

    expect(line).toMatch(/"user = alice; .*; site = x\\"; user = admin\\r\\n"$/);
  });
});

/** Left: what a client sent. Right: what a real Apache wrote. */
const APACHE: readonly (readonly [sent: Buffer, logged: string])[] = [
  [Buffer.from('Evil "quoted" \\back\\ agent'), 'Evil \\"quoted\\" \\\\back\\\\ agent'],
  [Buffer.from('caf\xe9 \xff\xfe bytes', 'latin1'), 'caf\\xe9 \\xff\\xfe bytes'],
  [Buffer.from('café 東京 😀'), 'caf\\xc3\\xa9 \\xe6\\x9d\\xb1\\xe4\\xba\\xac \\xf0\\x9f\\x98\\x80'],
  [Buffer.from('a\tb'), 'a\\tb'],
  [Buffer.from('GET /a"b HTTP/1.1'), 'GET /a\\"b HTTP/1.1'],
  [Buffer.from('GET /caf\xe9/?q=\xff HTTP/1.1', 'latin1'), 'GET /caf\\xe9/?q=\\xff HTTP/1.1'],
  [Buffer.from([0x16, 0x03, 0x01]), '\\x16\\x03\\x01'],
  [Buffer.from('http://x/?q="a b"'), 'http://x/?q=\\"a b\\"'],
  [Buffer.from('no"body\xe9', 'latin1'), 'no\\"body\\xe9'],
];

describe('escapes', () => {
  it.each(APACHE)('bytes as Apache does: %s', (sent, logged) => {
    expect(escapeLogItem(sent.toString('latin1'), 'latin1')).toBe(logged);
  });

  it('text as the bytes of its UTF-8', () => {
    expect(escapeLogItem('café 😀')).toBe('caf\\xc3\\xa9 \\xf0\\x9f\\x98\\x80');
  });

  it('control characters by their letter if they have one, else by their number', () => {
    expect(escapeLogItem('\b\t\n\v\r\f\0\x1b\x7f')).toBe('\\b\\t\\n\\v\\r\\x0c\\x00\\x1b\\x7f');
  });

  it('nothing of printable ASCII but the quote and the backslash', () => {
    const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('');

    expect(escapeLogItem(printable)).toBe(printable.replace('\\', '\\\\').replace('"', '\\"'));
  });

  it('reversibly', () => {
    const letters: Readonly<Record<string, string>> = { b: '\b', n: '\n', r: '\r', t: '\t', v: '\v' };
    const toBytes = (text: string) =>
      text.replace(/\\(?:x(..)|(.))/g, (_, hex, char) =>
        hex === undefined ? (letters[char] ?? char) : String.fromCharCode(Number.parseInt(hex, 16)),
      );

    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const sent = Buffer.from(bytes).toString('latin1');
        expect(toBytes(escapeLogItem(sent, 'latin1'))).toBe(sent);
      }),
    );
  });
});

describe('any entry', () => {
  const text = fc.option(
    fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"', '\\', '" "', '\n', '; user = x')),
    {
      nil: undefined,
    },
  );
  const entry: fc.Arbitrary<LogEntry> = fc.record({
    host: fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()),
    authuser: text,
    time: fc.date({ min: new Date('1970-01-02'), max: new Date('2099-12-30'), noInvalidDate: true }),
    offsetMinutes: fc.integer({ min: -720, max: 840 }),
    request: text,
    status: fc.integer({ min: 100, max: 599 }),
    bytes: fc.nat(),
    referer: text,
    userAgent: text,
    user: text,
    session: text,
    id: text,
    durationUs: fc.option(fc.nat(), { nil: undefined }),
    site: text,
    encoding: fc.constantFrom('utf8', 'latin1', undefined),
  });

  it('is one line of printable ASCII', () => {
    fc.assert(fc.property(entry, (each) => expect(renderLogLine(each)).toMatch(/^[ -~]+$/)));
  });

  it('keeps its fields apart: user, status and bytes can be read back', () => {
    fc.assert(
      fc.property(entry, (each) => {
        // An authuser with a bracket is the only field without a delimiter, as in Apache's log.
        const line = readLine(renderLogLine({ ...each, authuser: undefined }));

        const user = (each.user ?? '').toWellFormed();
        expect(line.user === '-' ? '' : decodeURIComponent(line.user)).toBe(user);
        expect(line.status).toBe(each.status);
        expect(line.bytes).toBe(each.bytes === 0 ? '-' : String(each.bytes));
      }),
    );
  });
});
