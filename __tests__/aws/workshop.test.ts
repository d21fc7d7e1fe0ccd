/**
 * Deploys the workshop's preset with the real Terraform and AWS provider, as README.md says, reads it back, uses it and destroys it.
 * moto stands in for AWS, and a proxy fills gaps in moto: the test prints them at its end.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeInstanceAttributeCommand, DescribeInstancesCommand, type Instance } from '@aws-sdk/client-ec2';
import {
  DescribeElasticsearchDomainCommand,
  type ElasticsearchDomainStatus,
} from '@aws-sdk/client-elasticsearch-service';
import {
  type DeliveryStreamDescription,
  DescribeDeliveryStreamCommand,
  PutRecordBatchCommand,
  PutRecordCommand,
} from '@aws-sdk/client-firehose';
import {
  GetInstanceProfileCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import { type FunctionConfiguration, GetFunctionCommand } from '@aws-sdk/client-lambda';
import { GetPublicAccessBlockCommand } from '@aws-sdk/client-s3';
import { createSystemsManager } from '../../scripts/deploy/systems-manager';
import { renderUserData } from '../../site/user-data';
import { ACCOUNT, REGION } from '../support/aws/aws-clients';
import { callFunction } from '../support/aws/call-function';
import { Deployment, MINUTES, succeeded } from '../support/aws/deployment';
import { inventory } from '../support/aws/inventory';
import { deployPrograms } from '../support/aws/programs';
import { needs } from '../support/needs';

const SOURCE = '198.51.100.7/32';
const ALL = ['*', '--auto-approve'];
const SETTINGS = {
  CLICKSTREAMY_CONFIG: 'config/workshop.json',
  CLICKSTREAMY_SEARCH_ACCESS_FROM: SOURCE,
  CLICKSTREAMY_WEBSITE_VISITORS: SOURCE,
};

needs('Terraform with moto_server', deployPrograms)('the workshop, deployed', () => {
  let deployment: Deployment;
  let before: readonly string[];
  let outputs: Record<string, Record<string, string>>;

  beforeAll(async () => {
    deployment = await Deployment.start(SETTINGS);
    before = await inventory(deployment.aws);
  }, 2 * MINUTES);
  afterAll(async () => {
    await deployment?.end();
  }, MINUTES);

  it(
    'deploys without a terminal and without asking anything',
    async () => {
      await succeeded(deployment.cdktf('deploy', [...ALL, '--outputs-file', 'outputs.json']));
      outputs = JSON.parse(readFileSync(join(deployment.folder, 'outputs.json'), 'utf8'));
    },
    10 * MINUTES,
  );

  it('has the outputs that the other commands read', () => {
    expect(outputs).toEqual({
      search: {
        domainEndpoint: expect.stringMatching(/^https:\/\/clickstream\./),
        dashboardsEndpoint: expect.stringMatching(/^https:\/\/clickstream\.\S+\/_plugin\/kibana\/$/),
      },
      delivery: {
        region: REGION,
        streamName: 'webserver_stream',
        typeName: 'clickstream',
        functionName: 'apache_ETL',
        bucketName: `clickstreamy-${ACCOUNT}-${REGION}`,
      },
      website: {
        siteUrl: expect.stringMatching(/^http:\/\/[\d.]+\/$/),
        instanceId: expect.stringMatching(/^i-/),
        websiteStatus: {
          region: REGION,
          ssmUrl: deployment.moto.url,
          parameter: '/clickstreamy/website/status',
          instanceId: outputs['website']?.['instanceId'],
        },
      },
    });
  });

  it(
    'has nothing left to change: a second plan is empty',
    async () => {
      expect(await deployment.plans()).toEqual({ search: 'unchanged', delivery: 'unchanged', website: 'unchanged' });
    },
    5 * MINUTES,
  );

  describe('step 1, the domain', () => {
    let domain: ElasticsearchDomainStatus | undefined;
    beforeAll(async () => {
      ({ DomainStatus: domain } = await deployment.aws.elasticsearch.send(
        new DescribeElasticsearchDomainCommand({ DomainName: 'clickstream' }),
      ));
    });

    it('is Elasticsearch 6.3 on a single node', () => {
      expect(domain?.ElasticsearchVersion).toBe('6.3');
      expect(domain?.ElasticsearchClusterConfig).toMatchObject({ InstanceCount: 1, ZoneAwarenessEnabled: false });
      expect(domain?.ElasticsearchClusterConfig?.DedicatedMasterEnabled ?? false).toBe(false);
    });

    it('is public, without node-to-node encryption and without Cognito', () => {
      expect(domain?.VPCOptions?.SubnetIds ?? []).toEqual([]);
      expect(domain?.NodeToNodeEncryptionOptions?.Enabled).toBe(false);
      expect(domain?.CognitoOptions?.Enabled ?? false).toBe(false);
    });

    it('allows everything to the named address, and nothing to others', () => {
      expect(JSON.parse(domain?.AccessPolicies ?? '')).toEqual({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: '*' },
            Action: 'es:*',
            Resource: `arn:aws:es:${REGION}:${ACCOUNT}:domain/clickstream/*`,
            Condition: { IpAddress: { 'aws:SourceIp': [SOURCE] } },
          },
        ],
      });
    });
  });

  describe('step 2, the function', () => {
    let deployed: FunctionConfiguration | undefined;
    beforeAll(async () => {
      ({ Configuration: deployed } = await deployment.aws.functions.send(
        new GetFunctionCommand({ FunctionName: 'apache_ETL' }),
      ));
    });

    it('has a time-out of a minute, and Node.js instead of Python', () => {
      expect(deployed).toMatchObject({ Timeout: 60, Runtime: 'nodejs22.x', Handler: 'index.handler' });
    });

    it('may write to its own log and nothing else', async () => {
      expect(await rightsOf(deployed?.Role)).toEqual({
        attached: [],
        allowed: {
          [`arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/lambda/apache_ETL:log-stream:*`]: [
            'logs:CreateLogStream',
            'logs:PutLogEvents',
          ],
        },
      });
    });

    it('answers an event from Firehose, called in the zip that was deployed', async () => {
      const zip = deployment.functionZip();

      const reply = await callFunction(zip, 'index.js', [
        '198.51.100.9 - - [10/Oct/2020:13:55:36 -0700] "GET /cart/ HTTP/1.1" 500 12 "-" "curl/8" "user = alice; session = 7f3c"\n',
        'no access line\n',
      ]);

      expect(createHash('sha256').update(zip).digest('base64')).toBe(deployed?.CodeSha256);
      expect(reply.records.map(({ result }) => result)).toEqual(['Ok', 'ProcessingFailed']);
      expect(JSON.parse(Buffer.from(reply.records[0]?.data ?? '', 'base64').toString())).toMatchObject({
        host: '198.51.100.9',
        request: 'GET /cart/ HTTP/1.1',
        response: 500,
        username: 'alice',
        verb: 'GET',
      });
    });
  });

  describe('step 3, the stream', () => {
    let stream: DeliveryStreamDescription | undefined;
    beforeAll(async () => {
      ({ DeliveryStreamDescription: stream } = await deployment.aws.streams.send(
        new DescribeDeliveryStreamCommand({ DeliveryStreamName: 'webserver_stream' }),
      ));
    });
    const destination = () => stream?.Destinations?.[0]?.ElasticsearchDestinationDescription;

    it('takes records directly, unencrypted', () => {
      expect(stream?.DeliveryStreamType).toBe('DirectPut');
      expect(stream?.DeliveryStreamEncryptionConfiguration?.Status ?? 'DISABLED').toBe('DISABLED');
    });

    it('delivers to the domain: index apache, no rotation, type clickstream, 1 MB or 60 s', () => {
      expect(destination()).toMatchObject({
        DomainARN: `arn:aws:es:${REGION}:${ACCOUNT}:domain/clickstream`,
        IndexName: 'apache',
        IndexRotationPeriod: 'NoRotation',
        TypeName: 'clickstream',
        BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 },
      });
    });

    it('transforms with the function', () => {
      expect(destination()?.ProcessingConfiguration).toMatchObject({
        Enabled: true,
        Processors: [
          {
            Type: 'Lambda',
            Parameters: expect.arrayContaining([
              {
                ParameterName: 'LambdaArn',
                ParameterValue: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:apache_ETL:$LATEST`,
              },
            ]),
          },
        ],
      });
    });

    it('copies all records under apache_, neither compressed nor encrypted', () => {
      expect(destination()?.S3BackupMode).toBe('AllDocuments');
      expect(destination()?.S3DestinationDescription).toMatchObject({
        BucketARN: `arn:aws:s3:::clickstreamy-${ACCOUNT}-${REGION}`,
        Prefix: 'apache_',
        CompressionFormat: 'UNCOMPRESSED',
        EncryptionConfiguration: { NoEncryptionConfig: 'NoEncryption' },
        BufferingHints: { SizeInMBs: 1, IntervalInSeconds: 60 },
      });
    });

    it('logs what goes wrong', async () => {
      const { logGroups } = await deployment.aws.logs.send(
        new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/kinesisfirehose/webserver_stream' }),
      );

      expect(destination()?.CloudWatchLoggingOptions?.Enabled).toBe(true);
      expect(destination()?.S3DestinationDescription?.CloudWatchLoggingOptions?.Enabled).toBe(true);
      expect(logGroups).toHaveLength(1);
    });

    it('has a role that no other account can use, without wildcards in its actions', async () => {
      const roleArn = destination()?.RoleARN;
      const { Role } = await deployment.aws.rights.send(new GetRoleCommand({ RoleName: nameOf(roleArn) }));
      const { allowed } = await rightsOf(roleArn);

      expect(JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''))).toMatchObject({
        Statement: [
          {
            Principal: { Service: 'firehose.amazonaws.com' },
            Condition: { StringEquals: { 'sts:ExternalId': ACCOUNT } },
          },
        ],
      });
      expect(Object.values(allowed).flat()).toEqual(
        expect.arrayContaining(['es:ESHttpPost', 'lambda:InvokeFunction', 's3:PutObject', 'logs:PutLogEvents']),
      );
      expect(
        Object.values(allowed)
          .flat()
          .filter((action) => action.includes('*')),
      ).toEqual([]);
      expect(Object.keys(allowed)).not.toContain('*');
    });

    it('accepts a record, and a batch of records', async () => {
      const Data = Buffer.from('198.51.100.9 - - [10/Oct/2020:13:55:36 -0700] "GET / HTTP/1.1" 200 12 "-" "curl/8"\n');
      const to = { DeliveryStreamName: 'webserver_stream' };

      const one = await deployment.aws.streams.send(new PutRecordCommand({ ...to, Record: { Data } }));
      const two = await deployment.aws.streams.send(
        new PutRecordBatchCommand({ ...to, Records: [{ Data }, { Data }] }),
      );

      expect(one.RecordId).toEqual(expect.any(String));
      expect(two.FailedPutCount).toBe(0);
      expect(two.RequestResponses).toHaveLength(2);
    });

    it('keeps its copies in a bucket that is closed to the public', async () => {
      const { PublicAccessBlockConfiguration } = await deployment.aws.buckets.send(
        new GetPublicAccessBlockCommand({ Bucket: outputs['delivery']?.['bucketName'] }),
      );

      expect(PublicAccessBlockConfiguration).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
    });
  });

  describe('step 4, the web server', () => {
    let server: Instance | undefined;
    beforeAll(async () => {
      const InstanceIds = [outputs['website']?.['instanceId'] ?? ''];
      const { Reservations } = await deployment.aws.servers.send(new DescribeInstancesCommand({ InstanceIds }));
      server = Reservations?.[0]?.Instances?.[0];
    });

    it('may put records to its stream, the agent’s metrics and its status, and be reached by Session Manager', async () => {
      const profile = await deployment.aws.rights.send(
        new GetInstanceProfileCommand({ InstanceProfileName: nameOf(server?.IamInstanceProfile?.Arn) }),
      );

      expect(await rightsOf(profile.InstanceProfile?.Roles?.[0]?.Arn)).toEqual({
        attached: [],
        allowed: {
          [`arn:aws:firehose:${REGION}:${ACCOUNT}:deliverystream/webserver_stream`]: [
            'firehose:PutRecord',
            'firehose:PutRecordBatch',
          ],
          [`arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/clickstreamy/website/status`]: ['ssm:PutParameter'],
          '*': [
            'cloudwatch:PutMetricData',
            'ssm:UpdateInstanceInformation',
            'ssmmessages:CreateControlChannel',
            'ssmmessages:CreateDataChannel',
            'ssmmessages:OpenControlChannel',
            'ssmmessages:OpenDataChannel',
          ],
        },
      });
    });

    it('starts with the rendered script, within EC2’s limit', async () => {
      const packed = await userDataOf(server?.InstanceId);

      expect(packed.length).toBeLessThanOrEqual(16 * 1024);
      expect(gunzipSync(packed).toString()).toBe(
        renderUserData({
          agent: { region: REGION, kind: 'firehose', stream: 'webserver_stream' },
          statusParameter: '/clickstreamy/website/status',
          demoErrors: false,
          behindBalancer: false,
        }),
      );
    });

    it('gives its credentials only with a token (IMDSv2), and has no key pair', () => {
      expect(server?.MetadataOptions?.HttpTokens).toBe('required');
      expect(server?.KeyName).toBeUndefined();
    });
  });

  it(
    'replaces the server for a new script, which the new one gets',
    async () => {
      const token = { CLICKSTREAMY_WEBSITE_TOKEN_PARAMETER: '/shop/token' };

      await succeeded(deployment.cdktf('deploy', [...ALL, '--outputs-file', 'new.json'], token));
      const { website } = JSON.parse(readFileSync(join(deployment.folder, 'new.json'), 'utf8'));

      expect(website.instanceId).not.toBe(outputs['website']?.['instanceId']);
      expect(gunzipSync(await userDataOf(website.instanceId)).toString()).toContain("TOKEN_PARAMETER='/shop/token'");
    },
    5 * MINUTES,
  );

  it(
    'destroys, and leaves nothing',
    async () => {
      await succeeded(deployment.cdktf('destroy', ALL));
      const after = await inventory(deployment.aws);
      const ssm = createSystemsManager({ url: new URL(deployment.moto.url), region: REGION });
      const status = await ssm('GetParameter', { Name: '/clickstreamy/website/status' });
      expect(after).toEqual(before);
      expect(status.text).toContain('ParameterNotFound');
    },
    10 * MINUTES,
  );

  /** The user data, still packed. */
  async function userDataOf(InstanceId: string | undefined): Promise<Buffer> {
    const { UserData } = await deployment.aws.servers.send(
      new DescribeInstanceAttributeCommand({ InstanceId, Attribute: 'userData' }),
    );
    return Buffer.from(UserData?.Value ?? '', 'base64');
  }

  /** What a role's policies allow: resource to actions. */
  async function rightsOf(arn: string | undefined) {
    const RoleName = nameOf(arn);
    const { rights } = deployment.aws;
    const { PolicyNames = [] } = await rights.send(new ListRolePoliciesCommand({ RoleName }));
    const { AttachedPolicies = [] } = await rights.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    const allowed: Record<string, string[]> = {};
    for (const PolicyName of PolicyNames) {
      const { PolicyDocument = '' } = await rights.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      for (const { Action, Resource } of JSON.parse(decodeURIComponent(PolicyDocument)).Statement) {
        for (const resource of [Resource].flat())
          allowed[resource] = [...(allowed[resource] ?? []), ...[Action].flat()];
      }
    }
    return { attached: AttachedPolicies.map(({ PolicyName }) => PolicyName), allowed };
  }
});

function nameOf(arn: string | undefined): string {
  return arn?.split('/').at(-1) ?? '';
}
