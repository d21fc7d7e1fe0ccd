import { type Engine, engineOf } from '../config/engine';
import { largestVolumeGiB, SMALLEST_VOLUME_GIB } from '../config/instance-types';
import type { SearchSettings } from '../config/search-settings';
import { ElasticsearchDomain, IamServiceLinkedRole, OpensearchDomain } from './aws';
import { stackOf } from './base-stack';
import { Construct, type ITerraformDependable } from './cdktf';
import type { DomainNetwork } from './domain-network';
import { type DomainPolicyProps, domainPolicy } from './domain-policy';
import { guard } from './guard';

export interface SearchDomainProps extends SearchSettings, DomainPolicyProps {
  /** The network of a domain in a VPC; undefined for a public one. */
  readonly network: DomainNetwork | undefined;
}

/** The search domain, which holds the events and serves the dashboards; created with the API that its engine belongs to. */
export class SearchDomain extends Construct {
  readonly arn: string;
  /** The host name without a scheme; known after apply. */
  readonly endpoint: string;
  readonly engine: Engine;

  constructor(scope: Construct, id: string, props: SearchDomainProps) {
    super(scope, id);
    this.engine = engineOf(props.engine);
    this.#check(props);
    const config = { ...this.#config(props), dependsOn: this.#before(props) };
    const domain =
      this.engine.family === 'elasticsearch'
        ? new ElasticsearchDomain(this, 'domain', { ...config, elasticsearchVersion: this.engine.version })
        : new OpensearchDomain(this, 'domain', { ...config, engineVersion: this.engine.name });
    if (stackOf(this).settings.protect) domain.lifecycle = { preventDestroy: true };
    this.arn = domain.arn;
    this.endpoint = domain.endpoint;
  }

  #config(props: SearchDomainProps) {
    const stack = stackOf(this);
    const { nodes, masters, zones, network, login } = props;
    const { instanceSuffix, dashboardsPath: _, ...engine } = this.engine;
    return {
      domainName: props.domain,
      accessPolicies: domainPolicy(this, props),
      clusterConfig: {
        instanceType: `${nodes.instanceType}.${instanceSuffix}`,
        instanceCount: nodes.count,
        zoneAwarenessEnabled: zones > 1,
        ...(zones > 1 ? { zoneAwarenessConfig: { availabilityZoneCount: zones } } : {}),
        ...(masters === undefined
          ? {}
          : {
              dedicatedMasterEnabled: true,
              dedicatedMasterType: `${masters.instanceType}.${instanceSuffix}`,
              dedicatedMasterCount: masters.count,
            }),
      },
      ebsOptions: { ebsEnabled: true, volumeSize: nodes.volumeGiB, volumeType: nodes.volumeType },
      encryptAtRest: { enabled: true, ...stack.keyFor('kmsKeyId') },
      nodeToNodeEncryption: { enabled: props.nodeToNodeEncryption },
      domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: 'Policy-Min-TLS-1-2-2019-07' },
      ...(network === undefined
        ? {}
        : { vpcOptions: { subnetIds: [...network.subnetIds], securityGroupIds: [network.domainGroupId] } }),
      ...(login === undefined
        ? {}
        : {
            cognitoOptions: {
              enabled: true,
              userPoolId: login.userPoolId,
              identityPoolId: login.identityPoolId,
              roleArn: login.serviceRoleArn,
            },
          }),
      ...(props.masterRoleArn === undefined || !engine.fineGrained
        ? {}
        : {
            advancedSecurityOptions: {
              enabled: true,
              internalUserDatabaseEnabled: false,
              masterUserOptions: { masterUserArn: props.masterRoleArn },
            },
          }),
      // The provider sleeps for ten minutes before it first polls; an emulator creates the domain at once.
      ...(stack.settings.emulator === undefined ? {} : { timeouts: { create: '2s', update: '2s', delete: '2s' } }),
    };
  }

  #before({ login, createServiceLinkedRole }: SearchDomainProps): ITerraformDependable[] {
    const before: ITerraformDependable[] = login === undefined ? [] : [...login.ready];
    if (createServiceLinkedRole) {
      before.push(
        new IamServiceLinkedRole(this, 'service-role', { awsServiceName: 'opensearchservice.amazonaws.com' }),
      );
    }
    return before;
  }

  /** Refuses what AWS would refuse only after minutes, or hang on. */
  #check(props: SearchDomainProps): void {
    const { domain, nodes, masters, zones, network } = props;
    guard(
      this,
      domain.length <= 28,
      `the domain name ${domain} has ${domain.length} characters`,
      'Set `search.domain` to at most 28.',
    );
    this.#checkVolume(nodes);
    guard(
      this,
      nodes.count % zones === 0,
      `${nodes.count} data nodes cannot be spread evenly over ${zones} zones`,
      `Set \`search.nodes.count\` to a multiple of ${zones}, or \`search.zones\` to 1.`,
    );
    guard(
      this,
      network === undefined || network.subnetIds.length === zones,
      `${network?.subnetIds.length} private subnets do not fit ${zones} zones: a domain needs one in each`,
      'Set `search.zones` and `network.zones` (or `network.privateSubnetIds`) to the same number.',
    );
    guard(
      this,
      this.engine.fineGrained || props.masterRoleArn === undefined,
      `${this.engine.name} has no fine-grained access control`,
      'Set `search.engine` to Elasticsearch_6.7 or later, or leave `search.masterRoleArn` out.',
    );
    guard(
      this,
      props.masterRoleArn === undefined || props.nodeToNodeEncryption,
      'fine-grained access control needs node-to-node encryption',
      'Set `search.nodeToNodeEncryption` to true.',
    );
    guard(
      this,
      !/^t2\./.test(nodes.instanceType),
      `${nodes.instanceType} cannot encrypt at rest, and this domain always does`,
      'Set `search.nodes.instanceType` to t3.small or larger.',
    );
    guard(
      this,
      masters === undefined || !/^t[23]\./.test(masters.instanceType) || nodes.count <= 10,
      `${masters?.instanceType} masters are too small for ${nodes.count} data nodes`,
      'Set `search.masters.instanceType` to m6g.large or larger, or use at most 10 data nodes.',
    );
  }

  #checkVolume({ instanceType, volumeGiB, volumeType }: SearchDomainProps['nodes']): void {
    const largest = largestVolumeGiB(instanceType, volumeType);
    guard(
      this,
      largest !== 0,
      `${instanceType} cannot have a ${volumeType} volume`,
      'Choose another `search.nodes.instanceType` or `volumeType`.',
    );
    guard(
      this,
      volumeGiB >= SMALLEST_VOLUME_GIB && volumeGiB <= (largest ?? volumeGiB),
      `a ${volumeType} volume of ${volumeGiB} GiB does not fit ${instanceType}`,
      `Set \`search.nodes.volumeGiB\` to ${SMALLEST_VOLUME_GIB}${largest === undefined ? ' or more' : ` to ${largest}`}.`,
    );
  }
}
