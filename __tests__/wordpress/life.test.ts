import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { builtFile } from '../../core/package-root';
import { checkPackages, findMissingPackages } from '../../site/wordpress-packages';
import { siteUser, startWordPressSite } from '../../site/wordpress-site';
import { describeWordPress } from '../support/needs-wordpress';
import { until } from '../support/until';
import { newFolder, TOKEN } from '../support/use-wordpress-site';
import { Visitor } from '../support/visitor';

/** The processes whose command line names this folder, and those of the run folders that they use. */
function processesOf(folder: string): string[] {
  return spawnSync('pgrep', ['-af', folder], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
}

describe('the packages of the WordPress site', () => {
  let root: string;

  beforeEach(async () => {
    root = await newFolder();
  });
  afterEach(() => rm(root, { recursive: true }));

  it('are all named if none is installed, with the command that installs them', () => {
    expect(() => checkPackages(root)).toThrow(
      expect.objectContaining({
        code: 'SITE_PACKAGES_MISSING',
        message: expect.stringMatching(/apache2-bin, php-fpm,.*sudo apt-get install .*wordpress/s),
      }),
    );
  });

  it('are looked for under the newest PHP', async () => {
    for (const file of ['usr/sbin/php-fpm8.2', 'usr/sbin/php-fpm8.4', 'usr/bin/php8.2', 'usr/sbin/apache2']) {
      await mkdir(dirname(join(root, file)), { recursive: true });
      await writeFile(join(root, file), '');
    }

    const missing = findMissingPackages(root);

    expect(missing).toContain('php-cli');
    expect(missing).not.toContain('php-fpm');
    expect(missing).not.toContain('apache2-bin');
  });
});

describeWordPress('the life of the WordPress site', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await newFolder();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('continues an earlier run: same keys, same accounts, same pages', async () => {
    const secrets = () => readFileSync(join(folder, 'conf', 'secrets.php'), 'utf8');
    const account = { user: 'Returning', password: 'correct horse' };
    const steps: string[] = [];
    const first = await startWordPressSite({ folder, port: 0, token: TOKEN });
    const visitor = new Visitor(first.url, {});
    await visitor.get('/');
    expect((await visitor.post('/sign-up/', account)).status).toBe(303);
    await first.close();
    const kept = secrets();

    const second = await startWordPressSite({
      folder,
      port: first.port,
      token: TOKEN,
      onStep: (step) => steps.push(step),
    });
    const back = await visitor.get('/products/rain-jacket/');
    const signedIn = await visitor.post('/sign-in/', account);
    const menu = (await visitor.get('/')).body.toString();
    await second.close();

    expect([back.status, signedIn.status]).toEqual([200, 303]);
    expect(back.setCookies).toEqual([]);
    expect(secrets()).toBe(kept);
    expect(menu.match(/>Pricing</g)).toHaveLength(1);
    expect(steps).not.toContain('making the database');
  });

  it('keeps its secrets private, and listens on this machine only', async () => {
    const site = await startWordPressSite({ folder, port: 0, token: TOKEN });

    const mode = (name: string) =>
      spawnSync('stat', ['-c', '%a', join(folder, name)], { encoding: 'utf8' }).stdout.trim();
    const listening = spawnSync('ss', ['-Hltnp'], { encoding: 'utf8' }).stdout;
    const commands = processesOf(folder).join('\n');
    await site.close();

    expect([mode('conf'), mode('conf/secrets.php'), mode('conf/settings.php')]).toEqual(['700', '600', '600']);
    expect(commands).not.toContain(TOKEN);
    const addresses = listening
      .split('\n')
      .filter((line) => line.includes(`:${site.port} `))
      .map((line) => line.split(/\s+/)[3]);
    expect(addresses.length).toBeGreaterThan(0);
    for (const address of addresses) expect(address).toMatch(/^(127\.0\.0\.1|\[::1\]):\d+$/);
  });

  it('ends with the process that started it, however that ends', async () => {
    const script = `require(${JSON.stringify(builtFile('site', 'wordpress-site.js'))}).startWordPressSite({ folder: ${JSON.stringify(folder)}, port: 0 }).then((site) => console.log(site.url))`;
    const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(parent.stdout, 'data');
    expect(processesOf(folder).length).toBeGreaterThan(2);

    parent.kill('SIGKILL');
    await once(parent, 'exit');

    await until(() => processesOf(folder).length === 0, { what: 'all processes of the site end', deadlineMs: 30_000 });
  });

  it('says that its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;

    await expect(startWordPressSite({ folder, port })).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    other.close();
  });

  it('says which step failed, and why, and leaves nothing running', async () => {
    await mkdir(join(folder, 'db', 'mysql'), { recursive: true });

    const start = startWordPressSite({ folder, port: 0 });

    await expect(start).rejects.toMatchObject({
      code: 'SITE_NOT_STARTED',
      message: expect.stringMatching(/starting the database failed: .+/),
    });
    expect(processesOf(folder)).toEqual([]);
  });

  it('gives the administrator a password that only standard input has seen', async () => {
    const site = await startWordPressSite({ folder, port: 0 });
    const set = (input: string) =>
      spawnSync('php', [join(folder, 'install/set-admin-password.php'), folder], {
        input,
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], CLICKSTREAMY_CONF: join(folder, 'conf') },
        ...siteUser(),
      });
    const signIn = () =>
      new Visitor(site.url, {}).post('/wp-login.php', { log: 'clickstreamy-admin', pwd: 'a long new password' });

    expect(set('short\n').status).toBe(1);
    expect((await signIn()).headers.location).toBeUndefined();
    expect(set('a long new password\n').status).toBe(0);
    expect((await signIn()).headers.location).toContain('/wp-admin/');
    await site.close();
  });
});
