import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { builtFile } from '../../core/package-root';
import { type Double, type DoubleOptions, type Kind, PASSWORD, startDouble, USER } from '../support/dashboards-double';
import { runTogether } from '../support/run-together';

let folder: string;
let double: Double | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kibana-command-'));
});
afterEach(async () => {
  await double?.close();
  double = undefined;
  rmSync(folder, { recursive: true });
});

async function start(options: DoubleOptions): Promise<Double> {
  double = await startDouble(options);
  return double;
}

async function kibana(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [builtFile('cli.js'), 'kibana', ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr };
}

const KINDS: readonly Kind[] = ['kibana6', 'kibana7', 'osd'];

/** A search engine's answers, where the dashboards have theirs behind a path. */
const engineWith =
  (indexes: object): Double['intercept'] =>
  (method, path) => {
    if (path === '/') return { status: 200, body: { version: { distribution: 'opensearch', number: '2.19.1' } } };
    if (method === 'PUT') return { status: 200, body: { acknowledged: true } };
    if (path.startsWith('/_index_template')) return { status: 200, body: {} };
    if (path.startsWith('/_template')) return { status: 404, body: {} };
    return path.startsWith('/apache,') ? { status: 200, body: indexes } : undefined;
  };

describe('clickstreamy kibana import', () => {
  it('prints the addresses of the dashboards, and what it did', async () => {
    const { url } = await start({ kind: 'kibana7' });

    const { code, stdout, stderr } = await kibana(['import', '--url', url]);

    expect(code).toBe(0);
    expect(stdout).toBe(
      `[apache] Clickstream  ${url}/app/dashboards#/view/apache.clickstream\n[apache] Visitor  ${url}/app/dashboards#/view/apache.visitor\n`,
    );
    expect(stderr).toMatch(
      /^http:\S+ is Kibana 7\.10\.2\nthe index template was not checked: name .*\n\d+ objects created\n$/,
    );
  });

  it('installs the index template first, in the engine that a domain has at its root', async () => {
    const there = await start({ kind: 'osd', basePath: '/_dashboards' });
    there.intercept = engineWith({});

    const { code, stderr } = await kibana(['import', '--url', there.url]);

    expect(code).toBe(0);
    expect(stderr).toContain(
      'template clickstreamy-apache is installed; the index apache comes with the first event\n',
    );
    expect(there.requests.indexOf('PUT /_index_template/clickstreamy-apache')).toBeLessThan(
      there.requests.indexOf('POST /_dashboards/api/saved_objects/_import'),
    );
  });

  it('continues if the root is not an engine, and says so', async () => {
    const { url } = await start({ kind: 'osd', basePath: '/_dashboards' });

    const { code, stderr } = await kibana(['import', '--url', url]);

    expect(code).toBe(0);
    expect(stderr).toMatch(/\nthe index template was not installed: .*\n/);
  });

  it('stops before it writes where an index was made without the template', async () => {
    const there = await start({ kind: 'osd', basePath: '/_dashboards' });
    there.intercept = engineWith({ apache: { mappings: { properties: { page: { type: 'text' } } } } });

    const { code, stderr } = await kibana(['import', '--url', there.url]);

    expect(code).toBe(1);
    expect(stderr).toContain('The index apache was made without the template');
    expect([...there.stores.values()]).toEqual([]);
  });

  it('says what it would do in a dry run, as JSON', async () => {
    const { url, stores, settings } = await start({ kind: 'osd' });

    const { code, stdout } = await kibana(['import', '--url', url, '--dry-run', '--json', '--index', 'shop-*']);
    const report = JSON.parse(stdout);

    expect(code).toBe(0);
    expect(report).toMatchObject({
      server: { family: 'opensearch-dashboards', version: '2.8.0' },
      dryRun: true,
      kept: [],
      dashboards: [{ title: '[shop-*] Clickstream' }, { title: '[shop-*] Visitor' }],
    });
    expect(report.created.length).toBeGreaterThan(20);
    expect([...stores.values()].map(({ size }) => size)).toEqual([0]);
    expect(settings).not.toHaveProperty('defaultIndex');
  });

  it('says what stays as it is when it is repeated', async () => {
    const { url } = await start({ kind: 'kibana6' });
    await kibana(['import', '--url', url]);

    const { code, stderr } = await kibana(['import', '--url', url]);

    expect(code).toBe(0);
    expect(stderr).toMatch(/^kept \d+ objects already there \(--overwrite replaces\)\n/m);
  });

  it('takes the address from the outputs of a deployment, and the password from a file', async () => {
    const there = await start({ kind: 'osd', auth: 'cookie', basePath: '/_dashboards' });
    const { url, stores } = there;
    there.intercept = engineWith({});
    const outputs = { dashboardsEndpoint: `${url}/_dashboards`, domainEndpoint: url };
    writeFileSync(join(folder, 'outputs.json'), JSON.stringify({ search: outputs }));
    writeFileSync(join(folder, 'password'), `${PASSWORD}\n`);
    const login = ['--auth', 'cookie', '--user', USER, '--password-file', 'password'];

    const { code, stdout, stderr } = await kibana(['import', '--outputs', 'outputs.json', ...login]);

    expect(code).toBe(0);
    expect(stores.get('global/')?.size).toBeGreaterThan(20);
    expect(stdout + stderr).not.toContain(PASSWORD);
  });

  it('fails with one clear sentence, and 1, where the server refuses', async () => {
    const { url } = await start({ kind: 'osd', auth: 'cookie' });

    const { code, stdout, stderr } = await kibana(['import', '--url', url, '--auth', 'cookie', '--user', USER], {
      CLICKSTREAMY_PASSWORD: 'wrong-secret',
    });

    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(
      /^error \[ACCESS_DENIED\]: \S+ does not let admin sign in: 401, Invalid username or password\.\n→ .*\n$/,
    );
    expect(stderr).not.toContain('wrong-secret');
  });

  const WRONG: readonly (readonly [what: string, args: readonly string[], words: string])[] = [
    ['no address', [], 'give the address with --url'],
    ['two addresses', ['--url', 'http://127.0.0.1:1', '--outputs', 'x'], 'give the address with --url'],
    ['a password in the address', ['--url', 'http://a:secret@127.0.0.1:1'], 'contains a login'],
    ['no scheme', ['--url', 'localhost:5601'], 'isn’t an http or https address'],
    [
      'a login without a password',
      ['--url', 'http://127.0.0.1:1', '--auth', 'cookie', '--user', 'a'],
      'password of a is missing',
    ],
    ['a user that is not used', ['--url', 'http://127.0.0.1:1', '--user', 'a'], '--user does not go with --auth none'],
    ['an index that cannot be', ['--url', 'http://127.0.0.1:1', '--index', 'Apache'], 'must be an index’s name'],
    [
      'an unknown flag',
      ['--url', 'http://127.0.0.1:1', '--overwrit'],
      'There is no option --overwrit; did you mean --overwrite?',
    ],
  ];

  it('is wrong usage, and 2, where options are missing or contradict each other', () => {
    const ended = runTogether(WRONG.map(([, args]) => ({ args: ['kibana', 'import', ...args] })));

    for (const [at, [what, , words]] of WRONG.entries()) {
      expect({ what, ...ended[at] }).toMatchObject({ what, status: 2, stderr: expect.stringContaining(words) });
    }
    expect(JSON.stringify(ended)).not.toContain('secret');
  });
});

