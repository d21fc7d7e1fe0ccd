/** Unusual requests to a web server's port: time-outs, scanners, broken clients. Most are from a real Apache's log. */
import type { ClickEvent } from '../click/click-event';
import type { Random } from './corpus-random';
import { ABSENT, asApache, type Logged } from './corpus-text';

export type RequestTruth = Pick<
  ClickEvent,
  'request' | 'verb' | 'path' | 'query' | 'protocol' | 'page' | 'action' | 'outcome'
>;

export interface CorpusRequest {
  readonly logged: string;
  readonly truth: RequestTruth;
  readonly status: number;
}

interface UnusualRequest extends Logged {
  readonly parts?: Pick<RequestTruth, 'verb' | 'path' | 'query' | 'protocol' | 'page'>;
  readonly status: number;
  readonly isView?: boolean;
}

const HTTP = 'HTTP/1.1';

const UNUSUAL: readonly UnusualRequest[] = [
  { ...ABSENT, status: 408 },
  { logged: '', status: 400 },
  { logged: 'GARBAGE', value: 'GARBAGE', status: 400 },
  { logged: '\\x16\\x03\\x01', value: '\x16\x03\x01', status: 400 },
  { logged: '\\x16\\x03\\x01\\x02\\x00 \\xfc', value: '\x16\x03\x01\x02\x00 \ufffd', status: 400 },
  {
    ...asApache('GET /products/'),
    status: 200,
    parts: { verb: 'GET', path: '/products/', page: '/products/' },
    isView: true,
  },
  { ...asApache('GET /a b'), status: 400, parts: { verb: 'GET', path: '/a b', page: '/a b/' } },
  {
    ...asApache(`GET /a b/ ${HTTP}`),
    status: 400,
    parts: { verb: 'GET', path: '/a b/', page: '/a b/', protocol: HTTP },
  },
  { ...asApache(`OPTIONS * ${HTTP}`), status: 200, parts: { verb: 'OPTIONS', path: '*', protocol: HTTP } },
  { ...asApache('PRI * HTTP/2.0'), status: 400, parts: { verb: 'PRI', path: '*', protocol: 'HTTP/2.0' } },
  { ...asApache(`CONNECT x:443 ${HTTP}`), status: 404, parts: { verb: 'CONNECT', protocol: HTTP } },
  {
    ...asApache(`GET http://127.0.0.1:8096/products/?a=b ${HTTP}`),
    status: 301,
    parts: { verb: 'GET', path: '/products/', query: 'a=b', page: '/products/', protocol: HTTP },
  },
  {
    ...asApache(`GET http://shop.example.org ${HTTP}`),
    status: 200,
    parts: { verb: 'GET', path: '/', page: '/', protocol: HTTP },
    isView: true,
  },
  {
    ...asApache(`FOO /products/ ${HTTP}`),
    status: 200,
    parts: { verb: 'FOO', path: '/products/', page: '/products/', protocol: HTTP },
  },
  {
    logged: `GET /caf\\xe9/?q=\\xff ${HTTP}`,
    value: `GET /caf\ufffd/?q=\ufffd ${HTTP}`,
    status: 404,
    parts: { verb: 'GET', path: '/caf\ufffd/', query: 'q=\ufffd', page: '/caf\ufffd/', protocol: HTTP },
  },
  {
    ...asApache(`GET /%22%0a%3Cscript%3E?x=%00 ${HTTP}`),
    status: 404,
    parts: { verb: 'GET', path: '/%22%0a%3Cscript%3E', query: 'x=%00', page: '/%22%0a%3cscript%3e/', protocol: HTTP },
  },
  {
    ...asApache(`GET /${'../'.repeat(6)}etc/passwd ${HTTP}`),
    status: 400,
    parts: {
      verb: 'GET',
      path: `/${'../'.repeat(6)}etc/passwd`,
      page: `/${'../'.repeat(6)}etc/passwd/`,
      protocol: HTTP,
    },
  },
];

export function chooseUnusual(random: Random, fromMonitor: boolean): CorpusRequest {
  const { logged, value, parts, status, isView } = random.chance(0.02) ? tooLongRequest(random) : random.any(UNUSUAL);
  const action = fromMonitor ? 'health' : isView === true ? 'page_view' : 'other';
  return { logged, status, truth: { ...(value === undefined ? {} : { request: value }), ...parts, action } };
}

/** The line of a 414: Apache cuts it at 8 kB, so its protocol is missing. */
function tooLongRequest(random: Random): UnusualRequest {
  const query = `q=${'a'.repeat(random.int(8000, 8160))}`;
  return { ...asApache(`GET /?${query}`), status: 414, parts: { verb: 'GET', path: '/', query, page: '/' } };
}
