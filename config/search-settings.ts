import { z } from 'zod';
import { Addresses } from './addresses';
import { RoleArn } from './aws-values';
import { ENGINE_NAMES } from './engine';

const InstanceType = z
  .string()
  .regex(/^[a-z][a-z0-9]*\.[a-z0-9]+$/, 'is no instance type; write it without a suffix, as t3.small');

const Nodes = z.strictObject({
  instanceType: InstanceType.default('t3.small').describe('Of a data node, without `.search` or `.elasticsearch`.'),
  count: z.int().min(1).max(80).default(1).describe('Data nodes, over all zones.'),
  volumeGiB: z
    .int()
    .min(1)
    .max(24_576)
    .default(10)
    .describe('EBS volume of each data node; what fits depends on the instance type.'),
  volumeType: z.enum(['gp2', 'gp3']).default('gp3').describe('EBS volume type.'),
});

const Masters = z.strictObject({
  instanceType: InstanceType.describe('Of a dedicated master.'),
  count: z
    .union([z.literal(3), z.literal(5)])
    .default(3)
    .describe('Dedicated masters: an odd number, so that one side of a split wins.'),
});

const Access = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('addresses').describe('A public endpoint, open to named source addresses only.'),
      from: Addresses.describe(
        'Who may reach the domain: CIDR blocks, or `auto` for the address of the machine that synthesizes.',
      ),
    }),
    z.strictObject({ kind: z.literal('vpc').describe('An endpoint in the private subnets of the network only.') }),
  ])
  .describe('Who reaches the domain, and how.');

export const SearchSettings = z.strictObject({
  domain: z
    .string()
    .regex(/^[a-z][a-z0-9-]{2,}$/, 'must begin with a letter and have at least 3 small letters, digits or hyphens')
    .default('clickstream')
    .describe('Name of the domain, at most 28 characters.'),
  engine: z.enum(ENGINE_NAMES).describe('Engine and version, as Amazon names them.'),
  nodes: Nodes.prefault({}),
  masters: Masters.optional().describe('Dedicated masters; without it the data nodes elect one of themselves.'),
  zones: z
    .union([z.literal(1), z.literal(2), z.literal(3)])
    .default(1)
    .describe('Availability zones the data nodes are spread over.'),
  access: Access,
  nodeToNodeEncryption: z.boolean().default(true).describe('Encrypt what the nodes say to each other.'),
  cognito: z.boolean().default(false).describe('People sign in to the dashboards with an Amazon Cognito user pool.'),
  masterRoleArn: RoleArn.optional().describe(
    'Turns fine-grained access control on, with this IAM role as its master user. There is no password, so none in code or state.',
  ),
  createServiceLinkedRole: z
    .boolean()
    .default(false)
    .describe(
      'Create the role by which the service enters a VPC. An account has it once: true only for its first domain in a VPC.',
    ),
});
export type SearchSettings = z.output<typeof SearchSettings>;
