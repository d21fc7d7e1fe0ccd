import fc from 'fast-check';
import { generateCorpus } from '../../bench/corpus';
import { CORPUS_SITE_HOSTS } from '../../bench/corpus-referers';
import { ByteSink } from '../../etl/byte-sink';
import { createFastPrinter } from '../../etl/fast-printer';
import type { LineTransform } from '../../etl/line-transform';
import { createSimpleTransform } from '../../etl/simple-transform';
import { createLineTransform } from '../../etl/transform';

const options = { siteHosts: CORPUS_SITE_HOSTS };
const simple = createSimpleTransform(options);
const fast = createLineTransform(options);
const printFast = createFastPrinter(options);

function outcome(transform: LineTransform, line: Buffer): string {
  const sink = new ByteSink(16);
  const reason = transform(line, 0, line.length, sink);
  return reason ?? sink.bytes.toString('latin1', 0, sink.length);
}

/** Latin-1, in which any bytes can be written. */
const bytesOf = (line: string) => Buffer.from(line, 'latin1');

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const value = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      '-',
      '',
      'alice',
      'b@c.d',
      'a b',
      'a = b',
      '"" "',
      '%2D',
      'caf%c3%a9',
      '\\xe9',
      '0',
      '007',
    ),
  },
  { weight: 2, arbitrary: hex(32) },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...'"\\ ;=-%x2d\xc3\xa9\xff\xa0\r\t'), maxLength: 8 }) },
);
const key = fc.constantFrom(
  'user',
  'username',
  'USER',
  'session',
  'PHPSESSID',
  'id',
  'us',
  'site',
  'Site',
  'other',
  '',
  ' ',
);
const site = fc.constantFrom(
  'shop.example.org',
  'SHOP.example.org',
  '[::1]:80',
  '-',
  '%2D',
  'a_b',
  'a b',
  'caf\xc3\xa9',
  'x',
);
const pair = fc.oneof(
  fc.tuple(key, fc.constantFrom('=', ' = ', '= ', ''), value).map((parts) => parts.join('')),
  fc.nat(10 ** 16).map((us) => `us = ${us}`),
  site.map((host) => `site = ${host}`),
);
const tail = fc
  .tuple(fc.array(pair, { maxLength: 7 }), fc.constantFrom('; ', ';', ' ; ', '" "'), fc.constantFrom('', ';', ' '))
  .map(([pairs, between, end]) => ` "${pairs.join(between)}${end}"`);
const time = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      '10/Oct/2026:13:55:36 +0000',
      '29/Feb/2024:00:00:00 +1000',
      '31/Dec/2026:23:59:59 -0330',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('10/Oct/2026:13:55:36', '31/Feb/2026:13:55:36 +0000', '] "', '-', '', 'x] "y'),
  },
);
const client = fc.constantFrom(
  '203.0.113.7 - -',
  '::1 kim bob smith',
  '- - ""',
  '- - a [b] c',
  'h - a [10/Oct/2026:13:55:36 +0000] b',
  'a b',
  'a',
  ' - -',
  'h -  ',
  'h - caf\xc3\xa9',
  'h - \xff',
  'h - no\\"b\\xe9',
);
const request = fc.oneof(
  fc.constantFrom(
    'GET /a/?b=c HTTP/1.1',
    'POST /sign-in/ HTTP/1.1',
    'GET /health HTTP/1.0',
    '-',
    '',
    'GET /\\"a\\\\ HTTP/1.1',
  ),
  value,
);
const numbers = fc.oneof(
  fc.tuple(fc.constantFrom(200, 303, 404, 500), fc.nat(10 ** 7)).map((both) => both.join(' ')),
  fc.constantFrom(
    '200 -',
    '200 0',
    '200 007',
    '600 1',
    '099 1',
    '- -',
    '200 1234567890123456',
    '20 5',
    '200  5',
    '200 -5',
    '200',
  ),
);
const referer = fc.oneof(
  fc.constantFrom(
    '-',
    '',
    '/a/',
    'https://shop.example.org/a?b',
    'http://-/a',
    'http://a b/',
    'HTTP://LOCALHOST:80',
    'http://caf\xc3\xa9/',
  ),
  site.map((host) => `http://${host}/Page`),
  value,
);
const agent = fc.oneof(
  fc.constantFrom(
    '-',
    '',
    'curl/8.5.0',
    'kube-probe/1.29',
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  ),
  fc.constantFrom('x clickstreamy/r7', 'a \\"b\\" \\', '\xe6\x9d\xb1', '\\xe6'),
  value,
);
const items = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(referer, agent, tail).map(([from, by, rest]) => ` "${from}" "${by}"${rest}`) },
  { weight: 2, arbitrary: fc.tuple(referer, agent).map(([from, by]) => ` "${from}" "${by}"`) },
  { weight: 1, arbitrary: referer.map((from) => ` "${from}"`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', '  "-" "-"', ' "-"  "-"', ' "-" "-"x', ' "-" "-" ', ' "-" "-"  "user = a"'),
  },
);
const line = fc
  .tuple(client, time, request, numbers, items, fc.constantFrom('', '', '\r', '  ', ' \r'))
  .map(([who, when, what, counts, rest, end]) => `${who} [${when}] "${what}" ${counts}${rest}${end}`);
