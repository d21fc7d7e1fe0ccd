import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSetup } from '../support/run-setup';

describe('clickstreamy kibana setup', () => {
  it.each([
    [[], '--url'],
    [['--url', 'http://127.0.0.1:1', '--outputs', 'x'], '--url'],
    [['--url', 'ftp://host'], 'isn’t an http or https address'],
    [['--url', 'http://kim:very-secret@127.0.0.1:1'], 'contains a login'],
    [['--url', 'http://127.0.0.1:1', '--index', 'Apache'], '--index Apache: must be lower-case'],
    [['--url', 'http://127.0.0.1:1', '--auth', 'basic'], '--user'],
    [['--url', 'http://127.0.0.1:1', '--auth', 'magic'], 'auth'],
  ])('exits with 2 for %j', async (args, reason) => {
    const { code, out, err } = await runSetup(args);

    expect(code).toBe(2);
    expect(err).toContain(reason);
    expect(out + err).not.toContain('very-secret');
  });

  it('exits with 1 if nothing answers', async () => {
    const { code, err } = await runSetup(['--url', 'http://127.0.0.1:1']);

    expect(code).toBe(1);
    expect(err).toContain('http://127.0.0.1:1 cannot be reached');
  });
});

describe('the user of clickstreamy kibana setup', () => {
  let folder: string;
  let server: Server;
  let url: string;
  let seen: IncomingHttpHeaders[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'setup-'));
    seen = [];
    server = createServer((request, response) => {
      seen.push(request.headers);
      const root = { version: { number: '7.10.2' } };
      response.end(JSON.stringify(request.url === '/' ? root : request.method === 'PUT' ? { acknowledged: true } : {}));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const authorizations = () => seen.map(({ authorization }) => authorization?.split(',', 1)[0]);

  it('is authenticated by a name and a password from a file', async () => {
    const file = join(folder, 'password');
    await writeFile(file, 'pass word\n');

    const { code } = await runSetup(['--url', url, '--auth', 'basic', '--user', 'kim', '--password-file', file]);

    expect(code).toBe(0);
    expect(new Set(authorizations())).toEqual(new Set([`Basic ${Buffer.from('kim:pass word').toString('base64')}`]));
  });

  it('is authenticated by AWS credentials from the environment, in the given region', async () => {
    const credentials = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' };

    const { code } = await runSetup(['--url', url, '--auth', 'sigv4', '--region', 'eu-west-1'], credentials);

    expect(code).toBe(0);
    expect(seen.length).toBeGreaterThan(1);
    for (const authorization of authorizations()) {
      expect(authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/es\/aws4_request$/);
    }
    expect(seen[0]?.['x-amz-security-token']).toBe('token');
  });

  it('is not authenticated without AWS credentials: it exits with 1 and sends nothing', async () => {
    const none = { HOME: folder, AWS_EC2_METADATA_DISABLED: 'true' };

    const { code, err } = await runSetup(['--url', url, '--auth', 'sigv4', '--region', 'eu-west-1'], none);

    expect(code).toBe(1);
    expect(err).toContain('No AWS credentials to sign with');
    expect(seen).toEqual([]);
  });
});
