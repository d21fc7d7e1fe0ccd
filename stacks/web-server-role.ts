import { partitionOf, serviceIn } from '../config/regions';
import { IamInstanceProfile, IamRole, IamRolePolicy, IamRolePolicyAttachment } from './aws';
import { stackOf } from './base-stack';
import { Construct } from './cdktf';
import { allow, type Statement, toPolicy, trust } from './policy';

/** What the web server may do: put records to its one stream, metrics to the agent's namespace, and be reached by Session Manager. */
export class WebServerRole extends Construct {
  /** Name of the instance profile. */
  readonly profile: string;

  /** @param existing name of a role that is there, in place of a new one. */
  constructor(scope: Construct, id: string, existing?: string) {
    super(scope, id);
    const { settings } = stackOf(this);
    const name = `${settings.name}-web-server`;
    const role = existing ?? this.#role(name);
    this.profile = new IamInstanceProfile(this, 'profile', { name, role }).name;
  }

  #role(name: string): string {
    const { settings } = stackOf(this);
    const role = new IamRole(this, 'role', { name, assumeRolePolicy: trust('ec2.amazonaws.com') });
    new IamRolePolicy(this, 'agent', {
      role: role.id,
      name: 'agent',
      policy: toPolicy(
        ...this.#put(),
        // CloudWatch knows no resource for metrics; the condition is what narrows it.
        allow('cloudwatch:PutMetricData', '*', { StringEquals: { 'cloudwatch:namespace': 'AWSKinesisAgent' } }),
      ),
    });
    new IamRolePolicyAttachment(this, 'session-manager', {
      role: role.name,
      policyArn: `arn:${partitionOf(settings.region)}:iam::aws:policy/AmazonSSMManagedInstanceCore`,
    });
    return role.name;
  }

  #put(): Statement[] {
    const stack = stackOf(this);
    const { source, name } = stack.settings.stream;
    if (source.kind === 'direct') {
      return [
        allow(['firehose:PutRecord', 'firehose:PutRecordBatch'], stack.arn('firehose', `deliverystream/${name}`)),
      ];
    }
    const put = allow('kinesis:PutRecords', source.streamArn ?? stack.arn('kinesis', `stream/${name}`));
    const service = serviceIn('kinesis', stack.settings.region);
    return stack.keyArn === undefined
      ? [put]
      : [put, allow('kms:GenerateDataKey', stack.keyArn, { StringEquals: { 'kms:ViaService': service } })];
  }
}
