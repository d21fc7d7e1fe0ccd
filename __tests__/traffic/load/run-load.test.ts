/** A load run with everything real except AWS: the tasks are processes that run the task definition's script against the demo site. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type DemoSite, startDemoSite } from '../../../site/demo-site';
import { type LoadResult, type LoadRun, runLoad } from '../../../traffic/load/run-load';
import { runTraffic } from '../../../traffic/run-traffic';
import { type FakeAws, startFakeAws } from '../../support/fake-aws';
import { until } from '../../support/until';

const RATE = 100;
const SECONDS = 3;

let folder: string;
let site: DemoSite;
let aws: FakeAws;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'load-'));
  site = await openSite();
  aws = await startAws(SECONDS);
});
afterEach(async () => {
  await aws.close();
  await site.close();
  rmSync(folder, { recursive: true });
});

const logFile = () => join(folder, 'access_log');
const openSite = () => startDemoSite({ port: 0, logFile: logFile() });
const requestsSeen = () => readFileSync(logFile(), 'utf8').split('\n').length - 1;
const startAws = (seconds: number) =>
  startFakeAws(folder, {
    LOAD_SITE: site.url,
    LOAD_REGION: 'eu-west-1',
    LOAD_RATE: String(RATE),
    LOAD_SECONDS: String(seconds),
    LOAD_ERRORS: '0.2',
  });
function load(changes: Partial<LoadRun> = {}): Promise<LoadResult> {
  const deployed = {
    region: 'eu-west-1',
    ecsUrl: aws.url,
    bucketUrl: `${aws.url}/bucket`,
    cluster: 'cluster',
    taskDefinition: 'traffic:1',
    subnetIds: ['subnet-1'],
    securityGroupId: 'sg-1',
    tasks: 3,
    site: site.url,
  };
  const start = new Date(Date.now() + 1000);
  return runLoad({ deployed, run: 'r7', seed: 'monday', start, say: () => {}, pollSeconds: 0.05, ...changes });
}

describe('a load run', () => {
  it('sends the whole plan in shards, and makes the ledger that one machine would have made', async () => {
    const file = join(folder, 'whole.json');

    const { ledger, faults } = await load();

    const fresh = await openSite();
    await runTraffic({
      url: fresh.url,
      run: 'r7',
      seed: 'monday',
      rate: RATE,
      seconds: SECONDS,
      errors: 0.2,
      // The command line's defaults.
      notFound: 0,
      think: 2,
      ledger: file,
    });
    await fresh.close();
    const whole = JSON.parse(readFileSync(file, 'utf8'));
    expect(faults).toEqual([]);
    // The sites had different ports and times.
    const { startedAt: _, byMinute: __, ...rest } = { ...whole, options: { ...whole.options, url: site.url } };
    expect(ledger).toEqual(expect.objectContaining(rest));
    expect(ledger).toMatchObject({ sent: RATE * SECONDS, end: 'complete' });
  });

  it('signs every request to S3, and retries when S3 is busy', async () => {
    aws.failures = 2;

    const { faults } = await load();

    expect(faults).toEqual([]);
    // Each of three tasks reads the tool and writes its ledger.
    expect(aws.signed()).toBe(6);
  });

  it('keeps what was sent when it is stopped', async () => {
    await aws.close();
    aws = await startAws(600);
    const stop = new AbortController();
    const ran = load({ signal: stop.signal, start: new Date() });
    await until(() => requestsSeen() >= 50, { what: '50 requests' });

    stop.abort();

    const { ledger } = await ran;
    expect(ledger).toMatchObject({ end: 'stopped', run: 'r7' });
    expect(ledger?.sent).toBeGreaterThan(40);
    expect(ledger?.missingShards).toBeUndefined();
    expect(aws.running()).toBe(0);
  });

  it('starts all tasks or none', async () => {
    aws.refusal = 'RESOURCE:CPU';

    await expect(load()).rejects.toThrow(/^ECS starts no task for shard 2\/3: RESOURCE:CPU\.\n→ /);
    await until(() => aws.running() === 0, { what: 'all tasks end' });
    expect(readdirSync(join(folder, 'bucket', 'load'))).toHaveLength(1);
  });

  it('says which shards left no ledger, and why', async () => {
    await site.close();

    const { ledger, faults } = await load({ start: new Date() });

    expect(ledger).toBeUndefined();
    expect(faults).toEqual(
      ['1/3', '2/3', '3/3'].map((shard) => `shard ${shard}: no ledger, exit code 1, no reason given`),
    );
    site = await openSite();
  });
});
