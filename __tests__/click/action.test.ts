import { toAction } from '../../click/action';

type Row = [verb: string | undefined, page: string | undefined, query: string | undefined, status: number];

describe('toAction', () => {
  it.each<[...Row, string]>([
    ['GET', '/', undefined, 200, 'page_view'],
    ['GET', '/', undefined, 304, 'page_view'],
    ['GET', '/', undefined, 206, 'other'],
    ['GET', '/', undefined, 301, 'other'],
    ['GET', '/', undefined, 404, 'other'],
    ['GET', '/', undefined, 500, 'other'],
    ['HEAD', '/', undefined, 200, 'other'],
    ['POST', '/contact/', undefined, 200, 'other'],
    ['GET', '/wp-json/wp/v2/posts/', undefined, 200, 'other'],
    ['GET', '/sign-up/', undefined, 200, 'page_view'],
    ['POST', '/sign-up/', undefined, 303, 'sign_up success'],
    ['POST', '/sign-up/', undefined, 302, 'sign_up success'],
    ['POST', '/sign-up/', undefined, 409, 'sign_up failure'],
    ['POST', '/sign-up/', undefined, 200, 'sign_up failure'],
    ['POST', '/sign-up/', undefined, 500, 'sign_up failure'],
    ['POST', '/sign-up/', undefined, 301, 'other'],
    ['POST', '/sign-up/', undefined, 308, 'other'],
    ['POST', '/sign-in/', undefined, 307, 'other'],
    ['POST', '/sign-in/', undefined, 303, 'sign_in success'],
    ['POST', '/sign-in/', undefined, 401, 'sign_in failure'],
    ['PUT', '/sign-in/', undefined, 303, 'other'],
    ['GET', '/sign-out/', undefined, 303, 'sign_out success'],
    ['POST', '/sign-out/', undefined, 302, 'sign_out success'],
    ['GET', '/sign-out/', undefined, 500, 'sign_out failure'],
    ['GET', '/wp-login.php/', undefined, 200, 'page_view'],
    ['POST', '/wp-login.php/', undefined, 302, 'sign_in success'],
    ['POST', '/wp-login.php/', 'action=register', 302, 'sign_up success'],
    ['GET', '/wp-login.php/', 'action=register', 200, 'page_view'],
    ['GET', '/wp-login.php/', 'action=logout&_wpnonce=1', 302, 'sign_out success'],
    ['GET', '/style.css/', undefined, 200, 'asset'],
    ['GET', '/a/logo.png/', undefined, 404, 'asset'],
    ['HEAD', '/robots.txt/', undefined, 200, 'asset'],
    ['GET', '/css/', undefined, 200, 'page_view'],
    ['GET', '/health/', undefined, 200, 'health'],
    ['HEAD', '/healthz/', undefined, 503, 'health'],
    [undefined, undefined, undefined, 408, 'other'],
    ['CONNECT', undefined, undefined, 405, 'other'],
    ['OPTIONS', undefined, undefined, 200, 'other'],
  ])('%s %s ?%s %i: %s', (verb, page, query, status, expected) => {
    const { action, outcome } = toAction(verb, page, query, status, false);

    expect(outcome === undefined ? action : `${action} ${outcome}`).toBe(expected);
  });

  it.each<Row>([
    ['GET', '/', undefined, 200],
    ['POST', '/sign-in/', undefined, 303],
    [undefined, undefined, undefined, 400],
  ])('a monitor’s %s %s is a health check', (...request) => {
    expect(toAction(...request, true)).toEqual({ action: 'health' });
  });
});
