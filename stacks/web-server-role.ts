import { serviceIn } from '../config/regions';
import { IamInstanceProfile, IamRole, IamRolePolicy } from './aws';
import { stackOf } from './base-stack';
import { Construct } from './cdktf';
import { allow, type Statement, toPolicy, trust } from './policy';

/** What Session Manager needs; AWS's managed policy for it could also read every parameter in the account. */
const SESSION_MANAGER = [
  'ssm:UpdateInstanceInformation',
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
];

export interface WebServerRoleProps {
  /** Name of an existing role to use instead of a new one. */
  readonly roleName?: string | undefined;
  /** Name of the parameter that the server writes. */
  readonly statusParameter: string;
  /** Name of the parameter that the server reads. */
  readonly tokenParameter?: string | undefined;
}

/**
 * The web server's role. It may put records to its stream and metrics to the agent's namespace, report its progress, read its token, and
 * be reached by Session Manager.
 */
export class WebServerRole extends Construct {
  /** Name of the instance profile. */
  readonly profile: string;

  constructor(scope: Construct, id: string, props: WebServerRoleProps) {
    super(scope, id);
    const { settings } = stackOf(this);
    const name = `${settings.name}-web-server`;
    const role = props.roleName ?? this.#role(name, props);
    this.profile = new IamInstanceProfile(this, 'profile', { name, role }).name;
  }

  #role(name: string, { statusParameter, tokenParameter }: WebServerRoleProps): string {
    const stack = stackOf(this);
    const role = new IamRole(this, 'role', { name, assumeRolePolicy: trust('ec2.amazonaws.com') });
    new IamRolePolicy(this, 'agent', {
      role: role.id,
      name: 'agent',
      policy: toPolicy(
        ...this.#put(),
        // CloudWatch has no resource for metrics, so a condition narrows this.
        allow('cloudwatch:PutMetricData', '*', { StringEquals: { 'cloudwatch:namespace': 'AWSKinesisAgent' } }),
        allow('ssm:PutParameter', stack.arn('ssm', `parameter${statusParameter}`)),
        ...(tokenParameter === undefined
          ? []
          : [allow('ssm:GetParameter', stack.arn('ssm', `parameter${tokenParameter}`))]),
        allow(SESSION_MANAGER, '*'),
      ),
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
