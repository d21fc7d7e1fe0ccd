import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ToolkitError } from '../../core/errors';
import type { Auth } from '../../core/http-auth';
import { packageRoot } from '../../core/package-root';
import { type DashboardsServer, openDashboardsServer, type ServerOptions } from '../../kibana/dashboards-server';
import { dashboardAddress } from '../../kibana/dashboards-version';
import { importObjects, setDefaultIndex } from '../../kibana/import-objects';
import type { SavedObject } from '../../kibana/saved-object';
import { toSavedObjects } from '../../kibana/to-saved-objects';
import {
  type Answer,
  bad,
  type Double,
  type DoubleOptions,
  type Kind,
  PASSWORD,
  startDouble,
  USER,
} from '../support/dashboards-double';

const KINDS: readonly Kind[] = ['kibana6', 'kibana7', 'osd'];
const WRITE = { overwrite: false, dryRun: false };
const LOGIN = { username: USER, password: PASSWORD };

let double: Double | undefined;
afterEach(() => double?.close());

async function start(options: DoubleOptions): Promise<Double> {
  double = await startDouble(options);
  return double;
}

const open = ({ url }: Double, options: Partial<ServerOptions> = {}) =>
  openDashboardsServer({
    url: new URL(url),
    auth: { mode: 'none' },
    tenant: 'global',
    timeoutSeconds: 10,
    waitSeconds: 5,
    ...options,
  });

const storeOf = ({ stores }: Double, name = 'global/') => stores.get(name) ?? new Map();
const objectsFor = ({ target }: DashboardsServer, index = 'apache') => toSavedObjects(target, index);
const failure = (promise: Promise<unknown>): Promise<ToolkitError> =>
  promise.then(
    () => Promise.reject(new Error('it succeeded')),
    (error) => (error instanceof ToolkitError ? error : Promise.reject(error)),
  );

