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
  /** Name of the parameter in which the script says how far it is. */
  readonly statusParameter: string;
  /** The script that makes a web server of it, at its first start. A change of it makes a new server, unless that is protected. */
  readonly userData: string;
}

const AMAZON_LINUX = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64';

/** EC2 takes 16 KB; what Terraform 1.11 packs is longer than what Node 20 does: 15,958 bytes against 15,894 where it was measured. */
const MOST_PACKED_BYTES = 16 * 1024 - 128;

/** One server with a fixed address: no key pair, no SSH, its shell by Session Manager. */
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
    // The address belongs to the interface, so that the server has it from its first moment on: its script loads packages.
    const nic = new NetworkInterface(this, 'interface', {
      subnetId: props.subnetId,
      securityGroups: [this.groupId],
      tags,
    });
    // Terraform makes it, so that Terraform removes it; what it says is the server's.
    const status = new SsmParameter(this, 'status', { name: props.statusParameter, type: 'String', value: 'pending' });
    status.lifecycle = { ignoreChanges: ['value'] };
    const address = new Eip(this, 'address', { domain: 'vpc', networkInterface: nic.id, tags });
    const instance = new Instance(this, 'instance', {
      ami: props.amiId ?? new DataAwsSsmParameter(this, 'image', { name: AMAZON_LINUX }).insecureValue,
      instanceType: props.instanceType,
      iamInstanceProfile: new WebServerRole(this, 'role', props).profile,
      networkInterface: [{ deviceIndex: 0, networkInterfaceId: nic.id }],
      // Version 1 answers to whoever makes the server fetch an address, as a plug-in of the site may.
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
    // Neither a newer image nor other bytes of the same script, as another Terraform may pack it, are a reason to replace a server that runs.
    instance.lifecycle = {
      ignoreChanges: ['ami', 'user_data_base64'],
      ...(protect ? {} : this.#renewal(props.userData)),
    };
    this.publicIp = address.publicIp;
    this.instanceId = instance.id;
  }

  /** A new server for a new script. By its bare address: CDKTF writes an expression, which Terraform does not take there. */
  #renewal(script: string): { readonly replaceTriggeredBy: string[] } {
    const sha256 = createHash('sha256').update(script).digest('hex');
    const version = new DataResource(this, 'version', { triggersReplace: { sha256 } });
    return { replaceTriggeredBy: [`${version.terraformResourceType}.${version.friendlyUniqueId}`] };
  }

  /** Packed by Terraform, not here, so that the script can be read in what is synthesized; cloud-init unpacks it. */
  #packed(script: string): string {
    const bytes = gzipSync(script, { level: 9 }).length;
    guard(
      this,
      bytes <= MOST_PACKED_BYTES,
      `the user data has ${bytes} bytes when packed`,
      `EC2 takes ${MOST_PACKED_BYTES} safely: shorten the files of site/wordpress.`,
    );
    // By way of a local: CDKTF escapes `${` in a function's argument, but neither backslashes nor `%{`, which Apache's format has.
    const local = new TerraformLocal(this, 'script', escapeTemplate(script));
    return Fn.base64gzip(local.asString);
  }

  /** In: the visitors, to the site. Out: HTTPS, to AWS and to packages. */
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
