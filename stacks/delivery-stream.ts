import type { Engine } from '../config/engine';
import type { StreamSettings } from '../config/stream-settings';
import { CloudwatchLogGroup, CloudwatchLogStream, KinesisFirehoseDeliveryStream, KinesisStream } from './aws';
import { stackOf } from './base-stack';
import { Construct } from './cdktf';
import { DeliveryRole } from './delivery-role';
import { guard } from './guard';

export interface DeliveryStreamProps extends StreamSettings {
  readonly engine: Engine;
  readonly domainArn: string;
  readonly bucketArn: string;
  readonly functionArn: string;
  /** Subnets and security group of Firehose's network interfaces, if the domain is in a VPC. */
  readonly vpc: { readonly subnetIds: readonly string[]; readonly securityGroupId: string } | undefined;
}

const ROTATION = { none: 'NoRotation', hour: 'OneHour', day: 'OneDay', week: 'OneWeek', month: 'OneMonth' } as const;

/** The delivery stream: access lines go through the function, events to the domain, copies and failed records to the bucket. */
export class DeliveryStream extends Construct {
  constructor(scope: Construct, id: string, props: DeliveryStreamProps) {
    super(scope, id);
    this.#check(props);
    const logs = this.#logs(props);
    const sourceArn = this.#source(props);
    const role = new DeliveryRole(this, 'role', { ...props, stream: props, logStreamArns: logs.arns, sourceArn });
    const destination = this.#destination(props, role.arn, logs);
    const { engine } = props;
    new KinesisFirehoseDeliveryStream(this, 'stream', {
      name: props.name,
      ...(engine.family === 'elasticsearch'
        ? { destination: 'elasticsearch', elasticsearchConfiguration: destination }
        : {
            destination: 'opensearch',
            opensearchConfiguration: {
              ...destination,
              documentIdOptions: {
                defaultDocumentIdFormat: props.documentIds === 'stable' ? 'FIREHOSE_DEFAULT' : 'NO_DOCUMENT_ID',
              },
            },
          }),
      ...(sourceArn === undefined
        ? { serverSideEncryption: this.#encryption(props.encryptAtRest) }
        : { kinesisSourceConfiguration: { kinesisStreamArn: sourceArn, roleArn: role.arn } }),
      // Without its rights the stream is refused, and they take a moment to propagate.
      dependsOn: role.policy === undefined ? [] : [role.policy],
    });
  }

  #destination(props: DeliveryStreamProps, roleArn: string, logs: Logs) {
    const { engine, typeName, buffer, backup, vpc } = props;
    const bufferingSize = buffer.megabytes;
    const bufferingInterval = buffer.seconds;
    return {
      domainArn: props.domainArn,
      roleArn,
      indexName: props.index,
      indexRotationPeriod: ROTATION[props.rotation],
      ...(engine.typed && typeName !== undefined ? { typeName } : {}),
      bufferingSize,
      bufferingInterval,
      retryDuration: props.retrySeconds,
      s3BackupMode: backup.records === 'all' ? 'AllDocuments' : 'FailedDocumentsOnly',
      s3Configuration: {
        bucketArn: props.bucketArn,
        roleArn,
        bufferingSize,
        bufferingInterval,
        compressionFormat: backup.compression,
        prefix: backup.prefix,
        ...(backup.errorPrefix === undefined ? {} : { errorOutputPrefix: backup.errorPrefix }),
        ...stackOf(this).keyFor('kmsKeyArn'),
        cloudwatchLoggingOptions: { enabled: true, logGroupName: logs.group, logStreamName: BACKUP_LOG },
      },
      processingConfiguration: { enabled: true, processors: [{ type: 'Lambda', parameters: toParameters(props) }] },
      cloudwatchLoggingOptions: { enabled: true, logGroupName: logs.group, logStreamName: DELIVERY_LOG },
      ...(vpc === undefined
        ? {}
        : { vpcConfig: { subnetIds: [...vpc.subnetIds], securityGroupIds: [vpc.securityGroupId], roleArn } }),
    };
  }

