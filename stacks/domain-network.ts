import { SecurityGroup, VpcSecurityGroupEgressRule, VpcSecurityGroupIngressRule } from './aws';
import { stackOf } from './base-stack';
import { Construct } from './cdktf';
import type { Network } from './network';

/** The network of a domain in a VPC: its subnets, and who can reach its one port. */
export class DomainNetwork extends Construct {
  readonly subnetIds: readonly string[];
  readonly domainGroupId: string;
  /** For Firehose's network interfaces, which can reach the domain and nothing else. */
  readonly deliveryGroupId: string;

  /** @param zones number of the domain's zones, each with one subnet. */
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
    // People come by VPN, peering or a Session Manager tunnel, always from an address in the VPC, and must sign in.
    new VpcSecurityGroupIngressRule(this, 'from-inside', { ...rule, cidrIpv4: network.cidr });
    new VpcSecurityGroupEgressRule(this, 'to-domain', {
      securityGroupId: this.deliveryGroupId,
      referencedSecurityGroupId: this.domainGroupId,
      ...https,
    });
  }
}
