/**
 * Deploys the production preset as a pipeline does: state in S3 with its lock, the deploy script, protection against a destroy. With the
 * real Terraform and AWS provider; moto stands in for AWS, and a proxy fills gaps in moto.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeDeliveryStreamCommand } from '@aws-sdk/client-firehose';
import { DescribeDomainCommand } from '@aws-sdk/client-opensearch';
import { CreateBucketCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { REGION } from '../support/aws/aws-clients';
import { Deployment, MINUTES, succeeded } from '../support/aws/deployment';
import { inventory } from '../support/aws/inventory';
import { playWebServer } from '../support/aws/play-web-server';
import { deployPrograms } from '../support/aws/programs';
import { needs } from '../support/needs';

const STATE = 'states-of-the-test';
const SETTINGS = {
  CLICKSTREAMY_CONFIG: 'config/production.json',
  CLICKSTREAMY_STATE_KIND: 's3',
  CLICKSTREAMY_STATE_BUCKET: STATE,
};

needs('Terraform with moto_server', deployPrograms)('the production preset, deployed by a pipeline', () => {
  let deployment: Deployment;
  let before: readonly string[];

  beforeAll(async () => {
    deployment = await Deployment.start(SETTINGS);
    await deployment.aws.buckets.send(new CreateBucketCommand({ Bucket: STATE }));
    before = await inventory(deployment.aws);
  }, 2 * MINUTES);
  afterAll(async () => {
    await deployment?.end();
  }, MINUTES);

  it(
    'plans what can be known before the first deploy, and changes nothing',
    async () => {
      const { exitCode, stdout } = await deployment.deployScript('plan');

      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^# search\n[\s\S]*^Plan: \d+ to add, 0 to change, 0 to destroy\.$/m);
      expect(stdout).toContain('# delivery\n\nCan be planned once search is deployed.');
      expect(await inventory(deployment.aws)).toEqual(before);
    },
    3 * MINUTES,
  );

  it(
    'deploys all stacks with their state in S3, and waits for the web server',
    async () => {
      const { exitCode, stderr } = await playWebServer(deployment, deployment.deployScript('deploy'));

      const { Contents = [] } = await deployment.aws.buckets.send(new ListObjectsV2Command({ Bucket: STATE }));
      const outputs = JSON.parse(readFileSync(join(deployment.folder, 'outputs.json'), 'utf8'));
      expect({ exitCode, said: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, said: '' });
      expect(stderr).toMatch(/\nThe outputs are in outputs\.json\.\nweb server: ready\n$/);
      expect(Contents.map(({ Key }) => Key)).toEqual(
        ['delivery', 'search', 'website'].map((stack) => `clickstreamy/${stack}.tfstate`),
      );
      expect(outputs).toMatchObject({
        search: { domainEndpoint: expect.stringMatching(/^https:/), dashboardsEndpoint: expect.any(String) },
        delivery: { streamName: 'webserver_stream', bucketName: expect.any(String), region: REGION },
        website: { siteUrl: expect.stringMatching(/^http/) },
      });
    },
    15 * MINUTES,
  );

  it('has a domain of several nodes in private subnets, encrypted everywhere', async () => {
    const { DomainStatus } = await deployment.aws.opensearch.send(
      new DescribeDomainCommand({ DomainName: 'clickstream' }),
    );

    expect(DomainStatus).toMatchObject({
      EngineVersion: 'OpenSearch_2.19',
      ClusterConfig: { InstanceCount: 3, DedicatedMasterEnabled: true, ZoneAwarenessEnabled: true },
      EncryptionAtRestOptions: { Enabled: true, KmsKeyId: expect.stringContaining(':key/') },
      NodeToNodeEncryptionOptions: { Enabled: true },
      DomainEndpointOptions: { EnforceHTTPS: true },
      CognitoOptions: { Enabled: true },
    });
    expect(DomainStatus?.VPCOptions?.SubnetIds).toHaveLength(3);
    expect(DomainStatus?.AccessPolicies).not.toMatch(/"AWS": ?"\*"/);
  });

  it('has a stream that rotates by day, and a compressed and encrypted copy', async () => {
    const { DeliveryStreamDescription } = await deployment.aws.streams.send(
      new DescribeDeliveryStreamCommand({ DeliveryStreamName: 'webserver_stream' }),
    );
    const [destination] = DeliveryStreamDescription?.Destinations ?? [];

    expect(DeliveryStreamDescription?.DeliveryStreamEncryptionConfiguration?.KeyType).toBe('CUSTOMER_MANAGED_CMK');
    expect(destination?.AmazonopensearchserviceDestinationDescription).toMatchObject({
      IndexName: 'apache',
      IndexRotationPeriod: 'OneDay',
      DocumentIdOptions: { DefaultDocumentIdFormat: 'FIREHOSE_DEFAULT' },
      VpcConfigurationDescription: { SubnetIds: [expect.any(String), expect.any(String), expect.any(String)] },
      S3DestinationDescription: {
        CompressionFormat: 'GZIP',
        EncryptionConfiguration: { KMSEncryptionConfig: { AWSKMSKeyARN: expect.stringContaining(':key/') } },
      },
    });
  });

  it('has alarms, all of which notify a topic', async () => {
    const { MetricAlarms = [] } = await deployment.aws.alarms.send(new DescribeAlarmsCommand({}));

    expect(MetricAlarms.length).toBeGreaterThan(10);
    expect(MetricAlarms.filter(({ AlarmActions = [] }) => AlarmActions.length === 0)).toEqual([]);
  });

  it(
    'refuses to be destroyed while it is protected, before anything is destroyed',
    async () => {
      const { exitCode, stderr } = await deployment.deployScript('destroy');

      expect(exitCode).toBe(1);
      expect(stderr).toMatch(
        /error \[PROTECTED\]: terraform plan of \w+ was refused: the setting `protect` is on\.\n→ To destroy/,
      );
    },
    3 * MINUTES,
  );

  it(
    'has nothing left to change: a second plan is empty',
    async () => {
      expect(await deployment.plans()).toEqual({ search: 'unchanged', delivery: 'unchanged', website: 'unchanged' });
    },
    5 * MINUTES,
  );

  it(
    'can be destroyed once it is no longer protected, and leaves nothing',
    async () => {
      const unprotected = { CLICKSTREAMY_PROTECT: 'false' };

      await succeeded(deployment.deployScript('deploy', unprotected));
      await succeeded(deployment.deployScript('destroy', unprotected));

      expect(await inventory(deployment.aws)).toEqual(before);
    },
    15 * MINUTES,
  );
});
