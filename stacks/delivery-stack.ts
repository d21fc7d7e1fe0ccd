import { addAlarms } from './alarm';
import { BackupBucket } from './backup-bucket';
import { BaseStack } from './base-stack';
import { Construct, TerraformOutput } from './cdktf';
import { Dashboard } from './dashboard';
import { DeliveryStream } from './delivery-stream';
import type { LambdaPackage } from './lambda-package';
import type { SearchStack } from './search-stack';
import { TransformFunction } from './transform-function';
import { deliveryWatches, domainWatches, functionWatches } from './watches';

/** The delivery stream, its function and its bucket. */
export class DeliveryStack extends BaseStack {
  readonly bucket: BackupBucket;

  /** @param code the transform function's bundle, zipped. */
  constructor(id: string, search: SearchStack, code: LambdaPackage) {
    const { settings, domainNetwork, domain } = search;
    super(search.node.root, id, settings, search.keyArn);
    const { stream } = settings;
    this.bucket = new BackupBucket(this, 'backup', stream.backup);
    const transform = new TransformFunction(this, 'transform', { ...stream.transform, code, logDays: stream.logDays });
    new DeliveryStream(this, 'delivery', {
      ...stream,
      engine: domain.engine,
      domainArn: domain.arn,
      bucketArn: this.bucket.arn,
      functionArn: transform.arn,
      vpc:
        domainNetwork === undefined
          ? undefined
          : { subnetIds: domainNetwork.subnetIds, securityGroupId: domainNetwork.deliveryGroupId },
    });
    if (search.topic !== undefined) {
      const watches = [...deliveryWatches(settings), ...functionWatches(settings)];
      addAlarms(new Construct(this, 'alarms'), search.topic.arn, watches);
      new Dashboard(this, 'dashboard', [...watches, ...domainWatches(settings, this.account)]);
    }
    new TerraformOutput(this, 'region', { value: settings.region, staticId: true });
    new TerraformOutput(this, 'streamName', { value: stream.name, staticId: true });
    if (settings.stream.typeName !== undefined) {
      new TerraformOutput(this, 'typeName', { value: settings.stream.typeName, staticId: true });
    }
    new TerraformOutput(this, 'functionName', { value: stream.transform.functionName, staticId: true });
    new TerraformOutput(this, 'bucketName', { value: this.bucket.name, staticId: true });
  }
}
