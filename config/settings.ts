/** Every setting of the infrastructure: one strict schema. Ranges are AWS's own; what depends on two settings is checked at synth. */
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
    return `is no region of AWS${meant === undefined ? '' : `; did you mean ${meant}?`}`;
  },
});

const id = (prefix: string) => z.string().regex(new RegExp(`^${prefix}-[0-9a-f]+$`), `must look as ${prefix}-0a1b2c3d`);

const Network = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('new').describe('A VPC of its own.'),
      cidr: z
        .string()
        .refine(
          (block) => toCidr(block) !== undefined && /^[\d.]+\/(1[6-9]|20)$/.test(block),
          'must be an IPv4 block of /16 to /20, as 10.20.0.0/16',
        )
        .default('10.20.0.0/16')
        .describe('Its addresses; subnets get a /24 each, so a /16 to /20.'),
      zones: z
        .int()
        .min(1)
        .max(3)
        .default(1)
        .describe('Availability zones with a public subnet each, and a private one where it is needed.'),
      flowLogs: z.boolean().default(false).describe('Log which connections were accepted and refused.'),
    }),
    z.strictObject({
      kind: z.literal('existing').describe('A VPC that is there.'),
      vpcId: id('vpc').describe('Of that VPC.'),
      publicSubnetIds: z.array(id('subnet')).min(1).describe('For the web server: the first is taken.'),
      privateSubnetIds: z.array(id('subnet')).default([]).describe('For a domain in the VPC: one for each zone.'),
    }),
  ])
  .describe('The network of the web server, and of a domain in a VPC.');

const State = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('local').describe('In files beside cdktf.json: for one person on one machine.') }),
    z.strictObject({
      kind: z.literal('s3').describe('In a bucket, locked while a deploy runs.'),
      bucket: z.string().min(3).max(63).describe('An existing bucket, with versioning.'),
      prefix: z.string().default('clickstreamy/').describe('Of the keys; each stack has a state of its own.'),
      region: Region.optional().describe('Of the bucket; without it, `region`.'),
    }),
  ])
  .describe('Where Terraform keeps what it knows.');

const KEY = 'must be "aws", "new" or the ARN of a KMS key';

const LOOPBACK = /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?\/?$/;

export const Settings = z.strictObject({
  $schema: z.string().optional().describe('For editors: ./settings.schema.json'),
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,23}$/, 'must be 1 to 24 small letters, digits or hyphens')
    .default('clickstreamy')
    .describe('Begins the names of all that has no setting for its own name.'),
  region: Region.default('us-east-1').describe('Where all of it runs.'),
  tags: z.record(z.string(), z.string()).default({}).describe('On every resource, beside `Project` (the name).'),
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
      'What encrypts: keys that AWS owns (`aws`), one new KMS key (`new`), or the KMS key with this ARN, whose policy must let CloudWatch and its logs use it.',
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
    .regex(LOOPBACK, 'must be on this machine, as http://127.0.0.1:5000: nothing else may stand in for AWS')
    .optional()
    .describe(
      'For tests: the address of an emulator of AWS on this machine. Credentials are then neither needed nor sent.',
    ),
});

/** Settings as a preset or a person writes them: what has a default may be left out. */
export type SettingsInput = z.input<typeof Settings>;

export type Settings = z.output<typeof Settings>;
