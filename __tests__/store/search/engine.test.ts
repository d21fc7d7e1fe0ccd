import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpClient } from '../../../core/http-client';
import { findEngine } from '../../../store/search/engine';

let server: Server;
let answer: { status: number; body: string };

beforeEach(async () => {
  server = createServer((_, response) => response.writeHead(answer.status).end(answer.body));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function find(status: number, body: unknown) {
  answer = { status, body: typeof body === 'string' ? body : JSON.stringify(body) };
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return findEngine(createHttpClient({ url, auth: { mode: 'none' } }));
}

const root = (number: string, distribution?: string) => ({
  name: 'n',
  cluster_name: 'c',
  version: { number, ...(distribution === undefined ? {} : { distribution }) },
});

describe('the engine that answers', () => {
  it.each([
    ['6.3.0', undefined, { family: 'elasticsearch', major: 6, version: '6.3.0' }],
    ['6.8.23', undefined, { family: 'elasticsearch', major: 6, version: '6.8.23' }],
    ['7.10.2', undefined, { family: 'elasticsearch', major: 7, version: '7.10.2' }],
    ['8.0.0-SNAPSHOT', undefined, { family: 'elasticsearch', major: 8, version: '8.0.0-SNAPSHOT' }],
    ['1.3.20', 'opensearch', { family: 'opensearch', major: 1, version: '1.3.20' }],
    ['2.19.1', 'opensearch', { family: 'opensearch', major: 2, version: '2.19.1' }],
  ])('is recognized by version %s and distribution %s', async (number, distribution, engine) => {
    expect(await find(200, root(number, distribution))).toEqual(engine);
  });

  it.each(['6.2.4', '5.6.16', '2.4.6'])('is refused if it is Elasticsearch %s', async (number) => {
    await expect(find(200, root(number))).rejects.toMatchObject({ code: 'ENGINE_UNSUPPORTED' });
  });

  it.each([
    [200, '<!DOCTYPE html><title>Sign in</title>'],
    [200, '{}'],
    [200, { version: { number: 'seven' } }],
    [200, ''],
    [404, 'Not Found'],
  ])('is not an engine if a server answers %i %j', async (status, body) => {
    await expect(find(status, body)).rejects.toMatchObject({ code: 'ENGINE_UNKNOWN' });
  });

  it.each([
    [401, 'Unauthorized', 'Unauthorized'],
    [403, { Message: 'User: anonymous is not authorized to perform: es:ESHttpGet' }, 'es:ESHttpGet'],
    [403, { message: 'The security token included in the request is expired' }, 'is expired'],
  ])('says why it denies access: %i %j', async (status, body, reason) => {
    await expect(find(status, body)).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
      message: expect.stringContaining(reason),
    });
  });

  it.each([
    [
      429,
      { error: { type: 'circuit_breaking_exception', reason: '[parent] Data too large' } },
      '[parent] Data too large',
    ],
    [
      429,
      {
        error: {
          root_cause: [{ type: 'circuit_breaking_exception', reason: '[fielddata] Data too large' }],
          type: 'search_phase_execution_exception',
          reason: 'all shards failed',
        },
      },
      '[fielddata] Data too large',
    ],
    [503, { error: { type: 'master_not_discovered_exception', reason: null } }, 'master_not_discovered_exception'],
    [405, { error: 'Incorrect HTTP method', status: 405 }, 'Incorrect HTTP method'],
    [502, '<h1>Bad\u001b[31m\nGateway</h1>', '502: a page: Bad [31m Gateway'],
    [302, '', 'no reason'],
  ])('is quoted when it refuses: %i %j', async (status, body, reason) => {
    await expect(find(status, body)).rejects.toMatchObject({
      code: 'ENGINE_REFUSED',
      message: expect.stringContaining(reason),
    });
  });
});
