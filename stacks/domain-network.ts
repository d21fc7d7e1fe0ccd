import { SecurityGroup, VpcSecurityGroupEgressRule, VpcSecurityGroupIngressRule } from './aws';
import { stackOf } from './base-stack';
import { Construct } from './cdktf';
import type { Network } from './network';

/** Where a domain in the VPC lives: its subnets, and who may come to its one port. */
export class DomainNetwork extends Construct {
  readonly subnetIds: readonly string[];
  readonly domainGroupId: string;
  /** For Firehose's interfaces: to the domain, and nowhere else. */
  readonly deliveryGroupId: string;

  /** @param zones of the domain: one subnet for each. */
  constructor(scope: Construct, id: string, network: Network, zones: number) {
    super(scope, id);
    const { name } = stackOf(this).settings;
    this.subnetIds = network.privateSubnetIds.slice(0, zones);
    const group = (id: string, description: string) =>
      new SecurityGroup(this, id, {
        name: `${name}-${id}`,
        description,
        vpcId: network.vpcId,
        tags: { Name: `${name}-${id}` },
      });
    this.domainGroupId = group('domain', 'The search domain: HTTPS from inside').id;
    this.deliveryGroupId = group('delivery', 'Firehose: HTTPS to the search domain').id;

    const https = { ipProtocol: 'tcp', fromPort: 443, toPort: 443 };
    const rule = { securityGroupId: this.domainGroupId, ...https };
    new VpcSecurityGroupIngressRule(this, 'from-delivery', {
      ...rule,
      referencedSecurityGroupId: this.deliveryGroupId,
    });
    // People, by VPN, peering or a Session Manager tunnel: all come from an address of the VPC, and must sign in.
    new VpcSecurityGroupIngressRule(this, 'from-inside', { ...rule, cidrIpv4: network.cidr });
    new VpcSecurityGroupEgressRule(this, 'to-domain', {
      securityGroupId: this.deliveryGroupId,
      referencedSecurityGroupId: this.domainGroupId,
      ...https,
    });
  }
}