describe.each(KINDS)('an import into %s', (kind) => {
  it('creates all objects, reads them back and makes the index the default one', async () => {
    const there = await start({ kind });
    const server = await open(there);
    const objects = objectsFor(server);

    const { created, overwritten, kept } = await importObjects(server, objects, WRITE);
    const set = await setDefaultIndex(server, 'apache.index', false);

    expect([created.length, overwritten.length, kept.length]).toEqual([objects.length, 0, 0]);
    expect([...storeOf(there).keys()].sort()).toEqual(objects.map(({ type, id }) => `${type}/${id}`).sort());
    expect(set).toBe('set');
    expect(there.settings['defaultIndex']).toEqual({ userValue: 'apache.index' });
  });

  it('keeps existing objects when it is repeated, also those that somebody has changed', async () => {
    const there = await start({ kind });
    const server = await open(there);
    const objects = objectsFor(server);
    await importObjects(server, objects, WRITE);
    const changed = storeOf(there).get('visualization/apache.pages');
    changed.attributes.description = 'mine';
    there.requests.length = 0;

    const { created, kept } = await importObjects(server, objects, WRITE);

    expect([created.length, kept.length]).toEqual([0, objects.length]);
    expect(storeOf(there).get('visualization/apache.pages').attributes.description).toBe('mine');
    expect(there.requests).toEqual(['POST /api/saved_objects/_bulk_get']);
  });

  it('replaces existing objects on request', async () => {
    const there = await start({ kind });
    const server = await open(there);
    const objects = objectsFor(server);
    await importObjects(server, objects, WRITE);
    storeOf(there).get('visualization/apache.pages').attributes.description = 'mine';

    const { overwritten } = await importObjects(server, objects, { overwrite: true, dryRun: false });

    expect(overwritten).toHaveLength(objects.length);
    expect(storeOf(there).get('visualization/apache.pages').attributes.description).not.toBe('mine');
  });

  it('completes a half-imported set', async () => {
    const there = await start({ kind });
    const server = await open(there);
    const objects = objectsFor(server);
    await importObjects(server, objects, WRITE);
    for (const id of ['dashboard/apache.visitor', 'visualization/apache.flow']) storeOf(there).delete(id);

    const { created, kept } = await importObjects(server, objects, WRITE);

    expect(created.map(({ id }) => id).sort()).toEqual(['apache.flow', 'apache.visitor']);
    expect(kept).toHaveLength(objects.length - 2);
    expect(storeOf(there).size).toBe(objects.length);
  });

  it('keeps the dashboards of two indexes apart', async () => {
    const there = await start({ kind });
    const server = await open(there);
    await importObjects(server, objectsFor(server, 'apache'), WRITE);

    const { created, kept } = await importObjects(server, objectsFor(server, 'apache-*'), WRITE);

    expect(kept).toEqual([]);
    expect(storeOf(there).size).toBe(2 * created.length);
  });

  it('writes nothing in a dry run', async () => {
    const there = await start({ kind });
    const server = await open(there);

    const { created } = await importObjects(server, objectsFor(server), { overwrite: true, dryRun: true });

    expect(created).toHaveLength(objectsFor(server).length);
    expect(storeOf(there).size).toBe(0);
  });

  it('keeps another default index unless it is told to replace it', async () => {
    const there = await start({ kind });
    const server = await open(there);
    there.settings['defaultIndex'] = { userValue: 'somebody’s' };

    const kept = await setDefaultIndex(server, 'apache.index', false);
    const forced = await setDefaultIndex(server, 'apache.index', true);

    expect([kept, forced]).toEqual(['kept', 'set']);
    expect(there.settings['defaultIndex']).toEqual({ userValue: 'apache.index' });
  });

  it.each(['/_dashboards', '/_plugin/kibana'])(
    'finds the server behind %s if the engine is at the root',
    async (path) => {
      const there = await start({ kind, basePath: path });

      const server = await open(there);
      await importObjects(server, objectsFor(server), WRITE);

      expect(server.url.href).toBe(`${there.url}${path}`);
      expect(storeOf(there).size).toBeGreaterThan(20);
    },
  );

  it('accepts an address copied from a browser', async () => {
    const there = await start({ kind, basePath: '/_dashboards' });

    const server = await open(there, { url: new URL(`${there.url}/_dashboards/app/home#/`) });

    expect(server.url.href).toBe(`${there.url}/_dashboards`);
  });

  it('names each object that a reply with status 200 refuses', async () => {
    const there = await start({ kind });
    const server = await open(there);
    const strict = objectsFor(server).map(
      (object): SavedObject =>
        object.id === 'apache.pages' ? { ...object, attributes: { ...object.attributes, notInMapping: 1 } } : object,
    );

    const { code, message } = await failure(importObjects(server, strict, WRITE));

    expect(code).toBe('IMPORT_FAILED');
    expect(message).toContain('visualization apache.pages: mapping set to strict');
  });

  it('finds out that an object is missing although the server reported success', async () => {
    const there = await start({ kind });
    const server = await open(there);
    const objects = objectsFor(server);
    there.intercept = (_, path) => {
      if (!/_import|_bulk_create/.test(path)) return undefined;
      return kind === 'kibana6'
        ? { status: 200, body: { saved_objects: objects } }
        : { status: 200, body: { success: true, successCount: objects.length } };
    };

    const { code, message } = await failure(importObjects(server, objects, WRITE));

    expect(code).toBe('IMPORT_FAILED');
    expect(message).toMatch(/index-pattern apache\.index: it is missing; .*; and \d+ more/);
  });

  it('waits for a server that is busy', async () => {
    const there = await start({ kind });
    const server = await open(there);
    const answers: Answer[] = [bad(503, 'Service Unavailable'), bad(429, 'Too Many Requests')];
    there.intercept = () => answers.shift();

    const { created } = await importObjects(server, objectsFor(server), WRITE);

    expect(created.length).toBeGreaterThan(20);
  });

  it('gives up on a server whose engine is down, and quotes it', async () => {
    const there = await start({ kind });
    const server = await open(there, { waitSeconds: 0 });
    there.intercept = () => bad(503, 'connect ECONNREFUSED 127.0.0.1:9200');

    const { code, message } = await failure(importObjects(server, objectsFor(server), WRITE));

    expect(code).toBe('DASHBOARDS_UNAVAILABLE');
    expect(message).toContain('503, connect ECONNREFUSED 127.0.0.1:9200');
  });

  it('recognizes a page in place of a reply', async () => {
    const there = await start({ kind });
    const server = await open(there);
    there.intercept = () => ({ status: 200, body: '<!doctype html><title>Sign in</title>' });

    const { code, message } = await failure(importObjects(server, objectsFor(server), WRITE));

    expect(code).toBe('SERVER_REPLY_UNUSABLE');
    expect(message).toContain('200, a page: Sign in');
  });

  it('says where the dashboards are', async () => {
    const server = await open(await start({ kind, basePath: '/_dashboards' }));

    expect(dashboardAddress(server, 'apache.clickstream')).toBe(
      `${server.url.href}/${kind === 'kibana6' ? 'app/kibana#/dashboard' : 'app/dashboards#/view'}/apache.clickstream`,
    );
  });
});

