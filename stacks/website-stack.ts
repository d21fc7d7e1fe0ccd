import { serviceIn } from '../config/regions';
import { addAlarms } from './alarm';
import { BaseStack } from './base-stack';
import { Construct, TerraformOutput } from './cdktf';
import { guard } from './guard';
import { LoadBalancer } from './load-balancer';
import { Network } from './network';
import type { SearchStack } from './search-stack';
import { balancerWatches, serverWatches } from './watches';
import { WebServer } from './web-server';

export interface WebsiteProps {
  /** Who may open the site, as CIDR blocks. */
  readonly visitors: readonly string[];
  /** The script that the web server runs at its first start. */
  readonly userData: string;
  /** Name of the parameter in which that script reports its progress. */
  readonly statusParameter: string;
}

/** The web server, and its network unless the domain's stack has created one. */
export class WebsiteStack extends BaseStack {
  readonly network: Network;
  /** Ends with a slash. */
  readonly siteUrl: string;

  constructor(id: string, search: SearchStack, { visitors, userData, statusParameter }: WebsiteProps) {
    const { settings } = search;
    super(search.node.root, id, settings, search.keyArn);
    this.network = search.network ?? new Network(this, 'network', settings, false);
    const { network } = this;
    const [subnetId] = network.publicSubnetIds;
    guard(
      this,
      subnetId !== undefined,
      'there is no public subnet for the web server',
      'Set `network.publicSubnetIds`.',
    );
    const { website } = settings;
    guard(
      this,
      !/^(aws|ssm)/.test(settings.name),
      `Systems Manager allows no parameter ${statusParameter}: AWS reserves names that begin with aws or ssm`,
      'Set `name` to one that begins differently.',
    );
    guard(
      this,
      !website.demoErrors || website.tokenParameter !== undefined,
      'demo errors are only for callers with a token, but there is no token',
      'Set `website.tokenParameter`, or leave `website.demoErrors` out.',
    );
    const balancer =
      website.loadBalancer === undefined
        ? undefined
        : new LoadBalancer(this, 'balancer', {
            vpcId: network.vpcId,
            subnetIds: network.publicSubnetIds,
            visitors,
            certificateArn: website.loadBalancer.certificateArn,
          });
    const server = new WebServer(this, 'server', {
      ...website,
      vpcId: network.vpcId,
      subnetId,
      visitors: balancer ?? visitors,
      userData,
      statusParameter,
    });
    balancer?.sendTo(server.instanceId, server.groupId);
    if (search.topic !== undefined) {
      addAlarms(new Construct(this, 'alarms'), search.topic.arn, [
        ...serverWatches(server.instanceId),
        ...(balancer === undefined ? [] : balancerWatches(balancer.metricName, balancer.targetsMetricName)),
      ]);
    }
    const scheme = website.loadBalancer?.certificateArn === undefined ? 'http' : 'https';
    const host = website.loadBalancer?.hostName ?? balancer?.host ?? server.publicIp;
    this.siteUrl = `${scheme}://${host}/`;
    new TerraformOutput(this, 'siteUrl', { value: this.siteUrl, staticId: true });
    new TerraformOutput(this, 'instanceId', { value: server.instanceId, staticId: true });
    const { region, emulator } = settings;
    new TerraformOutput(this, 'websiteStatus', {
      value: {
        region,
        ssmUrl: emulator ?? `https://${serviceIn('ssm', region)}`,
        parameter: statusParameter,
        instanceId: server.instanceId,
      },
      staticId: true,
    });
  }
}
