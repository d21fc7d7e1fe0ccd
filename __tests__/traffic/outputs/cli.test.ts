/** The outputs as a user has them: `traffic --out …`, its streams and exit codes. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { builtFile } from '../../../core/package-root';
import { countEvents, ledgerCounts } from '../../support/count-events';
import { openEndpoint } from '../../support/shipper-endpoint';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'traffic-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Through a shell, for its limits. */
function traffic(args: string, before = ''): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const command = `${before} "${process.execPath}" "${builtFile('traffic', 'cli.js')}" ${args}`;
  const child = spawn('/bin/sh', ['-c', command], { cwd: folder });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}
const readLedger = () => JSON.parse(readFileSync(join(folder, 'ledger.json'), 'utf8'));

const SPAN = '--from 2026-11-01 --ledger ledger.json';

describe('traffic --out', () => {
  it('writes to standard output for -, and the report to standard error', async () => {
    const { code, stdout, stderr } = await traffic(`--out - ${SPAN} --requests 200`);

    expect(code).toBe(0);
    expect(countEvents(stdout.trimEnd().split('\n'))).toEqual(ledgerCounts(readLedger()));
    expect(stderr).toMatch(/^sent +200 of 200 planned/m);
  });

  it('ends quietly when the reader of standard output has gone', async () => {
    const { code, stdout, stderr } = await traffic('--out - --from 2026-11-01 --requests 200000 | head -n 1');

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n')).toHaveLength(2);
  });

  it('keeps whole lines, and a ledger of just these, when the disk is full', async () => {
    const { code, stderr } = await traffic(`--out access_log ${SPAN} --requests 20000`, 'ulimit -f 2000;');

    const text = readFileSync(join(folder, 'access_log'), 'utf8');
    const lines = text.split('\n').slice(0, -1);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^error \[OUT_NOT_WRITABLE\]: Access lines cannot be written to access_log: it may not grow any larger\.\n→ .+\n$/,
    );
    expect(text.endsWith('\n')).toBe(true);
    expect(lines.length).toBeGreaterThan(1000);
    expect(readLedger()).toMatchObject({ end: 'broken', sent: lines.length });
    expect(countEvents(lines)).toEqual(ledgerCounts(readLedger()));
  });

  it('keeps a packed file that can be unpacked when the disk is full', async () => {
    const { code } = await traffic(`--out access_log.gz ${SPAN} --requests 200000`, 'ulimit -f 2000;');

    const lines = gunzipSync(readFileSync(join(folder, 'access_log.gz')))
      .toString()
      .split('\n')
      .slice(0, -1);
    expect(code).toBe(1);
    expect(lines.length).toBeGreaterThan(1000);
    expect(readLedger()).toMatchObject({ end: 'broken', sent: lines.length, answered: lines.length });
  });

  it.each([
    ['--out access_log --to 2026-11-02', '--to belongs to --from'],
    ['--from 2026-11-01', '--from belongs to --out or --stream'],
    [
      '--out access_log --from yesterday',
      '--from yesterday: must be a time, such as 2026-11-01 or 2026-11-01T10:31:00Z',
    ],
    ['--out access_log --ledger access_log', '--out and --ledger are the same file'],
    ['--out', '--out needs a value.'],
  ])('refuses %s', async (args, why) => {
    const { code, stderr, stdout } = await traffic(args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(why);
    expect(existsSync(join(folder, 'access_log'))).toBe(false);
  });
});

describe('traffic --stream', () => {
  const ALONE = `env -i PATH="$PATH" HOME="${'$PWD'}" AWS_EC2_METADATA_DISABLED=true`;

  it.each([
    ['--stream clicks', 'error \\[FIREHOSE_REFUSED\\]: No AWS region is set.'],
    ['--stream clicks --region us-east-1', 'error \\[FIREHOSE_REFUSED\\]: No AWS credentials were found.'],
  ])('says before the run what %s lacks', async (args, why) => {
    const { code, stdout, stderr } = await traffic(`${args} ${SPAN} --requests 10`, ALONE);

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^${why}\\n→ .+\\n$`));
    expect(existsSync(join(folder, 'ledger.json'))).toBe(false);
  });

  it('prints the report and then why, when the stream does not exist', async () => {
    const endpoint = await openEndpoint();
    endpoint.behave = () => 'not-found';

    const { code, stdout, stderr } = await traffic(
      `--stream clicks --endpoint ${endpoint.url.href} ${SPAN} --requests 10 --json`,
    );

    await endpoint.close();
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ end: 'broken', answered: 0, passed: false });
    expect(stderr).toMatch(/^error \[FIREHOSE_REFUSED\]: There is no delivery stream clicks at http:.+\.\n→ .+\n$/);
    expect(readLedger()).toMatchObject({ end: 'broken', answered: 0, uncertain: { requests: 0 } });
  });

  it.each([
    ['--stream clicks --out access_log', 'give --out or --stream, not both'],
    ['--endpoint http://127.0.0.1:1', '--endpoint belongs to --stream'],
    ['--stream "no name"', "--stream 'no name': must be a stream’s name"],
    ['--out access_log --shard 3/2', 'must be one of its shards'],
    ['--out access_log --shard 1/2', '--shard needs --seed and --run'],
  ])('refuses %s', async (args, why) => {
    const { code, stderr } = await traffic(args);

    expect(code).toBe(2);
    expect(stderr).toContain(why);
  });
});

describe('traffic merge', () => {
  it('adds the ledgers of shards up, to a file or to standard output', async () => {
    const options = '--from 2026-11-01 --requests 500 --run r7 --seed monday';
    for (const number of [1, 2]) {
      await traffic(`--out log${number} ${options} --shard ${number}/2 --ledger ledger${number}.json`);
    }
    await traffic(`--out log ${options} --ledger ledger.json`);

    const { code, stdout } = await traffic('merge ledger1.json ledger2.json');
    const written = await traffic('merge ledger1.json ledger2.json --out merged.json');

    expect({ code, merged: JSON.parse(stdout) }).toEqual({ code: 0, merged: readLedger() });
    expect(written).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(join(folder, 'merged.json'), 'utf8')).toBe(stdout);
  });

  it('refuses what is not the whole of one run', async () => {
    await traffic('--out log1 --from 2026-11-01 --requests 5 --run r7 --seed a --shard 1/2 --ledger ledger1.json');

    const [missing, none] = [await traffic('merge ledger1.json'), await traffic('merge')];

    expect(missing).toMatchObject({ code: 1, stdout: '' });
    expect(missing.stderr).toMatch(/^error \[LEDGERS_DIFFER\]: Of 2 shards, 2 is missing\.\n→ .+\n$/);
    expect(none.code).toBe(2);
  });
});
