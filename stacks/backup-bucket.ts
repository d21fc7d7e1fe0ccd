import { partitionOf } from '../config/regions';
import type { StreamSettings } from '../config/stream-settings';
import {
  S3Bucket,
  S3BucketLifecycleConfiguration,
  S3BucketOwnershipControls,
  S3BucketPolicy,
  S3BucketPublicAccessBlock,
  S3BucketServerSideEncryptionConfigurationA,
  S3BucketVersioningA,
} from './aws';
import { stackOf } from './base-stack';
import { Construct } from './cdktf';
import { toPolicy } from './policy';

/** The bucket for copies and failed records: a new one, closed and encrypted, or an existing one, which is not changed. */
export class BackupBucket extends Construct {
  readonly name: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, props: StreamSettings['backup']) {
    super(scope, id);
    const stack = stackOf(this);
    const partition = partitionOf(stack.settings.region);
    if (props.bucket !== undefined) {
      this.name = props.bucket;
      this.arn = `arn:${partition}:s3:::${props.bucket}`;
      return;
    }
    const { name, region, protect } = stack.settings;
    // Bucket names are unique across all AWS accounts.
    const bucket = new S3Bucket(this, 'bucket', {
      bucket: `${name}-${stack.account}-${region}`,
      // Without protection a destroy removes everything, including the copies of the records.
      forceDestroy: !protect,
    });
    if (protect) bucket.lifecycle = { preventDestroy: true };
    this.name = bucket.bucket;
    this.arn = bucket.arn;
    this.#close(bucket, partition);
    this.#keep(bucket, props);
  }

  #close(bucket: S3Bucket, partition: string): void {
    const block = new S3BucketPublicAccessBlock(this, 'closed', {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketOwnershipControls(this, 'owner', {
      bucket: bucket.id,
      rule: { objectOwnership: 'BucketOwnerEnforced' },
    });
    new S3BucketPolicy(this, 'tls-only', {
      bucket: bucket.id,
      policy: toPolicy({
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [`arn:${partition}:s3:::${bucket.bucket}`, `arn:${partition}:s3:::${bucket.bucket}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
      // Both change the bucket's policy status; at the same time S3 would answer with a conflict.
      dependsOn: [block],
    });
  }

  #keep(bucket: S3Bucket, { keepDays, versioning }: StreamSettings['backup']): void {
    const stack = stackOf(this);
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      bucket: bucket.id,
      rule: [
        {
          applyServerSideEncryptionByDefault:
            stack.keyArn === undefined
              ? { sseAlgorithm: 'AES256' }
              : { sseAlgorithm: 'aws:kms', kmsMasterKeyId: stack.keyArn },
          bucketKeyEnabled: stack.keyArn !== undefined,
        },
      ],
    });
    const versions = versioning
      ? [
          new S3BucketVersioningA(this, 'versions', {
            bucket: bucket.id,
            versioningConfiguration: { status: 'Enabled' },
          }),
        ]
      : [];
    new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      bucket: bucket.id,
      rule: [
        {
          id: 'expire',
          status: 'Enabled',
          filter: [{ prefix: '' }],
          expiration: [{ days: keepDays }],
          noncurrentVersionExpiration: [{ noncurrentDays: 30 }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
        },
      ],
      dependsOn: versions,
    });
  }
}
