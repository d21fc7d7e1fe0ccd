import { partitionOf, serviceIn } from '../config/regions';
import { KmsAlias, KmsKey } from './aws';
import { stackOf } from './base-stack';
import { Construct } from './cdktf';
import { allow, type Statement, toPolicy } from './policy';

/** One KMS key, rotated yearly, for everything that is encrypted: volumes, objects, records, logs and the alarms' topic. */
export class EncryptionKey extends Construct {
  readonly arn: string;

  /** @param alias the alias without `alias/`. */
  constructor(scope: Construct, id: string, alias: string) {
    super(scope, id);
    const key = new KmsKey(this, 'key', {
      description: `${alias}: everything of clickstreamy at rest`,
      enableKeyRotation: true,
      deletionWindowInDays: 7,
      policy: toPolicy(...this.#statements()),
    });
    new KmsAlias(this, 'alias', { name: `alias/${alias}`, targetKeyId: key.keyId });
    this.arn = key.arn;
  }

  #statements(): Statement[] {
    const stack = stackOf(this);
    const { region } = stack.settings;
    const encrypt = [
      'kms:Decrypt',
      'kms:DescribeKey',
      'kms:Encrypt',
      'kms:GenerateDataKey',
      'kms:GenerateDataKeyWithoutPlaintext',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
    ];
    return [
      // AWS's default: IAM decides for the account. In a key's policy, `*` means this key.
      {
        ...allow('kms:*', '*'),
        Sid: 'Account',
        Principal: { AWS: `arn:${partitionOf(region)}:iam::${stack.account}:root` },
      },
      {
        ...allow(encrypt, '*', { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': stack.arn('logs', 'log-group:*') } }),
        Sid: 'Logs',
        Principal: { Service: serviceIn('logs', region) },
      },
      {
        ...allow(['kms:Decrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext'], '*', {
          StringEquals: { 'aws:SourceAccount': stack.account },
        }),
        Sid: 'Alarms',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
      },
    ];
  }
}
