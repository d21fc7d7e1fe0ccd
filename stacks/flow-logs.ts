import { CloudwatchLogGroup, FlowLog, IamRole, IamRolePolicy } from './aws';
import { stackOf } from './base-stack';
import { Construct } from './cdktf';
import { allow, toPolicy, trust } from './policy';

export interface FlowLogsProps {
  readonly vpcId: string;
  readonly logDays: number;
}

/** Logs a VPC's accepted and refused connections in CloudWatch Logs. */
export class FlowLogs extends Construct {
  constructor(scope: Construct, id: string, { vpcId, logDays }: FlowLogsProps) {
    super(scope, id);
    const stack = stackOf(this);
    const group = new CloudwatchLogGroup(this, 'group', {
      name: `/${stack.settings.name}/flow-logs`,
      retentionInDays: logDays,
      ...stack.keyFor('kmsKeyId'),
    });
    const role = new IamRole(this, 'role', {
      name: `${stack.settings.name}-flow-logs`,
      assumeRolePolicy: trust('vpc-flow-logs.amazonaws.com', { StringEquals: { 'aws:SourceAccount': stack.account } }),
    });
    const write = new IamRolePolicy(this, 'write', {
      role: role.id,
      name: 'write',
      policy: toPolicy(
        allow(
          ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
          [group.arn, `${group.arn}:log-stream:*`],
        ),
      ),
    });
    new FlowLog(this, 'log', {
      vpcId,
      trafficType: 'ALL',
      logDestination: group.arn,
      iamRoleArn: role.arn,
      dependsOn: [write],
    });
  }
}