const mutation = fc.record({
  at: fc.nat(),
  remove: fc.nat(2),
  insert: fc.constantFrom(
    '',
    '"',
    '\\',
    ' ',
    '[',
    ']',
    ';',
    '=',
    '%',
    '\xff',
    '\xc3',
    '\xe9',
    '-',
    '0',
    '\r',
    '\0',
    '\u007f',
    'a',
  ),
});
const mutated = fc.tuple(line, fc.array(mutation, { minLength: 1, maxLength: 3 })).map(([text, mutations]) =>
  mutations.reduce((now, { at, remove, insert }) => {
    const from = at % (now.length + 1);
    return now.slice(0, from) + insert + now.slice(from + remove);
  }, text),
);

describe('the fast transform gives what the simple one gives', () => {
  it.each([
    ['for lines of every form', line],
    ['for lines with characters inserted, removed and replaced', mutated],
    ['for lines cut anywhere', fc.tuple(line, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1)))],
    ['for any text', fc.string({ unit: 'binary' })],
  ])('%s', (_, lines) => {
    fc.assert(
      fc.property(lines, (text) => {
        expect(outcome(fast, bytesOf(text))).toBe(outcome(simple, bytesOf(text)));
      }),
      { numRuns: 20_000 },
    );
  });

  it('whatever surrounds the line', () => {
    const around = fc.tuple(
      fc.constantFrom('', ' ', '" 200 5'),
      line,
      fc.constantFrom('', '"', '] "', ' "a" "b" "user = x"'),
      line,
    );
    fc.assert(
      fc.property(around, ([before, text, between, behind]) => {
        const input = bytesOf(`${before}${text}${between}${behind}`);
        const sink = new ByteSink(16);

        const reason = fast(input, before.length, before.length + text.length, sink);

        expect(reason ?? sink.bytes.toString('latin1', 0, sink.length)).toBe(outcome(simple, bytesOf(text)));
      }),
      { numRuns: 5000 },
    );
  });

  it('for a generated log, nearly all of whose lines it prints itself', () => {
    const corpus = [...generateCorpus({ lines: 20_000, seed: 11 })];

    const wrong = corpus.filter(({ line }) => outcome(fast, line) !== outcome(simple, line));
    const fallenBack = corpus.filter(({ line, truth }) => truth && !printFast(line, 0, line.length, new ByteSink()));

    expect(wrong).toEqual([]);
    expect(fallenBack.length).toBeLessThan(corpus.length * 0.02);
  });
});
