import fc from 'fast-check';
import { parseLogTime } from '../../etl/log-time';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number) => String(value).padStart(2, '0');

describe('a time with its offset', () => {
  it.each([
    ['10/Oct/2026:13:55:36 +0000', '2026-10-10T13:55:36+00:00', '2026-10-10T13:55:36Z', '+0000'],
    ['10/Oct/2026:13:55:36 +1000', '2026-10-10T13:55:36+10:00', '2026-10-10T03:55:36Z', '+1000'],
    ['10/Oct/2026:13:55:36 -0330', '2026-10-10T13:55:36-03:30', '2026-10-10T17:25:36Z', '-0330'],
    ['01/Jan/2027:00:30:00 +0545', '2027-01-01T00:30:00+05:45', '2026-12-31T18:45:00Z', '+0545'],
    ['31/Dec/2026:23:59:59 -2359', '2026-12-31T23:59:59-23:59', '2027-01-01T23:58:59Z', '-2359'],
    ['10/Oct/2026:13:55:36 -0000', '2026-10-10T13:55:36-00:00', '2026-10-10T13:55:36Z', '-0000'],
    ['01/Jan/1970:00:00:00 +0000', '1970-01-01T00:00:00+00:00', '1970-01-01T00:00:00Z', '+0000'],
    ['31/Dec/1969:23:00:00 -0100', '1969-12-31T23:00:00-01:00', '1970-01-01T00:00:00Z', '-0100'],
    ['31/Dec/9999:23:59:59 +0000', '9999-12-31T23:59:59+00:00', '9999-12-31T23:59:59Z', '+0000'],
  ])('%s', (text, timestamp, utc, timezone) => {
    expect(parseLogTime(text)).toEqual({ timestamp, utc, timezone });
  });
});

it('accepts a time without an offset, and then gives no UTC', () => {
  expect(parseLogTime('10/Oct/2026:13:55:36')).toEqual({ timestamp: '2026-10-10T13:55:36' });
});

describe('days', () => {
  /** Written down, not computed. */
  const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

  it.each([
    [2024, 29],
    [2026, 28],
    [1900 + 100, 29],
    [2100, 28],
    [2400, 29],
  ])('are those of the months in %i', (year, daysOfFebruary) => {
    for (const [month, name] of MONTHS.entries()) {
      const length = month === 1 ? daysOfFebruary : LENGTHS[month];
      for (let day = 0; day <= 99; day++) {
        const time = parseLogTime(`${two(day)}/${name}/${year}:12:00:00 +0000`);

        const isDay = day >= 1 && day <= Number(length);
        expect([name, day, time?.timestamp]).toEqual([
          name,
          day,
          isDay ? `${year}-${two(month + 1)}-${two(day)}T12:00:00+00:00` : undefined,
        ]);
      }
    }
  });
});

it.each([
  '99/Foo/2026:13:55:36 +0000',
  '31/Feb/2026:13:55:36 +0000',
  '10/oct/2026:13:55:36 +0000',
  '10/October/2026:13:55:36 +0000',
  '10/Oct/26:13:55:36 +0000',
  '10/Oct/12026:13:55:36 +0000',
  '1/Oct/2026:13:55:36 +0000',
  '10-Oct-2026 13:55:36 +0000',
  '10/Oct/2026:24:00:00 +0000',
  '10/Oct/2026:13:60:36 +0000',
  '10/Oct/2026:13:55:60 +0000',
  '10/Oct/2026:13:55:61 +0000',
  '10/Oct/2026:1:55:36 +0000',
  '10/Oct/2026:13:55 +0000',
  '10/Oct/2026:13:55:36.5 +0000',
  '10/Oct/2026:13:55:36 0000',
  '10/Oct/2026:13:55:36 +00:00',
  '10/Oct/2026:13:55:36 +2400',
  '10/Oct/2026:13:55:36 +0060',
  '10/Oct/2026:13:55:36 +000',
  '10/Oct/2026:13:55:36 UTC',
  '10/Oct/2026:13:55:36  +0000',
  '10/Oct/2026:13:55:36 +0000 ',
  ' 10/Oct/2026:13:55:36 +0000',
  '10/Oct/2026:13:55:36 +0000\n',
  '１0/Oct/2026:13:55:36 +0000',
  '31/Dec/1969:23:59:59 +0000',
  '31/Dec/1969:23:59:59',
  '01/Jan/1970:00:59:59 +0100',
  '01/Jan/0000:00:00:00 +0000',
  '31/Dec/9999:23:59:59 -0001',
  '',
  '-',
])('is none: %j', (text) => {
  expect(parseLogTime(text)).toBeUndefined();
});

it('gives the exact moment of any date in any zone', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('1970-01-02T00:00:00Z'), max: new Date('9999-12-30T23:59:59Z'), noInvalidDate: true }),
      fc.integer({ min: -1439, max: 1439 }),
      (date, offset) => {
        const moment = Math.floor(date.getTime() / 1000) * 1000;
        const local = new Date(moment + offset * 60_000);
        const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
        const clock = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()].map(two).join(':');
        const day = `${two(local.getUTCDate())}/${MONTHS[local.getUTCMonth()]}/${local.getUTCFullYear()}`;

        const time = parseLogTime(`${day}:${clock} ${zone}`);

        expect(Date.parse(time?.timestamp ?? '')).toBe(moment);
        expect(time?.utc).toBe(new Date(moment).toISOString().replace('.000Z', 'Z'));
        expect(time?.timezone).toBe(zone);
      },
    ),
    { numRuns: 2000 },
  );
});

it('gives the same for the same text after others', () => {
  const texts = ['10/Oct/2026:13:55:36 +1000', '10/Oct/2026:13:55:36 +0000', '31/Feb/2026:13:55:36 +0000'];

  const first = texts.map(parseLogTime);

  expect([...texts].reverse().map(parseLogTime).reverse()).toEqual(first);
});