  #encryption(enabled: boolean) {
    const { keyArn } = stackOf(this);
    if (!enabled) return { enabled };
    return keyArn === undefined
      ? { enabled, keyType: 'AWS_OWNED_CMK' }
      : { enabled, keyType: 'CUSTOMER_MANAGED_CMK', keyArn };
  }

  #logs({ name, logDays }: DeliveryStreamProps): Logs {
    const group = new CloudwatchLogGroup(this, 'logs', {
      name: `/aws/kinesisfirehose/${name}`,
      retentionInDays: logDays,
      ...stackOf(this).keyFor('kmsKeyId'),
    });
    const streams = [DELIVERY_LOG, BACKUP_LOG].map(
      (stream) => new CloudwatchLogStream(this, stream, { name: stream, logGroupName: group.name }),
    );
    return { group: group.name, arns: streams.map(({ arn }) => arn) };
  }

  #source({ source, name }: DeliveryStreamProps): string | undefined {
    if (source.kind === 'direct') return undefined;
    if (source.streamArn !== undefined) return source.streamArn;
    return new KinesisStream(this, 'source', {
      name,
      retentionPeriod: source.retentionHours,
      streamModeDetails: { streamMode: 'ON_DEMAND' },
      encryptionType: 'KMS',
      kmsKeyId: stackOf(this).keyArn ?? 'alias/aws/kinesis',
    }).arn;
  }

  #check(props: DeliveryStreamProps): void {
    const { engine, typeName, backup } = props;
    guard(
      this,
      engine.typed === (typeName !== undefined),
      typeName === undefined
        ? `${engine.name} needs a type name`
        : `${engine.name} takes no type name, but the setting is ${typeName}`,
      typeName === undefined ? 'Set `stream.typeName`, for example to clickstream.' : 'Leave `stream.typeName` out.',
    );
    guard(
      this,
      backup.errorPrefix !== undefined || !backup.prefix.includes('!{'),
      `the prefix ${backup.prefix} has an expression, but there is no prefix for errors`,
      'Set `stream.backup.errorPrefix`, with `!{firehose:error-output-type}` in it.',
    );
    guard(
      this,
      backup.errorPrefix?.includes('!{firehose:error-output-type}') ?? true,
      `the error prefix ${backup.errorPrefix} does not separate the kinds of errors`,
      'Add `!{firehose:error-output-type}` to `stream.backup.errorPrefix`.',
    );
    guard(
      this,
      !backup.prefix.includes('!{firehose:error-output-type}'),
      `the prefix ${backup.prefix} has an expression that only the error prefix may have`,
      'Move `!{firehose:error-output-type}` to `stream.backup.errorPrefix`.',
    );
  }
}

interface Logs {
  /** Name of the group. */
  readonly group: string;
  readonly arns: readonly string[];
}

/** The names that the AWS console gives them. */
const DELIVERY_LOG = 'DestinationDelivery';
const BACKUP_LOG = 'BackupDelivery';

/** Firehose's defaults. The provider does not read them back, so stating one would be a change in every plan. */
const DEFAULT_RETRIES = 3;
const DEFAULT_BUFFER_SECONDS = 60;

function toParameters({ functionArn, transform }: DeliveryStreamProps) {
  const { bufferMegabytes, bufferSeconds, retries } = transform;
  return [
    { parameterName: 'LambdaArn', parameterValue: functionArn },
    { parameterName: 'BufferSizeInMBs', parameterValue: String(bufferMegabytes) },
    ...(bufferSeconds === DEFAULT_BUFFER_SECONDS
      ? []
      : [{ parameterName: 'BufferIntervalInSeconds', parameterValue: String(bufferSeconds) }]),
    ...(retries === DEFAULT_RETRIES ? [] : [{ parameterName: 'NumberOfRetries', parameterValue: String(retries) }]),
  ];
}
