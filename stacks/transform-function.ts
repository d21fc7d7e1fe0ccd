import type { StreamSettings } from '../config/stream-settings';
import { CloudwatchLogGroup, IamRole, IamRolePolicy, LambdaFunction } from './aws';
import { stackOf } from './base-stack';
import { Construct, TerraformAsset } from './cdktf';
import type { LambdaPackage } from './lambda-package';
import { allow, toPolicy, trust } from './policy';

type Transform = StreamSettings['transform'];

export interface TransformFunctionProps extends Transform {
  /** The built bundle, zipped. */
  readonly code: LambdaPackage;
  readonly logDays: number;
}

/** The Lambda function that turns access lines into click events for Firehose. */
export class TransformFunction extends Construct {
  /** What Firehose calls: the latest version. */
  readonly arn: string;

  constructor(scope: Construct, id: string, props: TransformFunctionProps) {
    super(scope, id);
    const stack = stackOf(this);
    const { functionName: name, siteHosts, code } = props;
    const logs = new CloudwatchLogGroup(this, 'logs', {
      name: `/aws/lambda/${name}`,
      retentionInDays: props.logDays,
      ...stack.keyFor('kmsKeyId'),
    });
    const role = props.roleArn === undefined ? this.#role(logs.arn) : { arn: props.roleArn, rights: [] };
    const asset = new TerraformAsset(this, 'code', { path: code.path });
    const { arn } = new LambdaFunction(this, 'function', {
      functionName: name,
      description: 'Apache access lines to click events',
      role: role.arn,
      runtime: 'nodejs22.x',
      architectures: ['arm64'],
      handler: 'index.handler',
      filename: asset.path,
      sourceCodeHash: code.hash,
      timeout: props.timeoutSeconds,
      memorySize: props.memoryMB,
      ...(siteHosts.length === 0
        ? {}
        : {
            environment: { variables: { CLICKSTREAMY_SITE_HOSTS: siteHosts.join(',') } },
            ...stack.keyFor('kmsKeyArn'),
          }),
      dependsOn: [logs, ...role.rights],
    });
    this.arn = `${arn}:$LATEST`;
  }

  /** May write its log and nothing else. */
  #role(logsArn: string) {
    const { name } = stackOf(this).settings;
    const role = new IamRole(this, 'role', {
      name: `${name}-transform`,
      assumeRolePolicy: trust('lambda.amazonaws.com'),
    });
    const write = new IamRolePolicy(this, 'write-logs', {
      role: role.id,
      name: 'write-logs',
      policy: toPolicy(allow(['logs:CreateLogStream', 'logs:PutLogEvents'], `${logsArn}:log-stream:*`)),
    });
    return { arn: role.arn, rights: [write] };
  }
}
