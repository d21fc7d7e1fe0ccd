/** The command as a user has it: its streams, its exit codes, its words. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { builtFile } from '../../core/package-root';
import { type EndedCommand, runTogether } from '../support/run-together';
import { startTestSite, type TestSite } from '../support/test-site';

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

  it('leaves a report with charts, and fails when a threshold is missed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'traffic-'));
    const html = join(folder, 'run.html');
    site = await startTestSite();
    const args = ['--url', site.url, '--requests', '50', '--rate', '200', '--errors', '0.2', '--html', html, '--json'];

    const good = await traffic([...args, '--expect', 'errors=0.2', '--expect', 'lost=0']);
    const missed = await traffic([...args, '--expect', 'errors=0.2', '--expect', 'byStatus.500<10']);
    const text = readFileSync(html, 'utf8');
    rmSync(folder, { recursive: true });

    expect(good.code).toBe(0);
    expect(JSON.parse(good.stdout).expect).toEqual([
      { expect: 'errors=0.2', seen: 0.2, passed: true },
      { expect: 'lost=0', seen: 0, passed: true },
    ]);
    expect(missed.code).toBe(1);
    expect(missed.stderr).toContain(
      'error [THRESHOLD_MISSED]: The run missed what was expected: byStatus.500<10 (it is 10).',
    );
    expect(JSON.parse(missed.stdout).passed).toBe(false);
    expect(text).toContain('byStatus.500&lt;10');
  });

  it('runs at full speed, in one long breath', async () => {
    site = await startTestSite();

    const { code, stdout } = await traffic(['--url', site.url, '--max', '--seconds', '1', '--errors', '0.1', '--json']);

    const report = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(report).toMatchObject({
      end: 'complete',
      rateAsked: null,
      lost: 0,
      unplanned: 0,
      planned: site.seen.length,
    });
    expect(report.byStatus['500']).toBe(Math.floor(report.answered / 10));
    expect(report.connections).toBe(64);
  });

  it('takes the site from what was deployed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'traffic-'));
    const outputs = join(folder, 'outputs.json');
    site = await startTestSite();
    writeFileSync(outputs, JSON.stringify({ website: { siteUrl: `${site.url}/` } }));

    const { code } = await traffic(['--outputs', outputs, '--requests', '5', '--rate', '100']);
    rmSync(folder, { recursive: true });

    expect(code).toBe(0);
    expect(site.seen).toHaveLength(5);
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

  it.each([
    [
      ['--outputs', '/nowhere/outputs.json'],
      'The outputs file /nowhere/outputs.json cannot be read: it does not exist.',
    ],
    [['--journeys', '/nowhere/own.json'], 'The journeys in /nowhere/own.json cannot be read: it does not exist.'],
    [
      ['--ledger', '/nowhere/ledger.json'],
      'The ledger /nowhere/ledger.json cannot be written: its folder does not exist.',
    ],
    [['--html', '/nowhere/run.html'], 'The report /nowhere/run.html cannot be written: its folder does not exist.'],
    [['--html', '/'], 'The report / cannot be written: it is a folder.'],
  ])('says in one sentence, and exit code 1, what is wrong with %j', async (args, sentence) => {
    site = await startTestSite();
    const where = args.includes('--outputs') ? [] : ['--url', site.url];

    const { code, stdout, stderr } = await traffic([...where, ...args]);

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^error \\[[A-Z_]+\\]: ${sentence}\n→ .+\n$`));
    expect(site.seen).toEqual([]);
  });

  it('says in one sentence, and exit code 1, that the site does not answer', async () => {
    const { code, stdout, stderr } = await traffic(['--url', 'http://127.0.0.1:1']);

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^error \[SITE_UNREACHABLE\]: http:\/\/127\.0\.0\.1:1 does not answer: connection refused\.\n→ Start the site/,
    );
  });

  describe('called wrongly', () => {
    const WRONG: readonly (readonly [args: readonly string[], sentence: string])[] = [
      [['--errors', '1.5'], '--errors 1.5: must be 0 to 1, or 0% to 100%.'],
      [['--errors', '120%'], '--errors 120%: must be 0 to 1, or 0% to 100%.'],
      [['--errors', '%'], '--errors %: must be a share'],
      [['--rate', '0'], '--rate 0: must be more than 0 and at most 100,000.'],
      [
        ['--rate', '-1', '--users', '0'],
        '--rate -1: must be more than 0 and at most 100,000; --users 0: must be 1 to 1,000,000.',
      ],
      [['--seconds', '5 minutes'], "--seconds '5 minutes': must be a duration, such as 90s, 5m, 2h or 500ms."],
      [['--seconds', '1', '--requests', '1'], 'give --seconds or --requests, not both'],
      [['--requests', '1.5'], '--requests 1.5: must be a whole number.'],
      [['--url', 'ftp://example.org'], '--url ftp://example.org: isn’t an http or https address.'],
      [['--url', 'http://example.org/blog/'], '--url http://example.org/blog/: must be the site without a path.'],
      [['--run', 'a b'], "--run 'a b': must be 1 to 32 letters, digits, - or _."],
      [['--errors', '0.7', '--not-found', '0.4'], '--errors and --not-found are more than all requests'],
      [['--error-mode', 'some'], '--error-mode some: must be one of "route", "spread".'],
      [['--slow', '0.1', '--slow-ms', '0'], '--slow-ms 0: must be 1 to 10,000 milliseconds.'],
      [['--slow-ms', '5'], '--slow-ms belongs to --slow'],
      [['--think', '0'], '--think 0: must be 0.01 to 3,600 seconds.'],
      [['--ramp', '0:10,60'], '--ramp 0:10,60: must be TIME:RATE points, such as 0:10,60:100 or 0s:10,5m:100.'],
      [['--ramp', '5:10,60:20'], '--ramp 5:10,60:20: must begin at 0 seconds'],
      [['--ramp', '0:10,60:20,30:5'], '--ramp 0:10,60:20,30:5: must go forward in time.'],
      [['--ramp', '0:0,60:0'], '--ramp 0:0,60:0: must reach a rate of more than 0.'],
      [['--ramp', '0:0,60:10', '--rate', '5'], 'give --rate or --ramp, not both'],
      [['--max', '--rate', '5'], 'give --max or --rate, not both'],
      [['--url', 'http://x.example', '--outputs', 'y'], 'give --url or --outputs, not both'],
      [['--connections', '0'], '--connections 0: must be 1 to 60,000.'],
      [['--timeout', '0'], '--timeout 0: must be 0.1 to 600 seconds.'],
      [['--expect', 'p99<5%'], "--expect 'p99<5%' gives a percentage for a figure that is not a share."],
      [['--expect', 'p99'], "--expect 'p99' is not a threshold."],
      [['--expect', 'speed>1'], "--expect 'speed>1' names a figure that the report does not have."],
      [['--seed', 'a', '--seed', 'b'], '--seed is given 2 times.'],
      [['--colour'], 'There is no option --colour.'],
      [['--rate', '1', '--rate', '2'], '--rate is given 2 times.'],
      [['extra'], 'There is no command extra.'],
      [['mrge'], 'There is no command mrge; did you mean merge?'],
      [['--error', '0.2'], 'There is no option --error; did you mean --errors?'],
      [['--rate'], '--rate needs a value.'],
    ];
    let ended: readonly EndedCommand[];
    beforeAll(() => {
      ended = runTogether(WRONG.map(([args]) => ({ args: ['traffic', ...args] })));
    });

    it.each(WRONG)('refuses %j with exit code 2', (args, sentence) => {
      const at = WRONG.findIndex(([others]) => others === args);

      expect(ended[at]).toMatchObject({ status: 2, stdout: '' });
      expect(ended[at]?.stderr).toContain(`error [USAGE]: ${sentence}`);
    });
  });

  it('refuses wrong usage in a process of its own, too', async () => {
    const { code, stdout, stderr } = await traffic(['--rate']);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('error [USAGE]: --rate needs a value.');
  });

  it('shows examples with --help', async () => {
    const { code, stdout } = await traffic(['--help']);

    expect(code).toBe(0);
    expect(stdout).toContain('traffic --rate 50 --errors 0.2');
    expect(stdout).not.toContain('[number] [number]');
  });
});
