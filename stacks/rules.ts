/** Rules for all stacks, checked on the synthesized resources rather than on the constructs' properties. */
import { isTooWide } from '../config/addresses';
import { ToolkitError } from '../core/errors';
import {
  Annotations,
  type App,
  Aspects,
  DefaultTokenResolver,
  type IConstruct,
  StringConcat,
  TerraformElement,
  TerraformStack,
  Tokenization,
} from './cdktf';
import type { Statement } from './policy';

type Body = Readonly<Record<string, unknown>>;

/** Makes the synth of this stack fail if a resource breaks a rule. All faults are reported at once. */
export function enforceRules(stack: TerraformStack): void {
  Aspects.of(stack).add({ visit: checkElement });
}

/**
 * Writes the Terraform of all stacks, and prints warnings to standard error, which the CDKTF command does not.
 *
 * @throws ToolkitError RULE_BROKEN if a resource breaks a rule.
 */
export function synth(app: App): void {
  try {
    app.synth();
  } catch (error) {
    const faults = notes(app, '@cdktf/error');
    if (faults.length === 0) throw error;
    throw new ToolkitError(
      'RULE_BROKEN',
      `Resources break rules of this project: ${faults.join('; ')}.`,
      'Correct the construct in stacks/; the rules are in stacks/rules.ts.',
      { cause: error },
    );
  }
  for (const warning of notes(app, '@cdktf/warn')) process.stderr.write(`warning: ${warning}\n`);
}

function notes(app: App, level: string): string[] {
  return app.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata.filter(({ type }) => type === level).map(({ data }) => `${node.path}: ${data}`),
    );
}

function checkElement(node: IConstruct): void {
  // A stack is an element too; its body repeats all the others.
  if (!TerraformElement.isTerraformElement(node) || TerraformStack.isStack(node)) return;
  const resolver = new DefaultTokenResolver(new StringConcat());
  const body: unknown = Tokenization.resolve(node.toTerraform(), { scope: node, resolver, preparing: false });
  for (const [kind, type, settings] of blocksOf(body)) {
    for (const fault of faultsOf(kind, type, settings)) Annotations.of(node).addError(fault);
  }
}

/** Yields kind (`resource`, `provider`), type and settings of each block. A provider's type is its name. */
function* blocksOf(body: unknown): Generator<readonly [string, string, Body]> {
  const { resource, provider } = body as {
    resource?: Record<string, Record<string, Body>>;
    provider?: Record<string, Body[]>;
  };
  for (const [type, named] of Object.entries(resource ?? {})) {
    for (const settings of Object.values(named)) yield ['resource', type, settings];
  }
  for (const [type, all] of Object.entries(provider ?? {})) {
    for (const settings of all) yield ['provider', type, settings];
  }
}

function faultsOf(kind: string, type: string, settings: Body): string[] {
  if (kind === 'provider')
    return at(settings, 'default_tags', 'tags', 'Project') ? [] : ['its resources would have no tag Project'];
  const faults = ['policy', 'assume_role_policy', 'access_policies'].flatMap((field) =>
    policyFaults(type, settings[field]),
  );
  const rule = RULES[type]?.(settings);
  return rule === undefined ? faults : [...faults, rule];
}

const RULES: Readonly<Record<string, (settings: Body) => string | undefined>> = {
  aws_cloudwatch_log_group: ({ retention_in_days: days }) =>
    days ? undefined : 'its logs would be kept forever: set a retention',
  aws_instance: (settings) => unless(at(settings, 'root_block_device', 'encrypted'), 'its disk is not encrypted'),
  aws_elasticsearch_domain: domainFault,
  aws_opensearch_domain: domainFault,
  aws_sns_topic: (settings) => unless(settings['kms_master_key_id'], 'its messages are not encrypted'),
  aws_kinesis_stream: (settings) => unless(settings['encryption_type'] === 'KMS', 'its records are not encrypted'),
  aws_s3_bucket: ({ acl }) =>
    unless(acl === undefined, `its access list is ${acl}: leave it out, which closes the bucket`),
  aws_vpc_security_group_ingress_rule: ingressFault,
};

function domainFault(settings: Body): string | undefined {
  if (!at(settings, 'encrypt_at_rest', 'enabled')) return 'its volumes are not encrypted';
  return unless(at(settings, 'domain_endpoint_options', 'enforce_https'), 'it would answer without TLS');
}

/** Only a site's ports may be open to the world. */
function ingressFault({ cidr_ipv4: v4, cidr_ipv6: v6, from_port: from, to_port: to }: Body): string | undefined {
  const block = v4 ?? v6;
  if (typeof block !== 'string' || !block.includes('/') || !isTooWide(block)) return undefined;
  return unless(from === to && (from === 80 || from === 443), `it opens ports ${from} to ${to} to ${block}`);
}

/** Actions that take no resource, or (Systems Manager's) only an instance whose id is not known when its role is created. */
const WITHOUT_RESOURCE =
  /^(ec2:Describe\w+|cloudwatch:PutMetricData|ssm:UpdateInstanceInformation|ssmmessages:\w+Channel)$/;

function policyFaults(type: string, policy: unknown): string[] {
  if (typeof policy !== 'string') return [];
  const { Statement: statements } = JSON.parse(policy) as { Statement: Statement[] };
  return statements.filter(({ Effect }) => Effect === 'Allow').flatMap((statement) => statementFaults(type, statement));
}

function statementFaults(type: string, { Action, Resource, Principal, Condition }: Statement): string[] {
  const faults: string[] = [];
  const everyone = Principal === '*' || (typeof Principal === 'object' && [Principal.AWS].flat().includes('*'));
  if (everyone && Condition === undefined) faults.push('its policy lets everyone in, without a condition');
  // In a key's policy `*` means that key, and only `kms:*` for the account lets IAM policies apply to it.
  if (type === 'aws_kms_key') return faults;
  for (const action of [Action].flat()) {
    if (action.includes('*') && !(everyone && action === 'es:*'))
      faults.push(`its policy allows ${action}: name the actions`);
    if ([Resource].flat().includes('*') && !WITHOUT_RESOURCE.test(action))
      faults.push(`its policy allows ${action} on everything: name the resource`);
  }
  return faults;
}

/** Follows a path. Terraform writes a single block as an object or as a list of one. */
function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => ([inner].flat()[0] as Body | undefined)?.[name], value);
}

const unless = (holds: unknown, fault: string) => (holds ? undefined : fault);
