/** `traffic load` as a command. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { builtFile } from '../../../core/package-root';
import { startDemoSite } from '../../../site/demo-site';
import { startFakeAws } from '../../support/fake-aws';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'load-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function trafficLoad(...args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [builtFile('traffic', 'cli.js'), 'load', ...args], { cwd: folder });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}
const writeOutputs = (load: object) => writeFileSync(join(folder, 'outputs.json'), JSON.stringify({ load }));

describe('traffic load', () => {
  it('prints the ledger of the whole run, and progress to standard error', async () => {
    const site = await startDemoSite({ port: 0, logFile: join(folder, 'access_log') });
    const definition = { LOAD_SITE: site.url, LOAD_RATE: '50', LOAD_SECONDS: '1', LOAD_ERRORS: '0' };
    const aws = await startFakeAws(folder, { ...definition, LOAD_REGION: 'eu-west-1' });
    writeOutputs({
      load: {
        region: 'eu-west-1',
        ecsUrl: aws.url,
        bucketUrl: `${aws.url}/bucket`,
        cluster: 'cluster',
        taskDefinition: 'traffic:1',
        subnetIds: ['subnet-1'],
        securityGroupId: 'sg-1',
        tasks: 2,
        site: site.url,
      },
    });

    const { code, stdout, stderr } = await trafficLoad('--outputs', 'outputs.json', '--run', 'r7', '--start-in', '0');

    await aws.close();
    await site.close();
    expect({ code, ledger: JSON.parse(stdout) }).toMatchObject({
      code: 0,
      ledger: { run: 'r7', seed: 'r7', sent: 50 },
    });
    expect(stderr).toMatch(/^run r7: 2 tasks for http:\/\/127\.0\.0\.1:\d+, from .+\n/);
    expect(stderr).toMatch(/2 stopped\n$/);
  });

  it.each<readonly [what: string, args: readonly string[], code: number, why: RegExp]>([
    ['no outputs', [], 2, /--outputs is missing\./],
    ['a run that is no name', ['--outputs', 'outputs.json', '--run', 'a b'], 2, /--run 'a b': must be 1 to 32 letters/],
    [
      'a deployment without load',
      ['--outputs', 'outputs.json'],
      1,
      /has no load\.\n→ Deploy with --outputs-file, or set `load\.enabled`/,
    ],
  ])('refuses %s', async (_, args, expected, why) => {
    writeOutputs({ siteUrl: 'http://shop.example.org/' });

    const { code, stdout, stderr } = await trafficLoad(...args);

    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
    expect(stderr).toMatch(why);
  });
});