describe('the files for an import by hand', () => {
  it.each([
    ['kibana6', 'kibana6.json'],
    ['kibana7', 'kibana7.ndjson'],
    ['osd', 'opensearch-dashboards.ndjson'],
  ] as const)('are accepted by %s as they are', async (kind, name) => {
    const there = await start({ kind });
    const file = readFileSync(join(packageRoot, 'kibana', 'objects', name));
    const form = new FormData();
    form.append('file', new Blob([file]), name);
    const isSix = kind === 'kibana6';

    const reply = await fetch(`${there.url}/api/saved_objects/${isSix ? '_bulk_create' : '_import'}`, {
      method: 'POST',
      headers: { 'kbn-xsrf': 'x', 'osd-xsrf': 'x', ...(isSix ? { 'content-type': 'application/json' } : {}) },
      body: isSix ? file : form,
    });

    expect(reply.status).toBe(200);
    expect(await reply.text()).not.toContain('"error"');
    expect(storeOf(there).size).toBe(objectsFor(await open(there)).length);
  });
});

describe('an import that is refused', () => {
  it('names an object that somebody has created meanwhile', async () => {
    const there = await start({ kind: 'kibana7' });
    const server = await open(there);
    const objects = objectsFor(server);
    await importObjects(server, objects, WRITE);
    let isFirst = true;
    there.intercept = (_, path) => {
      if (!path.endsWith('_bulk_get') || !isFirst) return undefined;
      isFirst = false;
      const found = objects.map(({ type, id }) => ({ type, id, error: { statusCode: 404 } }));
      return { status: 200, body: { saved_objects: found } };
    };

    const { message } = await failure(importObjects(server, objects, WRITE));

    expect(message).toContain('index-pattern apache.index: somebody else has just created it');
  });

  it('names an object that is referred to and missing', async () => {
    const there = await start({ kind: 'osd' });
    const server = await open(there);
    const without = objectsFor(server).slice(1);

    const { message } = await failure(importObjects(server, without, WRITE));

    expect(message).toContain('it refers to index-pattern apache.index, which does not exist');
    expect(storeOf(there).size).toBe(0);
  });

  it.each([
    [
      'an unknown type',
      [{ type: 'lens' as SavedObject['type'], id: 'x', attributes: { title: 'x' }, references: [] }],
      "Unsupported saved object type: 'lens'",
    ],
    [
      'a newer format',
      [{ type: 'search' as const, id: 'x', attributes: { title: 'x' }, migrationVersion: { search: '99.0.0' } }],
      'more recent version of Kibana [99.0.0]',
    ],
  ])('says so for %s', async (_, objects, words) => {
    const server = await open(await start({ kind: 'kibana7' }));

    const { code, message } = await failure(importObjects(server, objects, WRITE));

    expect(code).toBe('IMPORT_FAILED');
    expect(message).toContain(words);
  });
});

