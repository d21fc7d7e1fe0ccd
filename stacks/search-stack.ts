import type { Settings } from '../config/settings';
import { addAlarms } from './alarm';
import { AlarmTopic } from './alarm-topic';
import { BaseStack } from './base-stack';
import { Construct, TerraformOutput } from './cdktf';
import { DashboardsLogin } from './dashboards-login';
import { DomainNetwork } from './domain-network';
import { EncryptionKey } from './encryption-key';
import { Network } from './network';
import { SearchDomain } from './search-domain';
import { domainWatches } from './watches';

/** The domain and what must exist before it: the key, the network of a domain in a VPC, the sign-in; and the topic of all alarms. */
export class SearchStack extends BaseStack {
  readonly domain: SearchDomain;
  /** Only if the domain is in the VPC; otherwise the web server's stack creates the network. */
  readonly network: Network | undefined;
  readonly domainNetwork: DomainNetwork | undefined;
  /** Notified by the alarms of all stacks; undefined if there are none. */
  readonly topic: AlarmTopic | undefined;

  /** @param sources the source addresses that may reach a public domain. */
  constructor(scope: Construct, id: string, settings: Settings, sources: readonly string[]) {
    super(scope, id, settings);
    if (settings.key === 'new') this.keyArn = new EncryptionKey(this, 'key', settings.name).arn;
    if (settings.search.access.kind === 'vpc') {
      this.network = new Network(this, 'network', settings, true);
      this.domainNetwork = new DomainNetwork(this, 'domain-network', this.network, settings.search.zones);
    }
    this.domain = new SearchDomain(this, 'search', {
      ...settings.search,
      sources,
      network: this.domainNetwork,
      login: settings.search.cognito ? new DashboardsLogin(this, 'login') : undefined,
    });
    if (settings.alarms.enabled) {
      this.topic = new AlarmTopic(this, 'alarm-topic');
      addAlarms(new Construct(this, 'alarms'), this.topic.arn, domainWatches(settings, this.account));
    }
    this.#warnOfAge();
    new TerraformOutput(this, 'domainEndpoint', { value: `https://${this.domain.endpoint}`, staticId: true });
    new TerraformOutput(this, 'dashboardsEndpoint', {
      value: `https://${this.domain.endpoint}${this.domain.engine.dashboardsPath}`,
      staticId: true,
    });
  }

  #warnOfAge(): void {
    const { name, supportEnds } = this.domain.engine;
    if (supportEnds === undefined || Date.now() < Date.parse(supportEnds)) return;
    this.warn(
      `${name} is past its standard support, which ended on ${supportEnds}: it costs more and will be discontinued. ` +
        'That is fine for the workshop; otherwise set `search.engine` to OpenSearch_2.19.',
    );
  }
}
