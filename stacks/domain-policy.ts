import { isTooWide } from '../config/addresses';
import { stackOf } from './base-stack';
import type { Construct } from './cdktf';
import { guard } from './guard';
import { allow, toPolicy } from './policy';
import type { SearchDomainProps } from './search-domain';

/** What a person does with the dashboards, and a script with the index. */
const HTTP = ['es:ESHttpDelete', 'es:ESHttpGet', 'es:ESHttpHead', 'es:ESHttpPatch', 'es:ESHttpPost', 'es:ESHttpPut'];

/**
 * Who may speak to the domain. Public: everyone from the named addresses may do everything, as the workshop has it. In a VPC: who has
 * signed in to the dashboards, else the account's own roles as their policies say. Firehose's role needs no mention in either.
 */
export function domainPolicy(domain: Construct, props: SearchDomainProps): string {
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
