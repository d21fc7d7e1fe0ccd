/** What moto 5.2 lacks for Terraform's AWS provider 5.100: the gaps that the proxy fills. */
import type { GapRule } from './aws-call';
import { identityPoolRoles } from './cognito-rules';
import { interfaceOfTerminated, terminationProtection } from './ec2-rules';
import { opensearchDestination, vpcOfDestination } from './firehose-rules';
import { conditionalDeny } from './s3-rules';
import { domainProcessingStatus, domainUpdates } from './search-domain-rules';

/** New rules for one moto, since rules remember what was sent to it. */
export function gapRules(): readonly GapRule[] {
  return [
    domainProcessingStatus(),
    domainUpdates(),
    opensearchDestination(),
    vpcOfDestination(),
    interfaceOfTerminated(),
    terminationProtection(),
    identityPoolRoles(),
    conditionalDeny(),
  ];
}
