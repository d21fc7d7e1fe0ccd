import { BaseStack } from './base-stack';
import { TerraformOutput } from './cdktf';
import { guard } from './guard';
import { Network } from './network';
import type { SearchStack } from './search-stack';
import { WebServer } from './web-server';

export interface WebsiteProps {
  /** Who may open the site, as CIDR blocks. */
  readonly visitors: readonly string[];
  /** The script of the web server's first start. */
  readonly userData: string;
}

/** The web server, and its network where the domain needs none. */
export class WebsiteStack extends BaseStack {
  constructor(id: string, search: SearchStack, { visitors, userData }: WebsiteProps) {
    const { settings } = search;
    super(search.node.root, id, settings, search.keyArn);
    const network = search.network ?? new Network(this, 'network', settings, false);
    const [subnetId] = network.publicSubnetIds;
    guard(
      this,
      subnetId !== undefined,
      'there is no public subnet for the web server',
      'Set `network.publicSubnetIds`.',
    );
    const server = new WebServer(this, 'server', {
      ...settings.website,
      vpcId: network.vpcId,
      subnetId,
      visitors,
      userData,
    });
    new TerraformOutput(this, 'siteUrl', { value: server.siteUrl, staticId: true });
    new TerraformOutput(this, 'instanceId', { value: server.instanceId, staticId: true });
  }
}
