import type { Settings } from '../config/settings';
import {
  DataAwsAvailabilityZones,
  DataAwsVpc,
  DefaultSecurityGroup,
  InternetGateway,
  Route,
  RouteTable,
  RouteTableAssociation,
  Subnet,
  Vpc,
} from './aws';
import { Construct, Fn } from './cdktf';
import { FlowLogs } from './flow-logs';

/**
 * A new VPC with a public subnet in each zone, and private ones if the domain is in the VPC; or an existing VPC.
 * The private subnets have no route out and need none: the domain makes no calls, and Firehose has network interfaces inside.
 */
export class Network extends Construct {
  readonly vpcId: string;
  readonly cidr: string;
  readonly publicSubnetIds: readonly string[];
  readonly privateSubnetIds: readonly string[];

  /** @param privateToo whether to create private subnets. */
  constructor(scope: Construct, id: string, settings: Settings, privateToo: boolean) {
    super(scope, id);
    const { network } = settings;
    if (network.kind === 'existing') {
      this.vpcId = network.vpcId;
      this.cidr = new DataAwsVpc(this, 'vpc', { id: network.vpcId }).cidrBlock;
      this.publicSubnetIds = network.publicSubnetIds;
      this.privateSubnetIds = network.privateSubnetIds;
      return;
    }
    const newBits = 24 - Number(network.cidr.split('/')[1]);
    const vpc = new Vpc(this, 'vpc', {
      cidrBlock: network.cidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: { Name: settings.name },
    });
    // A resource without a security group gets this one, which lets nothing through.
    new DefaultSecurityGroup(this, 'default-group', { vpcId: vpc.id, ingress: [], egress: [] });
    if (network.flowLogs) new FlowLogs(this, 'flow-logs', { vpcId: vpc.id, logDays: settings.stream.logDays });
    const names = new DataAwsAvailabilityZones(this, 'zones', {
      state: 'available',
      filter: [{ name: 'opt-in-status', values: ['opt-in-not-required'] }],
    }).names;
    const subnets = (kind: 'public' | 'private', from: number) =>
      Array.from({ length: network.zones }, (_, index) => {
        const subnet = new Subnet(this, `${kind}-${index + 1}`, {
          vpcId: vpc.id,
          cidrBlock: Fn.cidrsubnet(network.cidr, newBits, from + index),
          availabilityZone: Fn.element(names, index),
          mapPublicIpOnLaunch: false,
          tags: { Name: `${settings.name}-${kind}-${index + 1}` },
        });
        // A new zone may change the order of the names; existing subnets stay where they are.
        subnet.lifecycle = { ignoreChanges: ['availability_zone'] };
        return subnet.id;
      });
    this.vpcId = vpc.id;
    this.cidr = vpc.cidrBlock;
    this.publicSubnetIds = subnets('public', 0);
    this.privateSubnetIds = privateToo ? subnets('private', 8) : [];
    this.#openToInternet(vpc.id, settings.name);
  }

  #openToInternet(vpcId: string, name: string): void {
    const gateway = new InternetGateway(this, 'gateway', { vpcId, tags: { Name: name } });
    const table = new RouteTable(this, 'public-routes', { vpcId, tags: { Name: `${name}-public` } });
    new Route(this, 'to-internet', {
      routeTableId: table.id,
      destinationCidrBlock: '0.0.0.0/0',
      gatewayId: gateway.id,
    });
    for (const [index, subnetId] of this.publicSubnetIds.entries()) {
      new RouteTableAssociation(this, `public-routes-${index + 1}`, { subnetId, routeTableId: table.id });
    }
  }
}
