/** moto's buckets, and what Terraform's provider needs beyond them. */
import { type AwsCall, bodyOf, type GapRule, type Json, withBody } from './aws-call';

/**
 * moto ignores the condition of a `Deny` in a bucket policy, so a policy that refuses plain HTTP would refuse everything: moto gets only
 * the `Allow` statements, and the proxy answers with the full policy.
 */
export function conditionalDeny(): GapRule {
  const policies = new Map<string, Buffer>();
  return {
    gap: "bucket: a policy's Deny is applied without its condition",
    concerns: (call) => call.service === 's3' && /^\/[^/?]+\/?\?(?:.*&)?policy(?:=|&|$)/.test(call.path),
    async answer(call, forward) {
      const bucket = bucketOf(call);
      if (call.method === 'PUT') {
        policies.set(bucket, call.body);
        const policy = bodyOf(call);
        const allowed = policy.Statement.filter((statement: Json) => statement.Effect === 'Allow');
        return forward(withBody(call, { ...policy, Statement: allowed }));
      }
      if (call.method === 'DELETE') policies.delete(bucket);
      const answer = await forward(call);
      const policy = policies.get(bucket);
      return call.method === 'GET' && answer.status === 200 && policy !== undefined
        ? { ...answer, body: policy }
        : answer;
    },
  };
}

function bucketOf(call: AwsCall): string {
  return call.path.split(/[/?]/)[1] ?? '';
}
