import type { Engine } from '../config/engine';
import { serviceIn } from '../config/regions';
import type { StreamSettings } from '../config/stream-settings';
import { IamRole, IamRolePolicy } from './aws';
import { stackOf } from './base-stack';
import { Construct } from './cdktf';
import { allow, type Statement, toPolicy, trust } from './policy';

export interface DeliveryRoleProps {
  readonly stream: StreamSettings;
  readonly engine: Engine;
  readonly domainArn: string;
  readonly bucketArn: string;
  readonly functionArn: string;
  /** ARNs of the stream's log streams. */
  readonly logStreamArns: readonly string[];
  /** ARN of the Kinesis data stream, if that is the source. */
  readonly sourceArn: string | undefined;
  /** Subnets and security group of Firehose's network interfaces, if the domain is in a VPC. */
  readonly vpc: { readonly subnetIds: readonly string[]; readonly securityGroupId: string } | undefined;
}

/** The delivery stream's role: each right names its resources. */
export class DeliveryRole extends Construct {
  readonly arn: string;
  /** Must exist before the stream, which checks its rights when it is created. Undefined for an existing role. */
  readonly policy: IamRolePolicy | undefined;

  constructor(scope: Construct, id: string, props: DeliveryRoleProps) {
    super(scope, id);
    const stack = stackOf(this);
    if (props.stream.roleArn !== undefined) {
      this.arn = props.stream.roleArn;
      return;
    }
    const role = new IamRole(this, 'role', {
      name: `${stack.settings.name}-delivery`,
      // Without the condition, a stream in another account could make Firehose use this role.
      assumeRolePolicy: trust('firehose.amazonaws.com', { StringEquals: { 'sts:ExternalId': stack.account } }),
    });
    this.arn = role.arn;
    this.policy = new IamRolePolicy(this, 'policy', {
      role: role.id,
      name: 'deliver',
      policy: toPolicy(
        ...toDomain(props),
        ...toBucket(props.bucketArn),
        allow(['lambda:GetFunctionConfiguration', 'lambda:InvokeFunction'], props.functionArn),
        allow('logs:PutLogEvents', props.logStreamArns),
        ...this.#fromSource(props.sourceArn),
        ...this.#withKey(props.bucketArn),
        ...this.#throughVpc(props.vpc),
      ),
    });
  }

  #fromSource(sourceArn: string | undefined): Statement[] {
    const read = ['kinesis:DescribeStream', 'kinesis:GetRecords', 'kinesis:GetShardIterator', 'kinesis:ListShards'];
    return sourceArn === undefined ? [] : [allow(read, sourceArn)];
  }

  #withKey(bucketArn: string): Statement[] {
    const { keyArn, settings } = stackOf(this);
    if (keyArn === undefined) return [];
    const via = (service: string) => serviceIn(service, settings.region);
    const use = ['kms:Decrypt', 'kms:GenerateDataKey'];
    return [
      allow(use, keyArn, {
        StringEquals: { 'kms:ViaService': via('s3') },
        // The encryption context is the bucket if it has a bucket key, otherwise the object.
        StringLike: { 'kms:EncryptionContext:aws:s3:arn': [bucketArn, `${bucketArn}/*`] },
      }),
      allow(use, keyArn, { StringEquals: { 'kms:ViaService': [via('firehose'), via('kinesis')] } }),
    ];
  }

  #throughVpc(vpc: DeliveryRoleProps['vpc']): Statement[] {
    if (vpc === undefined) return [];
    const stack = stackOf(this);
    const interfaces = stack.arn('ec2', 'network-interface/*');
    const subnets = vpc.subnetIds.map((subnet) => stack.arn('ec2', `subnet/${subnet}`));
    return [
      // These actions take no resource.
      allow(
        [
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeSecurityGroups',
          'ec2:DescribeSubnets',
          'ec2:DescribeVpcAttribute',
          'ec2:DescribeVpcs',
        ],
        '*',
      ),
      allow('ec2:CreateNetworkInterface', [
        interfaces,
        ...subnets,
        stack.arn('ec2', `security-group/${vpc.securityGroupId}`),
      ]),
      allow(['ec2:CreateNetworkInterfacePermission', 'ec2:DeleteNetworkInterface'], interfaces),
    ];
  }
}

/** The rights on AWS's list for Firehose, with the reads narrowed to the paths that it uses. */
function toDomain({ domainArn, stream, engine }: DeliveryRoleProps): Statement[] {
  const type = engine.typed ? (stream.typeName ?? '') : '*';
  const paths = [
    '_all/_settings',
    '_cluster/stats',
    `${stream.index}*/_mapping/${type}`,
    '_nodes',
    '_nodes/*/stats',
    '_stats',
    `${stream.index}*/_stats`,
  ];
  return [
    allow(
      ['es:DescribeDomain', 'es:DescribeDomainConfig', 'es:DescribeDomains', 'es:ESHttpPost', 'es:ESHttpPut'],
      [domainArn, `${domainArn}/*`],
    ),
    allow(
      'es:ESHttpGet',
      paths.map((path) => `${domainArn}/${path}`),
    ),
  ];
}

function toBucket(bucketArn: string): Statement[] {
  return [
    allow(['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'], bucketArn),
    allow(['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'], `${bucketArn}/*`),
  ];
}
