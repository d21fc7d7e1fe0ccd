import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { builtFile } from '../../core/package-root';
import { startWordPressSite } from '../../site/wordpress-site';
import { eventsOf } from '../support/events-of';
import { needs } from '../support/needs';
import { describeWordPress } from '../support/needs-wordpress';
import { until } from '../support/until';
import { newFolder, TOKEN, useWordPressSite } from '../support/use-wordpress-site';
import { Visitor } from '../support/visitor';

const isRoot = process.getuid?.() === 0;

/** The id of a process of the site, by its command line. */
function processOf(folder: string, name: string): number {
  const { stdout } = spawnSync('pgrep', ['-f', `${name}.*${folder}`], { encoding: 'utf8' });
  return Number(stdout.split('\n')[0]);
}

/** How many ends of connections to a Unix socket there are, the one that listens and those not yet accepted included. */
function endsAt(socket: string): number {
  return readFileSync('/proc/net/unix', 'utf8')
    .split('\n')
    .filter((line) => line.endsWith(` ${socket}`)).length;
}

describeWordPress('the WordPress site without its database', () => {
  const { folder, site, linesOf } = useWordPressSite();

  it('answers with a clear page, keeps the visitor’s session in the log, and comes back by itself', async () => {
    const visitor = new Visitor(site().url, { 'user-agent': 'bad/database', 'x-clickstream-token': TOKEN });
    await visitor.get('/');
    const database = processOf(folder(), 'mariadbd');
    const socket = readFileSync(join(folder(), 'conf', 'settings.php'), 'utf8').match(/localhost:([^']+)/)?.[1] ?? '';
    process.kill(database, 'SIGSTOP');
    const ends = endsAt(socket);
    const stopped = visitor.get('/health');
    await until(() => endsAt(socket) > ends, { what: 'the site asks its database' });
    process.kill(database, 'SIGCONT');
    const health = await stopped;
    spawnSync('mv', [socket, `${socket}.away`]);

    const away = await visitor.get('/products/');
    const post = await visitor.post('/sign-up/', { user: 'nobody yet', password: 'correct horse' });
    const healthAway = await visitor.get('/health');
    spawnSync('mv', [`${socket}.away`, socket]);
    const back = await visitor.get('/products/');

    expect([health.status, away.status, post.status, healthAway.status, back.status]).toEqual([
      200, 503, 503, 503, 200,
    ]);
    expect(away.body.toString()).toContain('The site cannot reach its data.');
    expect(away.headers['retry-after']).toBe('60');
    const lines = await linesOf('bad/database', 6);
    expect(lines.map(({ status }) => status)).toEqual([200, 200, 503, 503, 503, 200]);
    expect(new Set([lines[0], lines[2], lines[3], lines[5]].map((line) => line?.session)).size).toBe(1);
    expect(lines.map(({ user }) => user)).toEqual(Array(6).fill('-'));
  });
});

const mayMount = isRoot && spawnSync('mount', ['--version']).status === 0;
const describeOnSmallDisk = mayMount ? describeWordPress : needs('a right to mount a small disk', undefined);

describeOnSmallDisk('the WordPress site on a full disk', () => {
  it('still answers, never joins half a line with another, and logs again when there is space', async () => {
    const folder = await newFolder();
    const disk = join(folder, 'log');
    await mkdir(disk);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k,mode=0777', 'tmpfs', disk], {
      encoding: 'utf8',
    });
    expect(mounted).toMatchObject({ status: 0, stderr: '' });
    const site = await startWordPressSite({ folder, port: 0, token: TOKEN });
    try {
      const visitor = new Visitor(site.url, { 'user-agent': 'bad/disk', 'x-clickstream-token': TOKEN });
      const before = await visitor.get('/pricing/');
      spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'fill')}`, 'bs=1k', 'count=1000']);

      // More than fits into the rest of the log's last block.
      const full = await Promise.all(Array.from({ length: 60 }, () => visitor.get('/assets/site.css')));
      const page = await visitor.get('/pricing/');
      const logged = () => readFileSync(site.logFile, 'utf8').split('"bad/disk"').length - 1;
      const kept = logged();
      await rm(join(disk, 'fill'));
      const after = await Promise.all(Array.from({ length: 20 }, () => visitor.get('/assets/site.css')));

      expect([before, ...full, page, ...after].map(({ status }) => status)).toEqual(Array(82).fill(200));
      await until(() => logged() >= kept + after.length, { what: 'a line for each request since there is space' });
      const log = readFileSync(site.logFile, 'utf8');
      const { events, rejected } = await eventsOf(log);
      // The line that the full disk cut may be joined with the first one after it. That is rejected, and never becomes a wrong event.
      expect(rejected).toBeLessThanOrEqual(1);
      expect(events.length + rejected).toBe(log.trimEnd().split('\n').length);
      expect(new Set(events.map(({ path, response }) => `${path} ${response}`))).toEqual(
        new Set(['/health 200', '/pricing/ 200', '/assets/site.css 200']),
      );
      expect(events.filter((event) => event['user-agent'] === 'bad/disk').length).toBeGreaterThanOrEqual(20);
    } finally {
      await site.close();
      spawnSync('umount', [disk]);
      await rm(folder, { recursive: true, force: true });
    }
  });
});

needs('another user to run as', isRoot ? '/' : undefined)('a log folder that the shipper cannot enter', () => {
  it('is named, and what to do about it', async () => {
    const folder = await newFolder();
    await mkdir(join(folder, 'log'), { mode: 0o700 });
    const command = [builtFile('cli.js'), 'local', '--log', join(folder, 'log', 'access_log*'), '--ui-port', '0'];

    const { status, stderr } = spawnSync(process.execPath, command, { uid: 65534, gid: 65534, encoding: 'utf8' });

    expect(status).toBe(1);
    expect(stderr).toContain(join(folder, 'log'));
    expect(stderr).toMatch(
      /cannot be read: permission denied\.\n→ Give this user the right to read it and to enter every folder/,
    );
    expect(await readdir(join(folder, 'log'))).toEqual([]);
    await rm(folder, { recursive: true });
  });
});
