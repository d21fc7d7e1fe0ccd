/** moto's search domains (Elasticsearch `2015-01-01/es`, OpenSearch `2021-01-01/opensearch`), and what Terraform's provider needs beyond them. */
import { type AwsAnswer, type AwsCall, bodyOf, type GapRule, type Json, withBody } from './aws-call';

const DOMAIN = /\/(?:es|opensearch)\/domain(?:-info)?(?:\/([^/?]+))?(?:\/config)?$/;

/** The provider waits until a domain's `DomainProcessingStatus` is `Active`; moto has no such member. */
export function domainProcessingStatus(): GapRule {
  return {
    gap: 'search domain: DomainProcessingStatus is missing',
    concerns: (call) => call.service === 'es' && DOMAIN.test(call.path) && !call.path.endsWith('/config'),
    async answer(call, forward) {
      const status = call.method === 'DELETE' ? 'Deleting' : 'Active';
      return inDomains(await forward(call), (domain) => ({ ...domain, DomainProcessingStatus: status }));
    },
  };
}

/** moto forgets a domain's updates: the proxy remembers each request and merges it into later answers. */
export function domainUpdates(): GapRule {
  const asked = new Map<string, Json>();
  return {
    gap: 'search domain: updates are ignored',
    concerns: (call) => {
      const name = domainOf(call);
      return isUpdate(call) || (name !== undefined && asked.has(name));
    },
    async answer(call, forward) {
      const name = domainOf(call) ?? '';
      if (isUpdate(call)) {
        const { DomainName: _, DryRun: __, ...changed } = bodyOf(call);
        asked.set(name, { ...asked.get(name), ...changed });
        return forward(call);
      }
      const changed = asked.get(name);
      if (call.method === 'DELETE') asked.delete(name);
      const answer = await forward(call);
      return call.path.endsWith('/config')
        ? inConfig(answer, changed)
        : inDomains(answer, (domain) => ({ ...domain, ...changed }));
    },
  };
}

function domainOf(call: AwsCall): string | undefined {
  return call.service === 'es' ? DOMAIN.exec(call.path)?.[1] : undefined;
}

function isUpdate(call: AwsCall): boolean {
  return call.method === 'POST' && call.path.endsWith('/config') && domainOf(call) !== undefined;
}

function inDomains(answer: AwsAnswer, change: (domain: Json) => Json): AwsAnswer {
  if (answer.status !== 200) return answer;
  const body = bodyOf(answer);
  if (body.DomainStatus !== undefined) body.DomainStatus = change(body.DomainStatus);
  if (body.DomainStatusList !== undefined) body.DomainStatusList = body.DomainStatusList.map(change);
  return withBody(answer, body);
}

function inConfig(answer: AwsAnswer, changed: Json): AwsAnswer {
  if (answer.status !== 200) return answer;
  const body = bodyOf(answer);
  for (const [name, options] of Object.entries(changed)) {
    body.DomainConfig[name] = { ...body.DomainConfig[name], Options: options };
  }
  return withBody(answer, body);
}
