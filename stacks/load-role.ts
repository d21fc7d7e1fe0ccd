import { serviceIn } from '../config/regions';
import { IamRole, IamRolePolicy } from './aws';
import { stackOf } from './base-stack';
import { Construct } from './cdktf';
import { allow, type Statement, toPolicy, trust } from './policy';

/** A role that ECS assumes for this account's tasks. */
export class LoadRole extends Construct {
  readonly arn: string;

  /** @param suffix ends the role's name, after the setting `name`. */
  constructor(scope: Construct, id: string, suffix: string, ...rights: readonly Statement[]) {
    super(scope, id);
    const stack = stackOf(this);
    const role = new IamRole(this, 'role', {
      name: `${stack.settings.name}-${suffix}`,
      assumeRolePolicy: trust('ecs-tasks.amazonaws.com', {
        StringEquals: { 'aws:SourceAccount': stack.account },
        ArnLike: { 'aws:SourceArn': stack.arn('ecs', '*') },
      }),
    });
    new IamRolePolicy(this, 'rights', { role: role.id, name: 'rights', policy: toPolicy(...rights) });
    this.arn = role.arn;
  }
}

/** Rights of the task itself: to read the program and write its ledger, both in the run's folder. */
export function taskRights(scope: Construct, bucketArn: string): Statement[] {
  const { keyArn, settings } = stackOf(scope);
  const objects = [
    allow('s3:GetObject', `${bucketArn}/load/*/traffic.js`),
    allow('s3:PutObject', `${bucketArn}/load/*/*.json`),
  ];
  if (keyArn === undefined) return objects;
  return [
    ...objects,
    allow(['kms:Decrypt', 'kms:GenerateDataKey'], keyArn, {
      StringEquals: { 'kms:ViaService': serviceIn('s3', settings.region) },
      StringLike: { 'kms:EncryptionContext:aws:s3:arn': [bucketArn, `${bucketArn}/load/*`] },
    }),
  ];
}

/** Rights that ECS needs to start a task: to write its log and read the token. The image is public. */
export function startRights(scope: Construct, logsArn: string, tokenParameter: string | undefined): Statement[] {
  const write = allow(['logs:CreateLogStream', 'logs:PutLogEvents'], `${logsArn}:log-stream:*`);
  if (tokenParameter === undefined) return [write];
  return [write, allow('ssm:GetParameters', stackOf(scope).arn('ssm', `parameter${tokenParameter}`))];
}
