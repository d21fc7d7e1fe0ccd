import { z } from 'zod';
import { Addresses } from './addresses';
import { RoleArn } from './aws-values';
import { ENGINE_NAMES } from './engine';

const InstanceType = z
  .string()
  .regex(/^[a-z][a-z0-9]*\.[a-z0-9]+$/, 'must be an instance type without a suffix, such as t3.small');

const Nodes = z.strictObject({
  instanceType: InstanceType.default('t3.small').describe(
    'Instance type of the data nodes, without `.search` or `.elasticsearch`.',
  ),
  count: z.int().min(1).max(80).default(1).describe('Number of data nodes in all zones together.'),
  volumeGiB: z
    .int()
    .min(1)
    .max(24_576)
    .default(10)
    .describe('Size of each data node’s EBS volume; the instance type limits it.'),
  volumeType: z.enum(['gp2', 'gp3']).default('gp3').describe('Type of the EBS volumes.'),
});

const Masters = z.strictObject({
  instanceType: InstanceType.describe('Instance type of the dedicated masters.'),
  count: z
    .union([z.literal(3), z.literal(5)])
    .default(3)
    .describe('Number of dedicated masters; odd, so that one side of a split has a majority.'),
});

const Access = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('addresses').describe('A public endpoint, open only to the addresses in `from`.'),
      from: Addresses.describe(
        'Who may reach the domain: CIDR blocks, or `auto` for the address of the machine that runs the synth.',
      ),
    }),
    z.strictObject({ kind: z.literal('vpc').describe('An endpoint inside the network’s private subnets only.') }),
  ])
  .describe('Who can reach the domain, and how.');

export const SearchSettings = z.strictObject({
  domain: z
    .string()
    .regex(/^[a-z][a-z0-9-]{2,}$/, 'must begin with a letter and have at least 3 lower-case letters, digits or hyphens')
    .default('clickstream')
    .describe('Name of the domain, at most 28 characters.'),
  engine: z.enum(ENGINE_NAMES).describe('Engine and version, by Amazon’s name for them.'),
  nodes: Nodes.prefault({}),
  masters: Masters.optional().describe('Dedicated masters; by default the data nodes elect one of themselves.'),
  zones: z
    .union([z.literal(1), z.literal(2), z.literal(3)])
    .default(1)
    .describe('Availability zones that the data nodes are spread over.'),
  access: Access,
  nodeToNodeEncryption: z.boolean().default(true).describe('Encrypt the traffic between the nodes.'),
  cognito: z.boolean().default(false).describe('People sign in to the dashboards with an Amazon Cognito user pool.'),
  masterRoleArn: RoleArn.optional().describe(
    'Turn on fine-grained access control with this IAM role as its master user. A role has no password that code or state could leak.',
  ),
  createServiceLinkedRole: z
    .boolean()
    .default(false)
    .describe(
      'Create the role with which the service enters a VPC. An account can have only one: set it to true for the account’s first domain in a VPC.',
    ),
});
export type SearchSettings = z.output<typeof SearchSettings>;
