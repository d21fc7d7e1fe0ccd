import { describe, expect, it } from '@jest/globals';
import { CookieJar } from '../../traffic/cookie-jar';

describe('a cookie jar', () => {
  it.each([
    ['keeps names and values, not attributes', ['session=7f; Path=/; HttpOnly; SameSite=Lax'], 'session=7f'],
    ['keeps several, in the order in which they came', ['b=2', 'a=1'], 'b=2; a=1'],
    ['keeps the newest value of a name', ['session=old', 'session=new'], 'session=new'],
    ['keeps a value with an equals sign, and quotes', ['s="a=b"; Path=/'], 's="a=b"'],
    ['forgets what is over by Max-Age', ['session=7f', 'session=; Max-Age=0'], ''],
    ['forgets what is over by Expires', ['session=7f', 'session=; expires=Thu, 01 Jan 1970 00:00:00 GMT'], ''],
    ['lets Max-Age count before Expires', ['s=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT'], 's=1'],
    ['ignores what is not a cookie', ['', ';', '=7f', 'nothing'], ''],
    ['does not take an unreadable date for a past one', ['s=1; Expires=tomorrow'], 's=1'],
  ])('%s', (_what, setCookies, header) => {
    const jar = new CookieJar();

    for (const setCookie of setCookies) jar.keep(setCookie);

    expect(jar.header).toBe(header);
  });
});
