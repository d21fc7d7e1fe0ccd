import { isIPv6 } from 'node:net';
import {
  Lb,
  LbListener,
  LbTargetGroup,
  LbTargetGroupAttachment,
  SecurityGroup,
  VpcSecurityGroupEgressRule,
  VpcSecurityGroupIngressRule,
} from './aws';
import { stackOf } from './base-stack';
import { Construct } from './cdktf';
import { guard } from './guard';

export interface LoadBalancerProps {
  readonly vpcId: string;
  /** Public subnets in at least two zones. */
  readonly subnetIds: readonly string[];
  /** Who may open the site, as CIDR blocks. */
  readonly visitors: readonly string[];
  /** With a certificate the site is HTTPS, and HTTP redirects to it. */
  readonly certificateArn: string | undefined;
}

/** Stands in front of the web server: terminates TLS, checks the server's health and counts its answers by status. */
export class LoadBalancer extends Construct {
  /** The security group that the web server allows in. */
  readonly groupId: string;
  readonly host: string;
  /** The parts of the ARNs that metrics identify it and its targets by. */
  readonly metricName: string;
  readonly targetsMetricName: string;
  readonly #targets: LbTargetGroup;

  constructor(scope: Construct, id: string, props: LoadBalancerProps) {
    super(scope, id);
    const { name, protect } = stackOf(this).settings;
    guard(
      this,
      props.subnetIds.length >= 2,
      `a load balancer needs public subnets in two zones, but there is ${props.subnetIds.length}`,
      'Set `network.zones` to 2 or 3 (or name more `network.publicSubnetIds`), or leave `website.loadBalancer` out.',
    );
    this.groupId = this.#group(props);
    const balancer = new Lb(this, 'balancer', {
      name: `${name}-site`,
      loadBalancerType: 'application',
      subnets: [...props.subnetIds],
      securityGroups: [this.groupId],
      dropInvalidHeaderFields: true,
      enableDeletionProtection: protect,
    });
    this.#targets = new LbTargetGroup(this, 'targets', {
      name: `${name}-site`,
      vpcId: props.vpcId,
      port: 80,
      protocol: 'HTTP',
      // WordPress answers it only if its database works.
      healthCheck: { path: '/health', matcher: '200', interval: 30, timeout: 5 },
    });
    this.#listen(balancer.arn, props.certificateArn);
    this.host = balancer.dnsName;
    this.metricName = balancer.arnSuffix;
    this.targetsMetricName = this.#targets.arnSuffix;
  }

  /** Sends visitors to this server; it can reach nothing else. */
  sendTo(instanceId: string, groupId: string): void {
    new LbTargetGroupAttachment(this, 'server', { targetGroupArn: this.#targets.arn, targetId: instanceId, port: 80 });
    new VpcSecurityGroupEgressRule(this, 'to-server', {
      securityGroupId: this.groupId,
      referencedSecurityGroupId: groupId,
      ipProtocol: 'tcp',
      fromPort: 80,
      toPort: 80,
    });
  }

  #listen(loadBalancerArn: string, certificateArn: string | undefined): void {
    const forward = [{ type: 'forward', targetGroupArn: this.#targets.arn }];
    const redirect = [{ type: 'redirect', redirect: { port: '443', protocol: 'HTTPS', statusCode: 'HTTP_301' } }];
    new LbListener(this, 'http', {
      loadBalancerArn,
      port: 80,
      protocol: 'HTTP',
      defaultAction: certificateArn === undefined ? forward : redirect,
    });
    if (certificateArn === undefined) return;
    new LbListener(this, 'https', {
      loadBalancerArn,
      port: 443,
      protocol: 'HTTPS',
      certificateArn,
      sslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
      defaultAction: forward,
    });
  }

  #group({ vpcId, visitors, certificateArn }: LoadBalancerProps): string {
    const { name } = stackOf(this).settings;
    const description = 'The site: visitors in, to the web server';
    const { id } = new SecurityGroup(this, 'group', {
      name: `${name}-site`,
      description,
      vpcId,
      tags: { Name: `${name}-site` },
    });
    for (const port of certificateArn === undefined ? [80] : [80, 443]) {
      for (const [index, block] of visitors.entries()) {
        new VpcSecurityGroupIngressRule(this, `visitors-${index + 1}-${port}`, {
          securityGroupId: id,
          ...toSource(block),
          ipProtocol: 'tcp',
          fromPort: port,
          toPort: port,
        });
      }
    }
    return id;
  }
}

/** A CIDR block as the source of a security group rule. */
export function toSource(block: string): { readonly cidrIpv6: string } | { readonly cidrIpv4: string } {
  return isIPv6(block.split('/')[0] ?? '') ? { cidrIpv6: block } : { cidrIpv4: block };
}
