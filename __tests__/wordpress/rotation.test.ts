import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { siteUser } from '../../site/wordpress-site';
import { eventsOf } from '../support/events-of';
import { readLine } from '../support/log-line';
import { describeWordPress } from '../support/needs-wordpress';
import { until } from '../support/until';
import { TOKEN, useWordPressSite } from '../support/use-wordpress-site';
import { Visitor } from '../support/visitor';

describeWordPress('a rotation of the log under load', () => {
  const { folder, site } = useWordPressSite();

  /** Runs the real logrotate as the site's user. */
  function rotate(): void {
    const conf = join(folder(), 'conf', 'logrotate.conf');
    const { status, stderr } = spawnSync(
      '/usr/sbin/logrotate',
      ['--force', '--state', join(folder(), 'log', 'state'), conf],
      {
        ...siteUser(),
        encoding: 'utf8',
      },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }

  it('loses no line and writes none twice, not even for slow requests in progress', async () => {
    let isOver = false;
    const answered: number[] = [];
    const visitor = async (i: number) => {
      const slow = i % 4 === 0 ? { 'x-clickstream-delay': '400' } : {};
      const mine = new Visitor(site().url, { 'user-agent': 'rotation', 'x-clickstream-token': TOKEN, ...slow });
      while (!isOver)
        answered.push(
          (await mine.get('/assets/site.css')).status,
          (await mine.get('/health')).status,
          (await mine.get('/pricing/')).status,
        );
    };
    const visitors = Array.from({ length: 8 }, (_, i) => visitor(i));

    for (let i = 0; i < 4; i++) {
      const before = answered.length;
      await until(() => answered.length >= before + 150, { what: '150 more replies', deadlineMs: 50_000 });
      rotate();
    }
    isOver = true;
    await Promise.all(visitors);
    await site().close();

    const names = readdirSync(join(folder(), 'log')).filter((name) => name.startsWith('access_log'));
    expect(names.sort()).toEqual([
      'access_log',
      'access_log.1',
      'access_log.2.gz',
      'access_log.3.gz',
      'access_log.4.gz',
    ]);
    const logs = names
      .map((name) => readFileSync(join(folder(), 'log', name)))
      .map((bytes, i) => (names[i]?.endsWith('.gz') ? gunzipSync(bytes) : bytes));
    const log = Buffer.concat(logs).toString();
    const lines = log
      .trimEnd()
      .split('\n')
      .map(readLine)
      .filter(({ agent }) => agent === 'rotation');
    expect(new Set(answered)).toEqual(new Set([200]));
    expect(lines).toHaveLength(answered.length);
    expect(new Set(lines.map(({ id }) => id)).size).toBe(answered.length);
    const { events, rejected } = await eventsOf(log);
    expect({ events: events.length, rejected }).toEqual({ events: log.trimEnd().split('\n').length, rejected: 0 });
  });
});
