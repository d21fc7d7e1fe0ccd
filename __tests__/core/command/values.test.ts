import fc from 'fast-check';
import { milliseconds, seconds, share, whole } from '../../../core/command/values';

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
