/** moto's identity pools, and what Terraform's provider needs beyond them. */
import { bodyOf, type GapRule, type Json } from './aws-call';

/** moto has no roles for identity pools: the proxy remembers them. */
export function identityPoolRoles(): GapRule {
  const kept = new Map<string, Json>();
  return {
    gap: 'identity pool: no roles',
    concerns: (call) => call.service === 'cognito-identity' && /^[GS]etIdentityPoolRoles$/.test(call.action),
    async answer(call) {
      const { IdentityPoolId, Roles, RoleMappings } = bodyOf(call);
      if (call.action === 'SetIdentityPoolRoles') {
        kept.set(IdentityPoolId, { Roles, RoleMappings });
        return jsonAnswer({});
      }
      return jsonAnswer({ IdentityPoolId, ...kept.get(IdentityPoolId) });
    },
  };
}

function jsonAnswer(body: Json) {
  return {
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: Buffer.from(JSON.stringify(body)),
  };
}
