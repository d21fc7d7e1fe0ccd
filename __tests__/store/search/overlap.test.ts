import { overlap } from '../../../store/search/overlap';

describe('two index patterns', () => {
  it.each([
    ['apache', 'apache', true],
    ['apache', 'apache-*', false],
    ['apache', 'apach*', true],
    ['apache-*', 'apache-2026*', true],
    ['apache-*', '*-2026', true],
    ['apache-*', '*', true],
    ['apache', '*', true],
    ['apache', '*p*c*', true],
    ['apache', '*x*', false],
    ['apache-*', 'logs-*', false],
    ['apache-*', '.*', false],
    ['a*c', 'ab*', true],
    ['a*c', '*b', false],
    ['*', '*', true],
    ['', '*', true],
    ['', 'a', false],
  ])('%s and %s share a name: %s', (one, other, shared) => {
    expect([overlap(one, other), overlap(other, one)]).toEqual([shared, shared]);
  });
});
