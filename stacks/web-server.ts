import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { WebsiteSettings } from '../config/website-settings';
import {
  DataAwsSsmParameter,
  Eip,
  Instance,
  NetworkInterface,
  SecurityGroup,
  SsmParameter,
  VpcSecurityGroupEgressRule,
  VpcSecurityGroupIngressRule,
} from './aws';
import { stackOf } from './base-stack';
import { Construct, DataResource, escapeTemplate, Fn, TerraformLocal } from './cdktf';
import { guard } from './guard';
import { toSource } from './load-balancer';
import { WebServerRole } from './web-server-role';

export interface WebServerProps extends Omit<WebsiteSettings, 'visitors' | 'loadBalancer' | 'demoErrors'> {
  readonly vpcId: string;
  /** A public subnet. */
  readonly subnetId: string;
  /** Who may open the site: CIDR blocks, or the load balancer's security group. */
  readonly visitors: readonly string[] | { readonly groupId: string };
  /** Name of the parameter in which the script reports its progress. */
  readonly statusParameter: string;
  /** The script that sets the server up at its first start. Changing it replaces the server, unless that is protected. */
  readonly userData: string;
}

const AMAZON_LINUX = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64';

/** EC2 accepts 16 KB. Terraform 1.11 compresses less well than Node 20: it took 15,958 bytes where Node took 15,894. */
const MOST_PACKED_BYTES = 16 * 1024 - 128;

/** One server with a fixed address. It has no key pair and no SSH; Session Manager gives a shell. */
export class WebServer extends Construct {
  /** Known after apply. */
  readonly publicIp: string;
  readonly groupId: string;
  readonly instanceId: string;

  constructor(scope: Construct, id: string, props: WebServerProps) {
    super(scope, id);
    const stack = stackOf(this);
    const { name, protect } = stack.settings;
    const tags = { Name: `${name}-web-server` };
    this.groupId = this.#group(props);
    // The address belongs to the interface, so that the server has it from the start: its script downloads packages.
    const nic = new NetworkInterface(this, 'interface', {
      subnetId: props.subnetId,
      securityGroups: [this.groupId],
      tags,
    });
    // Terraform creates it so that Terraform also removes it; the server writes its value.
    const status = new SsmParameter(this, 'status', { name: props.statusParameter, type: 'String', value: 'pending' });
    status.lifecycle = { ignoreChanges: ['value'] };
    const address = new Eip(this, 'address', { domain: 'vpc', networkInterface: nic.id, tags });
    const instance = new Instance(this, 'instance', {
      ami: props.amiId ?? new DataAwsSsmParameter(this, 'image', { name: AMAZON_LINUX }).insecureValue,
      instanceType: props.instanceType,
      iamInstanceProfile: new WebServerRole(this, 'role', props).profile,
      networkInterface: [{ deviceIndex: 0, networkInterfaceId: nic.id }],
      // Version 1 of the metadata service would answer anything that makes the server fetch an address, such as a plug-in of the site.
      metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
      rootBlockDevice: {
        volumeType: 'gp3',
        volumeSize: props.volumeGiB,
        encrypted: true,
        ...stack.keyFor('kmsKeyId'),
        tags: { Project: name, ...tags },
      },
      disableApiTermination: protect,
      userDataBase64: this.#packed(props.userData),
      tags,
      dependsOn: [address, status],
    });
    // Neither a newer image nor the same script packed by another version of Terraform should replace a running server.
    instance.lifecycle = {
      ignoreChanges: ['ami', 'user_data_base64'],
      ...(protect ? {} : this.#renewal(props.userData)),
    };
    this.publicIp = address.publicIp;
    this.instanceId = instance.id;
  }

  /** Replaces the server if the script changes. Uses the bare address, since Terraform does not accept the expression that CDKTF would write. */
  #renewal(script: string): { readonly replaceTriggeredBy: string[] } {
    const sha256 = createHash('sha256').update(script).digest('hex');
    const version = new DataResource(this, 'version', { triggersReplace: { sha256 } });
    return { replaceTriggeredBy: [`${version.terraformResourceType}.${version.friendlyUniqueId}`] };
  }

  /** Terraform packs the script, so that it stays readable in the synthesized file; cloud-init unpacks it. */
  #packed(script: string): string {
    const bytes = gzipSync(script, { level: 9 }).length;
    guard(
      this,
      bytes <= MOST_PACKED_BYTES,
      `the user data has ${bytes} bytes when packed`,
      `Shorten the files in site/wordpress: up to ${MOST_PACKED_BYTES} bytes are safe with EC2’s limit of 16,384.`,
    );
    // Through a local, because CDKTF escapes `${` in a function's argument, but neither backslashes nor `%{`, which Apache's format has.
    const local = new TerraformLocal(this, 'script', escapeTemplate(script));
    return Fn.base64gzip(local.asString);
  }

  /** In: visitors to the site. Out: HTTPS to AWS and package repositories. */
  #group({ vpcId, visitors }: WebServerProps): string {
    const { name } = stackOf(this).settings;
    const { id } = new SecurityGroup(this, 'group', {
      name: `${name}-web-server`,
      description: 'The web server: visitors in, HTTPS out',
      vpcId,
      tags: { Name: `${name}-web-server` },
    });
    const http = { securityGroupId: id, ipProtocol: 'tcp', fromPort: 80, toPort: 80 };
    if ('groupId' in visitors) {
      new VpcSecurityGroupIngressRule(this, 'balancer', { ...http, referencedSecurityGroupId: visitors.groupId });
    } else {
      for (const [index, block] of visitors.entries()) {
        new VpcSecurityGroupIngressRule(this, `visitors-${index + 1}`, { ...http, ...toSource(block) });
      }
    }
    new VpcSecurityGroupEgressRule(this, 'https', {
      securityGroupId: id,
      cidrIpv4: '0.0.0.0/0',
      ipProtocol: 'tcp',
      fromPort: 443,
      toPort: 443,
    });
    return id;
  }
}