describe('clickstreamy kibana export', () => {
  const exported = (name: string) =>
    Object.fromEntries(
      readdirSync(join(folder, name)).map((file) => [file, readFileSync(join(folder, name, file), 'utf8')]),
    );

  it.each(KINDS)(
    'brings every object of %s back, the same each time but for what somebody has changed',
    async (kind) => {
      const { url, stores } = await start({ kind });
      await kibana(['import', '--url', url]);
      const first = await kibana(['export', '--url', url, '--out', 'first']);
      const store = stores.get('global/');
      const pages = store?.get('visualization/apache.pages');
      if (pages !== undefined) {
        const visState = JSON.parse(String(pages.attributes['visState']));
        visState.aggs[1].params.size = 20;
        pages.attributes['visState'] = JSON.stringify(visState);
      }

      const second = await kibana(['export', '--url', url, '--out', 'second', '--json']);
      const [before, after] = [exported('first'), exported('second')];
      const changed = Object.keys(after).filter((file) => after[file] !== before[file]);

      expect([first.code, second.code]).toEqual([0, 0]);
      expect(Object.keys(before)).toHaveLength(store?.size ?? 0);
      expect(JSON.parse(second.stdout).files.sort()).toEqual(Object.keys(after).sort());
      expect(changed).toEqual(['visualization.apache.pages.json']);
      expect(after['visualization.apache.pages.json']).toContain('            "size": 20\n');
      expect(Object.values(after).join()).not.toContain('updated_at');
    },
  );

  it('says what is not there', async () => {
    for (const kind of KINDS) {
      const { url } = await start({ kind });

      const { code, stderr } = await kibana(['export', '--url', url, '--out', 'none']);
      await double?.close();

      expect(code).toBe(1);
      expect(stderr).toContain('has no dashboard apache.clickstream');
    }
  });

  it('keeps an object’s file in its folder, whatever its id', async () => {
    const { url, stores } = await start({ kind: 'kibana7' });
    await kibana(['import', '--url', url]);
    const store = stores.get('global/');
    const board = store?.get('dashboard/apache.visitor');
    const hostile = { type: 'search', id: '../../../etc/x\u0000', attributes: { title: 'x' } };
    store?.set(`search/${hostile.id}`, hostile);
    store?.set('dashboard/apache.visitor', {
      ...(board as NonNullable<typeof board>),
      references: [{ name: 'panel_0', type: 'search', id: hostile.id }],
    });

    const { code } = await kibana(['export', '--url', url, '--out', 'out']);

    expect(code).toBe(0);
    expect(readdirSync(join(folder, 'out'))).toContain('search...%2F..%2F..%2Fetc%2Fx%00.json');
  });
});
