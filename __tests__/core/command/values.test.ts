import fc from 'fast-check';
import { bytes, milliseconds, seconds, share, streamName, whole } from '../../../core/command/values';

describe('a duration', () => {
  it.each([
    ['90', 90],
    ['90s', 90],
    ['5m', 300],
    ['2h', 7200],
    ['1h30m', 5400],
    ['1d', 86_400],
    ['500ms', 0.5],
    ['0.1s', 0.1],
    ['1.5m', 90],
    ['300ms', 0.3],
  ])('%s is %d seconds', (text, expected) => {
    expect(seconds().parse(text)).toBe(expected);
  });

  it.each(['', ' ', 'x', '5x', 'm', '5 m', '5m!', '--5', 'NaN', 'Infinity', '1e999'])('is not %p', (text) => {
    expect(seconds().safeParse(text).success).toBe(false);
  });

  it('is in milliseconds where a plain number was', () => {
    const read = (text: string) => milliseconds({ min: 1 }).parse(text);

    expect([read('250'), read('250ms'), read('1.5s')]).toEqual([250, 250, 1500]);
  });

  it('keeps its bounds, of which the lower may be excluded', () => {
    const kind = seconds({ above: 0, max: 60 });

    expect(['0', '0.001', '60', '1m', '61', '-1'].map((text) => kind.safeParse(text).success)).toEqual([
      false,
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  it('of whole seconds, minutes and hours adds up', () => {
    const part = fc.nat(1000);

    fc.assert(
      fc.property(part, part, part, (h, m, s) => {
        expect(seconds().parse(`${h}h${m}m${s}s`)).toBe(h * 3600 + m * 60 + s);
      }),
    );
  });
});

describe('a share', () => {
  it.each([
    ['0.2', 0.2],
    ['20%', 0.2],
    ['0', 0],
    ['100%', 1],
    ['0.5%', 0.005],
  ])('%s is %d', (text, expected) => {
    expect(share().parse(text)).toBe(expected);
  });

  it.each(['', '%', '1.1', '101%', '-1%', 'half', '2 0%'])('is not %p', (text) => {
    expect(share().safeParse(text).success).toBe(false);
  });
});

it('a whole number may be written with its exponent, and has no fraction', () => {
  expect(['5', '1e6', '-1'].map((text) => whole().parse(text))).toEqual([5, 1_000_000, -1]);
  expect(['5.5', '0x10', '', 'five'].map((text) => whole().safeParse(text).success)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

describe('a size', () => {
  it.each([
    ['1024', 1024],
    ['500B', 500],
    ['1KB', 1024],
    ['1kb', 1024],
    ['1MB', 1_048_576],
    ['1MiB', 1_048_576],
    ['0.5m', 524_288],
    ['2G', 2_147_483_648],
  ])('%s is %d bytes', (text, expected) => {
    expect(bytes().parse(text)).toBe(expected);
  });

  it.each(['', 'MB', '-1', '1TB', '1M B', '1e3', '1 MB x'])('is not %p', (text) => {
    expect(bytes().safeParse(text).success).toBe(false);
  });
});

it.each([
  ['webserver_stream', true],
  ['a.b-C_9', true],
  ['x'.repeat(64), true],
  ['x'.repeat(65), false],
  ['', false],
  ['../x', false],
  ['größe', false],
])('%p as the name of a stream: %p', (text, isName) => {
  expect(streamName().safeParse(text).success).toBe(isName);
});
