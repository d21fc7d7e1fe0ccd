import { plural } from '../../core/plural';

it.each([
  [0, '0 sign-ups'],
  [1, '1 sign-up'],
  [1234, '1,234 sign-ups'],
])('%d', (count, text) => {
  expect(plural(count, 'sign-up')).toBe(text);
});

it('takes the plural that is no `s`', () => {
  expect([plural(1, 'entry', 'entries'), plural(2, 'entry', 'entries')]).toEqual(['1 entry', '2 entries']);
});
