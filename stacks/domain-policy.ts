import { isTooWide } from '../config/addresses';
import type { SearchSettings } from '../config/search-settings';
import { stackOf } from './base-stack';
import type { Construct } from './cdktf';
import type { DashboardsLogin } from './dashboards-login';
import { guard } from './guard';
import { allow, toPolicy } from './policy';

/** What people need for the dashboards, and scripts for the index. */
const HTTP = ['es:ESHttpDelete', 'es:ESHttpGet', 'es:ESHttpHead', 'es:ESHttpPatch', 'es:ESHttpPost', 'es:ESHttpPut'];

export interface DomainPolicyProps extends Pick<SearchSettings, 'domain' | 'access' | 'masterRoleArn'> {
  /** The source addresses that may reach a public domain, as CIDR blocks. */
  readonly sources: readonly string[];
  /** How people sign in to the dashboards. */
  readonly login: DashboardsLogin | undefined;
}

/**
 * The domain's access policy. A public domain allows everything to everyone at the named addresses, as in the workshop. A domain in a VPC
 * allows people who have signed in to the dashboards, or else its master role. Neither needs to name Firehose's role, which has its own policy.
 */
export function domainPolicy(domain: Construct, props: DomainPolicyProps): string {
  const stack = stackOf(domain);
  const resource = `${stack.arn('es', `domain/${props.domain}`)}/*`;
  if (props.access.kind === 'addresses') {
    guard(domain, props.sources.length > 0, 'no source address may reach the domain', 'Set `search.access.from`.');
    for (const source of props.sources) {
      guard(
        domain,
        !isTooWide(source),
        `the source address ${source} opens the domain to the world`,
        'Set `search.access.from` to your own addresses (at the widest a /8, or /32 of IPv6), or to "auto".',
      );
    }
    return toPolicy({
      ...allow('es:*', resource, { IpAddress: { 'aws:SourceIp': props.sources } }),
      Principal: { AWS: '*' },
    });
  }
  const principal = props.login?.userRoleArn ?? props.masterRoleArn;
  guard(
    domain,
    principal !== undefined,
    'nobody could open the dashboards of a domain in the VPC',
    'Set `search.cognito` to true, or name a role in `search.masterRoleArn`.',
  );
  return toPolicy({ ...allow(HTTP, resource), Principal: { AWS: principal } });
}
