/**
 * Deploys the workshop's stream and domain on Elasticsearch 7.10, the last Elasticsearch that Amazon offers, from an unlucky pipeline: a
 * deploy is cancelled, and somebody holds the lock. Includes the load stack, whose tasks run here. With the real Terraform and AWS
 * provider; moto stands in for AWS.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeElasticsearchDomainCommand } from '@aws-sdk/client-elasticsearch-service';
import { DescribeDeliveryStreamCommand } from '@aws-sdk/client-firehose';
import { CreateBucketCommand, DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { packageRoot } from '../../core/package-root';
import { type DemoSite, startDemoSite } from '../../site/demo-site';
import { readDeployedLoad } from '../../traffic/load/deployed-load';
import { runLoad } from '../../traffic/load/run-load';
import { Deployment, MINUTES, succeeded } from '../support/aws/deployment';
import { inventory } from '../support/aws/inventory';
import { deployPrograms } from '../support/aws/programs';
import { keepTasksRunning, runTasks } from '../support/aws/run-tasks';
import { needs } from '../support/needs';

const STATE = 'states-of-the-test';
const LOCK = { Bucket: STATE, Key: 'clickstreamy/search.tfstate.tflock' };

/** The workshop's settings, changed for the newer engine and for a deploy without a web server. */
function settings(site: string): object {
  const { search, stream } = JSON.parse(readFileSync(join(packageRoot, 'config', 'workshop.json'), 'utf8'));
  const { typeName: _, ...typeless } = stream;
  return {
    search: { ...search, engine: 'Elasticsearch_7.10', access: { kind: 'addresses', from: ['198.51.100.7/32'] } },
    stream: typeless,
    website: { enabled: false, visitors: ['198.51.100.7/32'] },
    state: { kind: 's3', bucket: STATE },
    load: { enabled: true, url: site, tasks: 2, rate: 50, seconds: 2, errors: 0.2 },
  };
}

needs('Terraform with moto_server', deployPrograms)('Elasticsearch 7.10, deployed with bad luck', () => {
  let deployment: Deployment;
  let before: readonly string[];
  let site: DemoSite;

  beforeAll(async () => {
    deployment = await Deployment.start({
      CLICKSTREAMY_SEARCH_ACCESS_FROM: '198.51.100.7/32',
      CLICKSTREAMY_WEBSITE_VISITORS: '198.51.100.7/32',
    });
    site = await startDemoSite({ port: 0, logFile: join(deployment.folder, 'access_log') });
    const file = join(deployment.folder, 'settings.json');
    writeFileSync(file, JSON.stringify(settings(site.url)));
    deployment.environment['CLICKSTREAMY_CONFIG'] = file;
    await deployment.aws.buckets.send(new CreateBucketCommand({ Bucket: STATE }));
    before = await inventory(deployment.aws);
  }, 2 * MINUTES);
  afterAll(async () => {
    await site?.close();
    await deployment?.end();
  }, MINUTES);

  it(
    'does not wait for a held lock, and says who holds it before anything is created',
    async () => {
      const holder = {
        ID: '9fdb0b2a-1d9b-2a8e-1a69-6d9fcbdd9b5e',
        Who: 'runner@build-7',
        Operation: 'OperationTypeApply',
      };
      await deployment.aws.buckets.send(
        new PutObjectCommand({
          ...LOCK,
          Body: JSON.stringify({ ...holder, Version: '1.11.4', Created: '2026-11-24T03:00:00Z' }),
        }),
      );

      const { exitCode, stderr } = await deployment.deployScript('deploy');

      await deployment.aws.buckets.send(new DeleteObjectCommand(LOCK));
      expect(exitCode).toBe(1);
      expect(stderr).toContain(
        'error [STATE_LOCKED]: Another run holds the state’s lock (runner@build-7, since 2026-11-24 03:00:00 +0000 UTC).',
      );
      expect(stderr).toContain(`terraform force-unlock ${holder.ID}`);
      expect(await inventory(deployment.aws)).toEqual(before);
    },
    3 * MINUTES,
  );

  it(
    'releases the lock when it is cancelled, and says that it was interrupted',
    async () => {
      const { exitCode, stderr } = await deployment.deployInterrupted(/lifecycle\S* Creating\.\.\./);
      const { Contents = [] } = await deployment.aws.buckets.send(new ListObjectsV2Command({ Bucket: STATE }));

      expect(exitCode).toBe(1);
      expect(stderr).toMatch(
        /error \[DEPLOY_INTERRUPTED\]: terraform apply of delivery was interrupted\.\n→ Run it again/,
      );
      expect(Contents.map(({ Key }) => Key)).toEqual(['clickstreamy/delivery.tfstate', 'clickstreamy/search.tfstate']);
    },
    5 * MINUTES,
  );

  it(
    'continues when it is run again, and has nothing left to change',
    async () => {
      await succeeded(deployment.deployScript('deploy'));

      expect(await deployment.plans()).toEqual({ search: 'unchanged', delivery: 'unchanged', load: 'unchanged' });
    },
    8 * MINUTES,
  );

  it('is 7.10, whose documents have no type', async () => {
    const { DomainStatus } = await deployment.aws.elasticsearch.send(
      new DescribeElasticsearchDomainCommand({ DomainName: 'clickstream' }),
    );
    const { DeliveryStreamDescription } = await deployment.aws.streams.send(
      new DescribeDeliveryStreamCommand({ DeliveryStreamName: 'webserver_stream' }),
    );
    const destination = DeliveryStreamDescription?.Destinations?.[0]?.ElasticsearchDestinationDescription;

    expect(DomainStatus?.ElasticsearchVersion).toBe('7.10');
    expect(destination?.IndexName).toBe('apache');
    expect(destination?.TypeName ?? '').toBe('');
  });

  it(
    'loads the site with the deployed tasks, and collects their ledgers in the bucket',
    async () => {
      const deployed = readDeployedLoad(join(deployment.folder, 'outputs.json'));
      await keepTasksRunning(deployment.moto.url);
      const running = runTasks(deployed);

      const { ledger, faults } = await runLoad({
        deployed,
        run: 'r7',
        seed: 'monday',
        start: new Date(),
        say: () => {},
        pollSeconds: 0.2,
      });

      expect(await running).toEqual([0, 0]);
      expect(ledger).toMatchObject({ run: 'r7', sent: 100, answered: 100, byStatus: { 500: 20 }, end: 'complete' });
      expect(faults).toEqual([]);
    },
    MINUTES,
  );

  it(
    'admits another address without replacing the domain',
    async () => {
      const moved = { CLICKSTREAMY_SEARCH_ACCESS_FROM: '203.0.113.9/32' };

      const { exitCode, stderr } = await deployment.deployScript('deploy', moved);

      expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stderr).toContain('Plan: 0 to add, 1 to change, 0 to destroy.');
      expect(await deployment.plans()).toEqual({ search: 'unchanged', delivery: 'unchanged', load: 'unchanged' });
    },
    5 * MINUTES,
  );

  it(
    'destroys, and leaves nothing',
    async () => {
      await succeeded(deployment.deployScript('destroy'));

      expect(await inventory(deployment.aws)).toEqual(before);
    },
    5 * MINUTES,
  );
});
