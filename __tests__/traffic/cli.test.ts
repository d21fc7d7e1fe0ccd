/** The command as a user has it: its streams, its exit codes, its words. */
import { spawn } from 'node:child_process';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { builtFile } from '../../core/package-root';
import { startTestSite, type TestSite } from './test-site';

jest.setTimeout(30_000);

let site: TestSite | undefined;
afterEach(() => site?.close());

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function traffic(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  interruptAt?: () => boolean,
): Promise<Ended> {
  const child = spawn(process.execPath, [builtFile('traffic', 'cli.js'), ...args], { env: { ...process.env, ...env } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const timer = setInterval(() => {
    if (interruptAt?.()) child.kill('SIGINT');
    if (interruptAt?.()) clearInterval(timer);
  }, 10);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(timer);
  return { code, stdout, stderr };
}

describe('traffic', () => {
  it('drives a site and prints a table', async () => {
    site = await startTestSite();

    const { code, stdout } = await traffic(['--url', site.url, '--rate', '100', '--seconds', '1', '--errors', '0.2']);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^sent +100 of 100 planned/m);
    expect(stdout).toMatch(/^errors +20\.00 % of the answers \(20 planned\)$/m);
    expect(site.seen).toHaveLength(100);
  });

  it('prints one line of JSON with --json, and nothing else on stdout', async () => {
    site = await startTestSite();

    const { code, stdout } = await traffic([
      '--url',
      site.url,
      '--requests',
      '20',
      '--rate',
      '200',
      '--seed',
      'x',
      '--run',
      'r7',
      '--json',
    ]);

    expect(code).toBe(0);
    expect(stdout.trimEnd()).not.toContain('\n');
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      run: 'r7',
      seed: 'x',
      rateAsked: 200,
      planned: 20,
      sent: 20,
      answered: 20,
      lost: 0,
      errorShare: 0,
      ledger: null,
    });
    for (const name of [
      'seconds',
      'byStatus',
      'signUps',
      'signIns',
      'users',
      'pageViews',
      'latencyMs',
      'worstSecond',
    ]) {
      expect(report).toHaveProperty(name);
    }
  });

  it('takes the token from the environment', async () => {
    site = await startTestSite({ token: 'a secret' });

    const { code, stdout } = await traffic(
      ['--url', site.url, '--requests', '10', '--rate', '100', '--errors', '0.5', '--json'],
      {
        CLICKSTREAMY_TOKEN: 'a secret',
      },
    );

    expect(code).toBe(0);
    expect(JSON.parse(stdout).byStatus['500']).toBe(5);
  });

  it('ends with its report when it is interrupted', async () => {
    const started = await startTestSite();
    site = started;

    const { code, stdout } = await traffic(
      ['--url', started.url, '--seconds', '600', '--json'],
      {},
      () => started.seen.length > 10,
    );

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      end: 'stopped',
      sent: started.seen.length,
      answered: started.seen.length,
    });
  });

  it('says in one sentence, and exit code 1, that the site does not answer', async () => {
    const { code, stdout, stderr } = await traffic(['--url', 'http://127.0.0.1:1']);

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^error: http:\/\/127\.0\.0\.1:1 does not answer: connection refused\.\n→ Start the site/);
  });

  it.each([
    [['--errors', '1.5'], 'errors: must be 0 to 1'],
    [['--errors', '20%'], 'errors: must be one number'],
    [['--rate', '0'], 'rate: must be more than 0'],
    [['--rate', '-1', '--users', '0'], 'rate: must be more than 0; users: must be 1 or more'],
    [['--seconds', '1', '--requests', '1'], 'give --seconds or --requests, not both'],
    [['--requests', '1.5'], 'requests: must be a whole number'],
    [['--url', 'ftp://example.org'], "url: 'ftp://example.org' is no http or https address"],
    [['--url', 'http://example.org/blog/'], 'url: give the site without a path'],
    [['--run', 'a b'], 'run: must be 1 to 32 letters, digits, - or _'],
    [['--colour'], 'Unknown argument: colour'],
    [['--rate', '1', '--rate', '2'], 'rate: must be one number'],
    [['extra'], 'Unknown argument: extra'],
  ])('refuses %j with exit code 2', async (args, sentence) => {
    const { code, stdout, stderr } = await traffic(args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`error: ${sentence}`);
  });

  it('shows examples with --help', async () => {
    const { code, stdout } = await traffic(['--help']);

    expect(code).toBe(0);
    expect(stdout).toContain('traffic --rate 50 --errors 0.2');
    expect(stdout).not.toContain('[number] [number]');
  });
});
