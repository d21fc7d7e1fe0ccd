import fc from 'fast-check';
import { toPage } from '../../click/page';

describe('toPage', () => {
  it.each([
    ['/', '/'],
    ['//', '/'],
    ['/Sign-Up', '/sign-up/'],
    ['/sign-up/', '/sign-up/'],
    ['/sign-up///', '/sign-up/'],
    ['/a//b', '/a//b/'],
    ['/É', '/é/'],
    ['/%C3', '/%c3/'],
    ['*', undefined],
    ['', undefined],
    ['x:443', undefined],
    [undefined, undefined],
  ])('of %j is %j', (path, page) => {
    expect(toPage(path)).toBe(page);
  });

  it('of a page is the page itself', () => {
    fc.assert(
      fc.property(fc.webPath(), (path) => {
        const page = toPage(`/${path}`);

        expect(toPage(page)).toBe(page);
        expect(page).toMatch(/^\/(?:.*[^/]\/)?$/);
      }),
    );
  });
});
