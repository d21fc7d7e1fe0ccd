import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudwatchLogGroup,
  IamRole,
  IamRolePolicy,
  Instance,
  KinesisStream,
  OpensearchDomain,
  S3Bucket,
  SnsTopic,
  VpcSecurityGroupIngressRule,
} from '../../stacks/aws';
import { BaseStack } from '../../stacks/base-stack';
import { App } from '../../stacks/cdktf';
import { allow, type Statement, toPolicy } from '../../stacks/policy';
import { synth } from '../../stacks/rules';
import { settingsOf } from '../support/synth-settings';

const role = (stack: BaseStack, statement: Statement) =>
  new IamRolePolicy(stack, 'policy', { role: 'somebody', policy: toPolicy(statement) });
const ingress = (stack: BaseStack, cidrIpv4: string, port: number) =>
  new VpcSecurityGroupIngressRule(stack, 'rule', {
    securityGroupId: 'sg-1',
    cidrIpv4,
    ipProtocol: 'tcp',
    fromPort: port,
    toPort: port,
  });
const domain = (stack: BaseStack, atRest: boolean, enforceHttps: boolean, accessPolicies?: string) =>
  new OpensearchDomain(stack, 'domain', {
    domainName: 'domain',
    encryptAtRest: { enabled: atRest },
    domainEndpointOptions: { enforceHttps },
    ...(accessPolicies === undefined ? {} : { accessPolicies }),
  });

const BAD: readonly (readonly [what: string, make: (stack: BaseStack) => unknown, message: RegExp])[] = [
  [
    'every action',
    (stack) => role(stack, allow('*', 'arn:aws:s3:::bucket')),
    /test\/policy: its policy allows \*: name the actions/,
  ],
  [
    'all actions of a kind',
    (stack) => role(stack, allow(['s3:GetObject', 's3:Put*'], 'arn:aws:s3:::bucket')),
    /its policy allows s3:Put\*/,
  ],
  [
    'every resource',
    (stack) => role(stack, allow('s3:GetObject', '*')),
    /allows s3:GetObject on everything: name the resource/,
  ],
  [
    'a trust in everyone',
    (stack) =>
      new IamRole(stack, 'role', {
        assumeRolePolicy: toPolicy({ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }),
      }),
    /lets everyone in, without a condition/,
  ],
  [
    'a domain for everyone',
    (stack) =>
      domain(
        stack,
        true,
        true,
        toPolicy({ ...allow('es:ESHttpGet', 'arn:aws:es:us-east-1:1:domain/d/*'), Principal: { AWS: ['*'] } }),
      ),
    /test\/domain: its policy lets everyone in, without a condition/,
  ],
  ['a domain on open volumes', (stack) => domain(stack, false, true), /its volumes are not encrypted/],
  ['a domain without TLS', (stack) => domain(stack, true, false), /it would answer without TLS/],
  [
    'a log without a retention',
    (stack) => new CloudwatchLogGroup(stack, 'log', { name: 'log' }),
    /test\/log: its logs would be kept forever/,
  ],
  ['an open disk', (stack) => new Instance(stack, 'server', { ami: 'ami-1' }), /its disk is not encrypted/],
  ['an open topic', (stack) => new SnsTopic(stack, 'topic', { name: 'topic' }), /its messages are not encrypted/],
  [
    'an open data stream',
    (stack) => new KinesisStream(stack, 'source', { name: 'source' }),
    /its records are not encrypted/,
  ],
  [
    'a bucket with an access list',
    (stack) => new S3Bucket(stack, 'bucket', { acl: 'public-read' }),
    /its access list is public-read/,
  ],
  ['SSH for the world', (stack) => ingress(stack, '0.0.0.0/0', 22), /it opens ports 22 to 22 to 0\.0\.0\.0\/0/],
];

describe('the rules', () => {
  const synthWith = (...makers: readonly ((stack: BaseStack) => unknown)[]) => {
    const outdir = mkdtempSync(join(tmpdir(), 'clickstreamy-rules-'));
    try {
      const app = new App({ outdir, stackTraces: false });
      const stack = new BaseStack(app, 'test', settingsOf('workshop'));
      for (const make of makers) make(stack);
      synth(app);
    } finally {
      rmSync(outdir, { recursive: true });
    }
  };

  it.each(BAD)('forbid %s', (_, make, message) => {
    expect(() => synthWith(make)).toThrow(message);
  });

  it('report every resource that breaks one', () => {
    const refused = () =>
      synthWith(
        (stack) => new CloudwatchLogGroup(stack, 'log', { name: 'log' }),
        (stack) => new SnsTopic(stack, 'topic', { name: 'topic' }),
      );

    expect(refused).toThrow(/test\/log: .+; test\/topic: /);
  });

  it('allow a site to be open to the world, and actions that take no resource', () => {
    expect(() =>
      synthWith(
        (stack) => ingress(stack, '0.0.0.0/0', 443),
        (stack) => role(stack, allow('ec2:DescribeSubnets', '*')),
      ),
    ).not.toThrow();
  });

  it('forbid a stack without tags', () => {
    const untagged = (stack: BaseStack) => {
      const provider = stack.node.findChild('aws');
      if ('defaultTags' in provider) provider.defaultTags = [];
    };

    expect(() => synthWith(untagged)).toThrow(/test\/aws: its resources would have no tag Project/);
  });
});