describe('a server', () => {
  it.each([
    ['kibana6', '6.2.4', /which is too old/],
    ['kibana6', '5.6.16', /which is too old/],
    ['kibana7', '8.15.0', /which is too new/],
    ['osd', '4.0.0', /which is too new/],
  ] as const)('%s of version %s is refused', async (kind, version, words) => {
    const { code, message } = await failure(open(await start({ kind, version })));

    expect(code).toBe('DASHBOARDS_UNSUPPORTED');
    expect(message).toMatch(words);
  });

  it.each([
    ['kibana6', '6.3.0', 'kibana6'],
    ['kibana6', '6.8.23', 'kibana6'],
    ['kibana7', '7.0.0', 'kibana7'],
    ['kibana7', '7.17.9', 'kibana7'],
    ['osd', '1.0.0', 'opensearch-dashboards'],
    ['osd', '3.1.0', 'opensearch-dashboards'],
  ] as const)('%s of version %s takes the objects of %s', async (kind, version, target) => {
    const server = await open(await start({ kind, version }));

    expect(server.target.name).toBe(target);
  });

  it('is recognized by its version if a proxy has dropped its name', async () => {
    const there = await start({ kind: 'osd' });
    there.intercept = (_, path) =>
      path === '/api/status'
        ? {
            status: 200,
            body: { version: { number: '2.8.0' }, status: { overall: { state: 'green' } } },
            isForeign: true,
          }
        : undefined;

    expect((await open(there)).family).toBe('opensearch-dashboards');
  });

  it.each([
    [{ state: 'green' }, true],
    [{ state: 'yellow' }, true],
    [{ level: 'degraded' }, true],
    [{ state: 'red' }, false],
    [{ level: 'unavailable' }, false],
    [{ level: 'critical' }, false],
  ])('that reports %j is used, healthy or not (%s)', async (overall, isHealthy) => {
    const there = await start({ kind: 'kibana7' });
    there.intercept = () => ({ status: 200, body: { version: { number: '7.10.2' }, status: { overall } } });

    expect((await open(there)).isHealthy).toBe(isHealthy);
  });

  it('that is starting is waited for', async () => {
    const there = await start({ kind: 'kibana7' });
    const starting = { status: 503, headers: { 'retry-after': '30' }, body: 'Kibana server is not ready yet' };
    const answers: Answer[] = [starting, starting];
    there.intercept = () => answers.shift();

    expect((await open(there)).version).toBe('7.10.2');
  });

  it('that keeps starting is given up', async () => {
    const there = await start({ kind: 'kibana7' });
    there.intercept = () => ({ status: 503, body: 'Kibana server is not ready yet' });

    const { code, message } = await failure(open(there, { waitSeconds: 0 }));

    expect(code).toBe('DASHBOARDS_UNAVAILABLE');
    expect(message).toContain('503, Kibana server is not ready yet');
  });

  it.each([
    [
      'moved',
      { status: 301, headers: { location: 'https://shop.example.org/api/status' }, body: '<a>', isForeign: true },
      '301, it redirects to https://shop.example.org/api/status',
    ],
    ['a web page', { status: 200, body: '<h1>It works!</h1>', isForeign: true }, '200, a page: It works!'],
    ['a search engine', { status: 400, body: { error: { reason: 'x' } }, isForeign: true }, '400, '],
    [
      'nothing known',
      { status: 404, body: { message: 'no\u001b[31m such\npage' }, isForeign: true },
      '404, no [31m such page',
    ],
  ] as const)('that is %s is not mistaken for dashboards', async (_, answer, words) => {
    const there = await start({ kind: 'kibana7' });
    there.intercept = () => answer;

    const { code, message } = await failure(open(there));

    expect(code).toBe('DASHBOARDS_UNKNOWN');
    expect(message).toContain(words);
  });

  it('that does not run is reported as unreachable', async () => {
    const there = await start({ kind: 'kibana7' });
    await there.close();

    expect((await failure(open(there))).code).toBe('SERVER_UNREACHABLE');
  });

  it('with spaces keeps each space’s objects apart', async () => {
    const there = await start({ kind: 'kibana7' });
    const server = await open(there, { space: 'shop' });

    await importObjects(server, objectsFor(server), WRITE);

    expect(storeOf(there, 'global/').size).toBe(0);
    expect(storeOf(there, 'global/shop').size).toBeGreaterThan(20);
    expect(dashboardAddress(server, 'x')).toBe(`${there.url}/s/shop/app/dashboards#/view/x`);
  });

  it('without spaces says that it has none', async () => {
    const { code } = await failure(open(await start({ kind: 'osd' }), { space: 'shop' }));

    expect(code).toBe('USAGE');
  });
});

