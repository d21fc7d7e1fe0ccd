import { serviceIn } from '../config/regions';
import type { Settings } from '../config/settings';
import type { BackupBucket } from './backup-bucket';
import { BaseStack } from './base-stack';
import { TerraformOutput } from './cdktf';
import { guard } from './guard';
import { guardLoad } from './load-guards';
import { LoadNetwork } from './load-network';
import { LoadTask } from './load-task';
import { Network } from './network';
import type { SearchStack } from './search-stack';
import type { WebsiteStack } from './website-stack';

export interface LoadProps {
  /** Where the tool and the ledgers of each run are, below `load/`. */
  readonly bucket: BackupBucket;
  /** The site to load, where the settings name none. */
  readonly website: WebsiteStack | undefined;
  /** What a task runs. */
  readonly script: string;
}

/** Tasks that `traffic load` starts, and that cost nothing until then: visitors for one's own site, from several machines. */
export class LoadStack extends BaseStack {
  constructor(id: string, search: SearchStack, { bucket, website, script }: LoadProps) {
    const { settings } = search;
    super(search.node.root, id, settings, search.keyArn);
    const site = settings.load.url ?? website?.siteUrl;
    guard(this, site !== undefined, 'there is no site to load', 'Set `load.url` to a site of your own.');
    guardLoad(this, settings);
    const network = website?.network ?? search.network ?? new Network(this, 'network', settings, false);
    const { groupId } = new LoadNetwork(this, 'load-network', network.vpcId, site);
    const endpoint = (service: string) => settings.emulator ?? `https://${serviceIn(service, settings.region)}`;
    const bucketUrl = `${endpoint('s3').replace(/\/$/, '')}/${bucket.name}`;
    const task = new LoadTask(this, 'task', {
      ...settings.load,
      tokenParameter: tokenFor(settings),
      site,
      script,
      bucketArn: bucket.arn,
    });
    new TerraformOutput(this, 'load', {
      value: {
        region: settings.region,
        ecsUrl: endpoint('ecs'),
        bucketUrl,
        cluster: task.clusterArn,
        taskDefinition: task.definitionArn,
        subnetIds: network.publicSubnetIds,
        securityGroupId: groupId,
        tasks: settings.load.tasks,
        site,
      },
      staticId: true,
    });
  }
}

/** The deployed site's token is for that site alone. */
function tokenFor({ load, website }: Settings): string | undefined {
  return load.tokenParameter ?? (load.url === undefined ? website.tokenParameter : undefined);
}
