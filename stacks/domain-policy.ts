import { isTooWide } from '../config/addresses';
import type { SearchSettings } from '../config/search-settings';
import { stackOf } from './base-stack';
import type { Construct } from './cdktf';
import type { DashboardsLogin } from './dashboards-login';
import { guard } from './guard';
import { allow, toPolicy } from './policy';

/** What a person does with the dashboards, and a script with the index. */
const HTTP = ['es:ESHttpDelete', 'es:ESHttpGet', 'es:ESHttpHead', 'es:ESHttpPatch', 'es:ESHttpPost', 'es:ESHttpPut'];

export interface DomainPolicyProps extends Pick<SearchSettings, 'domain' | 'access' | 'masterRoleArn'> {
  /** The source addresses that may reach a public domain, as CIDR blocks. */
  readonly sources: readonly string[];
  /** Who may open the dashboards. */
  readonly login: DashboardsLogin | undefined;
}

/**
 * Who may speak to the domain. Public: everyone from the named addresses may do everything, as the workshop has it. In a VPC: who has
 * signed in to the dashboards, else the account's own roles as their policies say. Firehose's role needs no mention in either.
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
