import fc from 'fast-check';
import { isTooWide, toCidr } from '../../config/addresses';

describe('toCidr', () => {
  it.each([
    ['198.51.100.7', '198.51.100.7/32'],
    ['198.51.100.0/24', '198.51.100.0/24'],
    ['2001:db8::1', '2001:db8::1/128'],
    ['::/0', '::/0'],
  ])('%s is %s', (text, block) => {
    expect(toCidr(text)).toBe(block);
  });

  it.each([
    '',
    '198.51.100',
    '198.51.100.7/33',
    '198.51.100.7/',
    '198.51.100.7/-1',
    '198.51.100.7/8/8',
    '2001:db8::/129',
    'auto',
    '1.2.3.4/1e1',
    ' 1.2.3.4',
  ])('%j is neither', (text) => {
    expect(toCidr(text)).toBeUndefined();
  });

  it('accepts any address, and keeps a block as it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const block = toCidr(address);

        expect(block).toMatch(/\/(32|128)$/);
        expect(toCidr(block ?? '')).toBe(block);
      }),
    );
  });
});

describe('isTooWide', () => {
  it.each([
    ['0.0.0.0/0', true],
    ['10.0.0.0/7', true],
    ['10.0.0.0/8', false],
    ['198.51.100.7/32', false],
    ['::/0', true],
    ['2001:db8::/31', true],
    ['2001:db8::/32', false],
  ])('%s: %s', (block, wide) => {
    expect(isTooWide(block)).toBe(wide);
  });
});
