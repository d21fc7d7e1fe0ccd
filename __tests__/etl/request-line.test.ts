import { parseRequestLine } from '../../etl/request-line';

describe('parseRequestLine', () => {
  it.each<[string, object]>([
    ['GET / HTTP/1.1', { verb: 'GET', path: '/', protocol: 'HTTP/1.1' }],
    ['GET /Products?color=red HTTP/2', { verb: 'GET', path: '/Products', query: 'color=red', protocol: 'HTTP/2' }],
    ['GET /a?b?c HTTP/1.1', { verb: 'GET', path: '/a', query: 'b?c', protocol: 'HTTP/1.1' }],
    ['GET /a? HTTP/1.1', { verb: 'GET', path: '/a', protocol: 'HTTP/1.1' }],
    ['GET /?slow HTTP/1.1', { verb: 'GET', path: '/', query: 'slow', protocol: 'HTTP/1.1' }],
    ['GET /a%20b HTTP/1.1', { verb: 'GET', path: '/a%20b', protocol: 'HTTP/1.1' }],
    ['GET /a b HTTP/1.1', { verb: 'GET', path: '/a b', protocol: 'HTTP/1.1' }],
    ['GET /a b', { verb: 'GET', path: '/a b' }],
    ['GET /a', { verb: 'GET', path: '/a' }],
    ['get /a HTTP/1.1', { verb: 'get', path: '/a', protocol: 'HTTP/1.1' }],
    ['M-SEARCH * HTTP/1.1', { verb: 'M-SEARCH', path: '*', protocol: 'HTTP/1.1' }],
    ['CONNECT x:443 HTTP/1.1', { verb: 'CONNECT', protocol: 'HTTP/1.1' }],
    ['GET http://x:80/a?b HTTP/1.1', { verb: 'GET', path: '/a', query: 'b', protocol: 'HTTP/1.1' }],
    ['GET http://x HTTP/1.1', { verb: 'GET', path: '/', protocol: 'HTTP/1.1' }],
    ['GET http://x?b HTTP/1.1', { verb: 'GET', path: '/', query: 'b', protocol: 'HTTP/1.1' }],
    ['GET //x/a HTTP/1.1', { verb: 'GET', path: '//x/a', protocol: 'HTTP/1.1' }],
    ['GET HTTP/1.1', { verb: 'GET' }],
    ['GARBAGE', {}],
    ['\x16\x03\x01', {}],
    ['', {}],
    [' / HTTP/1.1', {}],
    ['G\0T / HTTP/1.1', {}],
    ['"GET / HTTP/1.1', {}],
  ])('%j', (request, parts) => {
    expect(JSON.parse(JSON.stringify(parseRequestLine(request)))).toEqual(parts);
  });
});
