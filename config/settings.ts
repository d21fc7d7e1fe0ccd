/** The schema of the infrastructure's settings. Ranges are AWS's own. What depends on two settings is checked at synth. */
import { z } from 'zod';
import { nearest } from '../core/did-you-mean';
import { toCidr } from './addresses';
import { AlarmSettings } from './alarm-settings';
import { LoadTestSettings } from './load-test-settings';
import { REGIONS } from './regions';
import { SearchSettings } from './search-settings';
import { StreamSettings } from './stream-settings';
import { WebsiteSettings } from './website-settings';

const Region = z.enum(REGIONS, {
  error: ({ input }) => {
    const meant = nearest(String(input), REGIONS);
    return `must be an AWS region${meant === undefined ? '' : `; did you mean ${meant}?`}`;
  },
});

const id = (prefix: string) =>
  z.string().regex(new RegExp(`^${prefix}-[0-9a-f]+$`), `must look like ${prefix}-0a1b2c3d`);

const Network = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('new').describe('Create a VPC.'),
      cidr: z
        .string()
        .refine(
          (block) => toCidr(block) !== undefined && /^[\d.]+\/(1[6-9]|20)$/.test(block),
          'must be an IPv4 block from /16 to /20, such as 10.20.0.0/16',
        )
        .default('10.20.0.0/16')
        .describe('Address block of the new VPC, from /16 to /20; each subnet gets a /24.'),
      zones: z
        .int()
        .min(1)
        .max(3)
        .default(1)
        .describe('Availability zones; each gets a public subnet, and a private one if the domain is in the VPC.'),
      flowLogs: z.boolean().default(false).describe('Log accepted and refused connections.'),
    }),
    z.strictObject({
      kind: z.literal('existing').describe('Use an existing VPC.'),
      vpcId: id('vpc').describe('Id of the existing VPC.'),
      publicSubnetIds: z
        .array(id('subnet'))
        .min(1)
        .describe(
          'Public subnets of the existing VPC. The web server is put into the first; a load balancer needs two.',
        ),
      privateSubnetIds: z
        .array(id('subnet'))
        .default([])
        .describe('Private subnets of the existing VPC, one for each zone of a domain in it.'),
    }),
  ])
  .describe('Network of the web server, and of a domain in a VPC.');

const State = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('local').describe('In files beside cdktf.json, for one person on one machine.') }),
    z.strictObject({
      kind: z.literal('s3').describe('In a bucket, locked while a deploy runs.'),
      bucket: z.string().min(3).max(63).describe('An existing bucket with versioning.'),
      prefix: z
        .string()
        .default('clickstreamy/')
        .describe('Prefix of the objects’ keys; each stack has its own state.'),
      region: Region.optional().describe('Region of the bucket; by default `region`.'),
    }),
  ])
  .describe('Where Terraform keeps its state.');

const KEY = 'must be "aws", "new" or the ARN of a KMS key';

const LOOPBACK = /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?\/?$/;

export const Settings = z.strictObject({
  $schema: z.string().optional().describe('For editors: ./settings.schema.json'),
  name: z
    .string()
    .regex(
      /^[a-z][a-z0-9-]{0,23}$/,
      'must begin with a lower-case letter and be at most 24 lower-case letters, digits or hyphens',
    )
    .default('clickstreamy')
    .describe('Prefix of all names that have no setting of their own.'),
  region: Region.default('us-east-1').describe('Region to deploy to.'),
  tags: z
    .record(z.string(), z.string())
    .default({})
    .describe('Tags of every resource, in addition to `Project` (the name).'),
  protect: z
    .boolean()
    .default(false)
    .describe('Refuse to destroy or replace the domain, the bucket and the web server.'),
  key: z
    .union([z.enum(['aws', 'new']), z.string().regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/.+$/, KEY)], {
      error: KEY,
    })
    .default('aws')
    .describe(
      'What to encrypt with: keys that AWS owns (`aws`), one new KMS key (`new`), or the KMS key with this ARN, whose policy must let CloudWatch and CloudWatch Logs use it.',
    ),
  search: SearchSettings,
  stream: StreamSettings.prefault({}),
  network: Network.prefault({ kind: 'new' }),
  website: WebsiteSettings,
  alarms: AlarmSettings.prefault({}),
  load: LoadTestSettings.prefault({}),
  state: State.default({ kind: 'local' }),
  emulator: z
    .string()
    .regex(LOOPBACK, 'must be on this machine, such as http://127.0.0.1:5000: nothing else may stand in for AWS')
    .optional()
    .describe('For tests: address of an AWS emulator on this machine. Credentials are then neither needed nor sent.'),
});

/** Settings as people write them: what has a default may be left out. */
export type SettingsInput = z.input<typeof Settings>;

export type Settings = z.output<typeof Settings>;
