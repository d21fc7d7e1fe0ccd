/** The outputs as a user has them: `traffic --out …`, its streams and exit codes. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { builtFile } from '../../../core/package-root';
import { countEvents, ledgerCounts } from './count-events';

jest.setTimeout(30_000);

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
      /^error: Access lines cannot be written to access_log: it may not grow any larger\.\n→ .+\n$/,
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
    ['--out access_log --from yesterday', "from: 'yesterday' is no time; write 2026-11-01 or 2026-11-01T10:31:00Z"],
    ['--out access_log --ledger access_log', '--out and --ledger are one file'],
    ['--out', 'Not enough arguments following: out'],
  ])('refuses %s', async (args, why) => {
    const { code, stderr, stdout } = await traffic(args);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(why);
    expect(existsSync(join(folder, 'access_log'))).toBe(false);
  });
});
