import { SecurityGroup, VpcSecurityGroupEgressRule } from './aws';
import { stackOf } from './base-stack';
import { Construct } from './cdktf';

/** A load task's security group: out to the site, and by HTTPS to the image registry, the bucket and the log; nothing in. */
export class LoadNetwork extends Construct {
  readonly groupId: string;

  /** @param site the site's address, of which only the port is used. */
  constructor(scope: Construct, id: string, vpcId: string, site: string) {
    super(scope, id);
    const name = `${stackOf(this).settings.name}-load`;
    this.groupId = new SecurityGroup(this, 'group', {
      name,
      description: 'Load tasks: nobody in, HTTPS and the site out',
      vpcId,
      tags: { Name: name },
    }).id;
    for (const port of new Set([443, portOf(site)])) {
      new VpcSecurityGroupEgressRule(this, `port-${port}`, {
        securityGroupId: this.groupId,
        cidrIpv4: '0.0.0.0/0',
        ipProtocol: 'tcp',
        fromPort: port,
        toPort: port,
      });
    }
  }
}

/** Not by `URL`: the address of a site that is not deployed yet contains a token. */
function portOf(site: string): number {
  const port = /:(\d+)\/?$/.exec(site)?.[1];
  return port === undefined ? (site.startsWith('https:') ? 443 : 80) : Number(port);
}