describe('a user', () => {
  const basic: Auth = { mode: 'basic', ...LOGIN };
  const sigv4: Auth = { mode: 'sigv4', region: 'eu-west-1', service: 'es' };
  const KEYS = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'not-a-secret' };
  const before = { ...process.env };
  beforeEach(() => Object.assign(process.env, KEYS));
  afterEach(() => {
    process.env = { ...before };
  });

  it.each(KINDS)('may import into %s with a name and a password', async (kind) => {
    const there = await start({ kind, auth: 'basic' });
    const server = await open(there, { auth: basic });

    await importObjects(server, objectsFor(server), WRITE);

    expect(storeOf(there).size).toBeGreaterThan(20);
  });

  it.each(KINDS)('may import into %s with AWS credentials', async (kind) => {
    const there = await start({ kind, auth: 'sigv4', basePath: '/_dashboards' });
    const server = await open(there, { auth: sigv4 });

    await importObjects(server, objectsFor(server), WRITE);

    expect(storeOf(there).size).toBeGreaterThan(20);
  });

  it.each([false, true])('may import with a login, into the named tenant (redirected: %s)', async (redirects) => {
    const there = await start({ kind: 'osd', auth: 'cookie', basePath: '/_dashboards', redirects });
    const server = await open(there, { login: LOGIN, tenant: 'analysts' });

    await importObjects(server, objectsFor(server), WRITE);

    expect(storeOf(there, 'analysts/').size).toBeGreaterThan(20);
    expect(there.requests.filter((request) => request.includes('/auth/login'))).toEqual([
      'POST /_dashboards/auth/login',
    ]);
  });

  it('never sends a password to a search engine’s root', async () => {
    const there = await start({ kind: 'osd', auth: 'cookie', basePath: '/elsewhere' });

    const { code } = await failure(open(there, { login: LOGIN }));

    expect(code).toBe('ACCESS_DENIED');
    expect(there.requests.filter((request) => request.startsWith('POST'))).toEqual([]);
  });

  it.each([
    ['none', { auth: 'basic' }, {}, '--auth cookie'],
    ['a redirect to a login', { auth: 'cookie', redirects: true }, {}, '--auth cookie'],
    ['a wrong password', { auth: 'basic' }, { auth: { ...basic, password: 'x' } }, 'Check the name and the password'],
    ['a wrong login', { auth: 'cookie' }, { login: { ...LOGIN, password: 'x' } }, 'Check the name and the password'],
    ['no signature', { auth: 'sigv4', basePath: '/_dashboards' }, {}, '--auth sigv4'],
  ] as const)('is told what to do: %s', async (_, doubleOptions, options, hint) => {
    const error = await failure(open(await start({ kind: 'osd', ...doubleOptions }), options));

    expect(error.code).toBe('ACCESS_DENIED');
    expect(error.hint).toContain(hint);
    expect(error.message).not.toContain(PASSWORD);
  });

  it('is not blamed if the engine takes no writes', async () => {
    const there = await start({ kind: 'kibana7' });
    const server = await open(there);
    const blocked = 'index [.kibana_1] blocked by: [FORBIDDEN/12/index read-only / allow delete (api)];';
    there.intercept = (_, path) => (path.endsWith('_import') ? bad(403, blocked) : undefined);

    const { code, message } = await failure(importObjects(server, objectsFor(server), WRITE));

    expect(code).toBe('IMPORT_FAILED');
    expect(message).toContain(`403, ${blocked}`);
  });

  it('is told that credentials have expired halfway', async () => {
    const there = await start({ kind: 'osd', auth: 'sigv4' });
    const server = await open(there, { auth: sigv4 });
    const expired = { message: 'The security token included in the request is expired' };
    there.intercept = () => ({ status: 403, body: expired });

    const { code, message } = await failure(importObjects(server, objectsFor(server), WRITE));

    expect(code).toBe('ACCESS_DENIED');
    expect(message).toContain(`403, ${expired.message}`);
  });
});
