/** Templates that real engines are hard to bring into. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpClient } from '../../../core/http-client';
import { eventMapping } from '../../../store/search/index-template';
import { installTemplate } from '../../../store/search/install-template';

let server: Server;
let simulated: { readonly status: number; readonly body: object };
let seen: string[];

beforeEach(async () => {
  seen = [];
  server = createServer(({ method, url = '' }, response) => {
    seen.push(`${method} ${url}`);
    const isSimulation = url.includes('_simulate_index');
    response.statusCode = isSimulation ? simulated.status : 200;
    response.end(JSON.stringify(isSimulation ? simulated.body : { acknowledged: true }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function install() {
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const engine = { family: 'opensearch', major: 2, version: '2.19.1' } as const;
  return installTemplate(createHttpClient({ url, auth: { mode: 'none' } }), engine, 'apache', undefined);
}

const { bytes: _, ...withoutBytes } = eventMapping;

describe('a template that a new index would not get', () => {
  it.each([
    ['another type', { ...eventMapping, page: { type: 'text' } }, 'page is text, not keyword'],
    ['an object', { ...eventMapping, page: { properties: {} } }, 'page is an object, not keyword'],
    ['a field less', withoutBytes, 'it would not index bytes'],
    ['no fields', {}, 'it would not index'],
  ])('is reported with the other templates: %s', async (_case, properties, why) => {
    simulated = {
      status: 200,
      body: { template: { mappings: { properties } }, overlapping: [{ name: 'everything' }] },
    };

    await expect(install()).rejects.toMatchObject({
      code: 'TEMPLATE_HIDDEN',
      message: expect.stringContaining(why),
      hint: expect.stringContaining('everything'),
    });
  });

  it('is looked for under the index’s name and a rotated one', async () => {
    simulated = { status: 200, body: { template: { mappings: { properties: eventMapping } }, overlapping: [] } };

    expect(await install()).toBe('clickstreamy-apache');
    expect(seen.filter((each) => each.includes('_simulate_index'))).toEqual([
      'POST /_index_template/_simulate_index/apache',
      'POST /_index_template/_simulate_index/apache-2026-11-23',
    ]);
  });

  it.each([400, 403, 405, 500])('cannot be looked for where the engine answers %i', async (status) => {
    simulated = { status, body: { error: { type: 'no', reason: 'no' } } };

    expect(await install()).toBe('clickstreamy-apache');
  });
});
