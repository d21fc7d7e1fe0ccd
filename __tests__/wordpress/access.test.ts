import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describeWordPress } from '../support/needs-wordpress';
import { sendRaw } from '../support/raw-client';
import { useWordPressSite } from '../support/use-wordpress-site';
import { Visitor } from '../support/visitor';

describeWordPress('access to the WordPress site', () => {
  const { folder, site, linesOf } = useWordPressSite();
  const statusOf = async (path: string, from?: string) =>
    (await new Visitor(site().url, from === undefined ? {} : { 'x-forwarded-for': from }).get(path)).status;
  const post = (agent: string, headers: string) =>
    sendRaw(site().port, `POST /sign-in/ HTTP/1.1\r\nHost: x\r\nUser-Agent: ${agent}\r\n${headers}\r\n\r\n`);

  it('PHP runs no other file: neither an index.php in a folder of WordPress nor an uploaded one', async () => {
    const uploads = join(folder(), 'wordpress/wp-content/uploads');
    await mkdir(uploads, { recursive: true });
    await writeFile(join(uploads, 'index.php'), '<?php echo "ran";');
    const paths = ['/wp-content/uploads/index.php', '/wp-content/plugins/index.php', '/wp-includes/blocks/index.php'];

    const statuses = await Promise.all(paths.map((path) => statusOf(path)));

    expect(statuses).toEqual([403, 403, 403]);
  });

  it('the administration answers this machine only', async () => {
    const paths = ['/wp-login.php', '/wp-admin/', '/wp-admin/index.php', '/wp-admin/admin-ajax.php'];

    const here = await Promise.all(paths.map((path) => statusOf(path)));
    const elsewhere = await Promise.all(paths.map((path) => statusOf(path, '203.0.113.9')));

    expect(here).toEqual([200, 302, 302, 400]);
    expect(elsewhere).toEqual([403, 403, 403, 403]);
  });

  it('more clients with half a form than PHP has children keep nobody else waiting', async () => {
    const answered: string[] = [];
    const slow = Array.from({ length: 12 }, () => connect(site().port, '127.0.0.1'));
    for (const client of slow)
      client.on('error', () => {}).on('data', (chunk) => answered.push(chunk.toString('latin1')));
    const half = 'POST /sign-in/ HTTP/1.1\r\nHost: x\r\nContent-Length: 200\r\n\r\nuser=a';
    await Promise.all(slow.map((client) => new Promise((resolve) => client.write(half, resolve))));

    const status = await statusOf('/pricing/');

    expect({ status, answered }).toEqual({ status: 200, answered: [] });
    for (const client of slow) client.destroy();
  });

  it.each([
    ['longer than PHP takes', 'Content-Length: 10485761', 413],
    ['without a length', 'Transfer-Encoding: chunked', 411],
    ['with an impossible length', 'Content-Length: 99999999999999999999', 400],
  ])('a form %s is refused before it is read, and logged once', async (what, header, status) => {
    const agent = `access/${what.replaceAll(' ', '-')}`;

    const reply = await post(agent, header);

    expect(reply).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect((await linesOf(agent, 1)).map((line) => [line.request, line.status])).toEqual([
      ['POST /sign-in/ HTTP/1.1', status],
    ]);
  });

  it('Apache accepts its configuration behind a load balancer too', () => {
    const { stderr, status } = spawnSync(
      '/usr/sbin/apache2',
      ['-t', '-DBALANCER', '-f', join(folder(), 'conf/httpd.conf')],
      { encoding: 'utf8' },
    );

    expect({ status, stderr }).toEqual({ status: 0, stderr: 'Syntax OK\n' });
  });
});
