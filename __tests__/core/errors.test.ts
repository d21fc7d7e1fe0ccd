import { reasonOf } from '../../core/errors';

describe('a reason', () => {
  it.each<[unknown, string]>([
    [Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }), 'the disk is full'],
    [new Error('Connection closed.'), 'Connection closed'],
    [new Error('Cannot open the file.\n→ Look at it.'), 'Cannot open the file'],
    [new Error('It is locked. \r\nTry again.'), 'It is locked'],
    [new Error('wait...'), 'wait'],
    [new Error('v1.2 at 127.0.0.1 ends'), 'v1.2 at 127.0.0.1 ends'],
    [new TypeError(''), 'TypeError'],
    ['plain.', 'plain'],
    [undefined, 'undefined'],
  ])('of %p is part of a sentence: %s', (error, reason) => {
    expect(reasonOf(error)).toBe(reason);
  });
});
