import { serviceIn } from '../config/regions';
import type { Settings } from '../config/settings';
import type { BackupBucket } from './backup-bucket';
import { BaseStack } from './base-stack';
import { TerraformOutput } from './cdktf';
import { guard } from './guard';
import { LoadNetwork } from './load-network';
import { LoadTask } from './load-task';
import { Network } from './network';
import type { SearchStack } from './search-stack';
import type { WebsiteStack } from './website-stack';

export interface LoadProps {
  /** Holds the program and the ledgers of each run, below `load/`. */
  readonly bucket: BackupBucket;
  /** The site to load if the settings name none. */
  readonly website: WebsiteStack | undefined;
  /** What a task runs, for `node -e`. */
  readonly script: string;
}

/** How many requests a second a task can send for each vCPU; docs/load.md says why. */
const MOST_REQUESTS_A_VCPU = 2_000;

/** Tasks that `traffic load` starts to load a site from several machines. They cost nothing until then. */
export class LoadStack extends BaseStack {
  constructor(id: string, search: SearchStack, { bucket, website, script }: LoadProps) {
    const { settings } = search;
    super(search.node.root, id, settings, search.keyArn);
    const site = settings.load.url ?? website?.siteUrl;
    guard(this, site !== undefined, 'there is no site to load', 'Set `load.url` to a site of your own.');
    this.#check(settings);
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

  #check({ load, website }: Settings): void {
    const most = load.tasks * load.vcpus * MOST_REQUESTS_A_VCPU;
    guard(
      this,
      load.rate <= most,
      `${load.tasks} tasks of ${load.vcpus} vCPU are asked for ${load.rate} requests a second`,
      `Set \`load.tasks\` or \`load.vcpus\` higher, or \`load.rate\` to at most ${most}.`,
    );
    // A task gets a new address each time, so no rule of the site can name it beforehand.
    const { visitors } = website;
    guard(
      this,
      load.url !== undefined || visitors.includes('0.0.0.0/0'),
      `the site admits ${visitors === 'auto' ? 'one address' : visitors.join(', ')} only, and the tasks’ addresses are not known beforehand`,
      'Set `website.visitors` to ["0.0.0.0/0"] while you load the site.',
    );
  }
}

/** The deployed site's token goes to that site only. */
function tokenFor({ load, website }: Settings): string | undefined {
  return load.tokenParameter ?? (load.url === undefined ? website.tokenParameter : undefined);
}
