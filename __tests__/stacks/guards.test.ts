import { randomBytes } from 'node:crypto';
import { UsageError } from '../../core/errors';
import { settingsOf, synthSettings, type Tree } from '../support/synth-settings';

type Case = readonly [what: string, preset: 'workshop' | 'production', changes: Tree, message: RegExp];

const CASES: readonly Case[] = [
  [
    'the whole world',
    'workshop',
    { 'search.access.from': ['0.0.0.0/0'] },
    /^search\/search: the source address 0\.0\.0\.0\/0 opens the domain to the world\n→ Set `search\.access\.from`/,
  ],
  ['half of it', 'workshop', { 'search.access.from': ['128.0.0.0/1'] }, /128\.0\.0\.0\/1 opens the domain/],
  ['the world of IPv6', 'workshop', { 'search.access.from': ['::/0'] }, /::\/0 opens the domain/],
  [
    'one wide block among good ones',
    'workshop',
    { 'search.access.from': ['198.51.100.7', '11.0.0.0/7'] },
    /11\.0\.0\.0\/7 opens the domain/,
  ],
  [
    'no type name where the engine needs one',
    'workshop',
    { 'stream.typeName': undefined },
    /^delivery\/delivery: Elasticsearch_6\.3 needs a type name/,
  ],
  [
    'a type name where the engine takes none',
    'workshop',
    { 'search.engine': 'Elasticsearch_7.10' },
    /Elasticsearch_7\.10 takes no type name, but the setting is clickstream\n→ Leave `stream\.typeName` out/,
  ],
  [
    'fewer subnets than zones',
    'production',
    { 'network.zones': 2 },
    /^search\/search: 2 private subnets do not fit 3 zones/,
  ],
  [
    'existing subnets that do not fit',
    'production',
    {
      network: {
        kind: 'existing',
        vpcId: 'vpc-1',
        publicSubnetIds: ['subnet-1', 'subnet-2'],
        privateSubnetIds: ['subnet-3'],
      },
    },
    /1 private subnets do not fit 3 zones/,
  ],
  [
    'nodes that do not spread evenly',
    'production',
    { 'search.nodes.count': 4 },
    /4 data nodes cannot be spread evenly over 3 zones/,
  ],
  [
    'a volume too large',
    'workshop',
    { 'search.nodes.volumeGiB': 101 },
    /a gp2 volume of 101 GiB does not fit t3\.small\n→ Set `search\.nodes\.volumeGiB` to 10 to 100/,
  ],
  ['a volume too small', 'workshop', { 'search.nodes.volumeGiB': 9 }, /a gp2 volume of 9 GiB does not fit t3\.small/],
  [
    'a volume of another kind',
    'workshop',
    { 'search.nodes.instanceType': 'm4.large', 'search.nodes.volumeType': 'gp3' },
    /m4\.large cannot have a gp3 volume/,
  ],
  [
    'a volume for an instance that takes none',
    'workshop',
    { 'search.nodes.instanceType': 'i3.large' },
    /i3\.large cannot have a gp2 volume/,
  ],
  [
    'an instance that cannot encrypt',
    'workshop',
    { 'search.nodes.instanceType': 't2.small' },
    /t2\.small cannot encrypt at rest/,
  ],
  [
    'a domain name of 29 characters',
    'workshop',
    { 'search.domain': 'a'.repeat(29) },
    /the domain name a{29} has 29 characters\n→ Set `search\.domain` to at most 28/,
  ],
  [
    'fine-grained access control below 6.7',
    'workshop',
    { 'search.masterRoleArn': 'arn:aws:iam::123456789012:role/master' },
    /Elasticsearch_6\.3 has no fine-grained access control/,
  ],
  [
    'fine-grained access control without encryption between nodes',
    'production',
    { 'search.masterRoleArn': 'arn:aws:iam::123456789012:role/master', 'search.nodeToNodeEncryption': false },
    /needs node-to-node encryption/,
  ],
  [
    'a domain in the VPC that nobody could open',
    'production',
    { 'search.cognito': false },
    /nobody could open the dashboards/,
  ],
  [
    'masters too small',
    'production',
    { 'search.nodes.count': 12, 'search.masters.instanceType': 't3.small' },
    /t3\.small masters are too small for 12 data nodes/,
  ],
  [
    'a prefix with an expression and none for errors',
    'workshop',
    { 'stream.backup.prefix': 'apache/!{timestamp:yyyy}/' },
    /has an expression, but there is no prefix for errors/,
  ],
  [
    'an error prefix that does not separate kinds of errors',
    'workshop',
    { 'stream.backup.errorPrefix': 'failed/' },
    /the error prefix failed\/ does not separate the kinds of errors/,
  ],
  [
    'the errors’ expression in the prefix',
    'workshop',
    {
      'stream.backup.prefix': '!{firehose:error-output-type}/',
      'stream.backup.errorPrefix': '!{firehose:error-output-type}/',
    },
    /has an expression that only the error prefix may have/,
  ],
  [
    'a name that Systems Manager allows no parameter under',
    'workshop',
    { name: 'aws-shop' },
    /^website: Systems Manager allows no parameter \/aws-shop\/website\/status: .*\n→ Set `name`/,
  ],
  [
    'demo errors for everybody',
    'workshop',
    { 'website.demoErrors': true },
    /^website: demo errors are only for callers with a token, but there is no token\n→ Set `website\.tokenParameter`/,
  ],
  [
    'a load balancer in one zone',
    'workshop',
    { 'website.loadBalancer': {} },
    /^website\/balancer: a load balancer needs public subnets in two zones, but there is 1/,
  ],
];

describe('the synth refuses', () => {
  it.each(CASES)('%s', (_, preset, changes, message) => {
    const settings = settingsOf(preset, changes);

    const refused = () => synthSettings(settings);

    expect(refused).toThrow(UsageError);
    expect(refused).toThrow(message);
  });

  it('user data that EC2 would not accept', () => {
    const settings = settingsOf('workshop');
    // Random digits do not compress below half their length.
    const tooLong = `#!/bin/bash\n# ${randomBytes(16 * 1024).toString('hex')}`;

    expect(() => synthSettings(settings, tooLong)).toThrow(
      /^website\/server: the user data has \d{5} bytes when packed\n→ Shorten the files in site\/wordpress: up to 16256 bytes/,
    );
  });
});
