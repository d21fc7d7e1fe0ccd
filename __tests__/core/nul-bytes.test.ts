import { leadingNuls } from '../../core/nul-bytes';

it.each([
  ['', 0],
  ['a', 0],
  ['\0a', 1],
  ['\0\0\0a\0', 3],
  ['\0\0', 2],
])('counts the NULs that %j begins with', (text, nuls) => {
  expect(leadingNuls(Buffer.from(text))).toBe(nuls);
});

it('counts within a line of a larger buffer only', () => {
  expect(leadingNuls(Buffer.from('a\n\0\0\0\0'), 2, 5)).toBe(3);
});
