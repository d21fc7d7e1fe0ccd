import { UsageError } from '../../core/errors';
import {
  type Json,
  only,
  type Synthesized,
  settingsOf,
  statementsOf,
  synthSettings,
  type Tree,
} from '../support/synth-settings';

const OPEN = { 'website.visitors': ['0.0.0.0/0'], 'load.enabled': true };
function synthLoad(changes: Tree = {}): Synthesized {
  const { load } = synthSettings(settingsOf('workshop', { ...OPEN, ...changes }));
  if (load === undefined) throw new Error('there is no load stack');
  return load;
}
const containerOf = (stack: Synthesized): Json =>
  JSON.parse(only(stack, 'aws_ecs_task_definition')['container_definitions'])[0];
const variablesOf = (container: Json) =>
  Object.fromEntries(container.environment.map(({ name, value }: Json) => [name, value]));

describe('the load stack', () => {
  it.each(['workshop', 'production'] as const)('is not there unless it is asked for: %s', (preset) => {
    expect(settingsOf(preset).load.enabled).toBe(false);
    expect(synthSettings(settingsOf(preset)).load).toBeUndefined();
  });

  it('defines a task on Fargate that runs the script and knows the deployment’s own site', () => {
    const load = synthLoad({ 'load.rate': 400, 'load.errors': 0.2, 'load.vcpus': 1 });
    const container = containerOf(load);

    expect(only(load, 'aws_ecs_task_definition')).toMatchObject({
      requires_compatibilities: ['FARGATE'],
      network_mode: 'awsvpc',
      cpu: '1024',
      memory: '2048',
    });
    expect(container).toMatchObject({ user: 'node', command: ['node', '-e', 'console.log("a %%{task}")'] });
    expect(variablesOf(container)).toEqual({
      LOAD_REGION: 'us-east-1',
      LOAD_SITE: expect.stringMatching(/^http:\/\/\$\{.*website.*\}\/$/),
      LOAD_RATE: '400',
      LOAD_SECONDS: '60',
      LOAD_ERRORS: '0.2',
    });
    expect(container).not.toHaveProperty('secrets');
  });

  it('lets the task read the program and write its ledger, ECS write the log, and neither do anything else', () => {
    const load = synthLoad();
    const bucket = expect.stringContaining('aws_s3_bucket');

    expect(statementsOf(load)).toEqual([
      { Effect: 'Allow', Action: 's3:GetObject', Resource: expect.stringMatching(/\}\/load\/\*\/traffic\.js$/) },
      { Effect: 'Allow', Action: 's3:PutObject', Resource: expect.stringMatching(/\}\/load\/\*\/\*\.json$/) },
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: expect.stringMatching(/^\$\{aws_cloudwatch_log_group\.task_logs_\w+\.arn\}:log-stream:\*$/),
      },
    ]);
    expect(statementsOf(load).slice(0, 2)).toEqual(Array(2).fill(expect.objectContaining({ Resource: bucket })));
    for (const { assume_role_policy: trust } of Object.values(load.resource['aws_iam_role'] ?? {})) {
      expect(JSON.parse(trust).Statement).toEqual([
        expect.objectContaining({
          Principal: { Service: 'ecs-tasks.amazonaws.com' },
          Condition: expect.objectContaining({ StringEquals: { 'aws:SourceAccount': expect.anything() } }),
        }),
      ]);
    }
  });

  it('allows nothing in, and the tasks out to HTTPS and the site’s port', () => {
    const portsOf = (changes: Tree) =>
      Object.values(synthLoad(changes).resource['aws_vpc_security_group_egress_rule'] ?? {}).map(
        ({ from_port: from, to_port: to }) => [from, to],
      );

    expect(synthLoad().resource).not.toHaveProperty('aws_vpc_security_group_ingress_rule');
    expect(portsOf({})).toEqual([
      [443, 443],
      [80, 80],
    ]);
    expect(portsOf({ 'load.url': 'https://shop.example.org' })).toEqual([[443, 443]]);
    expect(portsOf({ 'load.url': 'http://shop.example.org:8080' })).toContainEqual([8080, 8080]);
  });

  it('keeps its log as long as the settings say, and encrypts with the deployment’s key if there is one', () => {
    const load = synthLoad({ 'load.logDays': 3, key: 'arn:aws:kms:us-east-1:123456789012:key/1' });

    expect(only(load, 'aws_cloudwatch_log_group')).toMatchObject({
      retention_in_days: 3,
      kms_key_id: 'arn:aws:kms:us-east-1:123456789012:key/1',
    });
    expect(statementsOf(load)).toContainEqual(
      expect.objectContaining({
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Resource: 'arn:aws:kms:us-east-1:123456789012:key/1',
        Condition: expect.objectContaining({ StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' } }),
      }),
    );
  });

  it('reads the site’s token from its parameter, so that neither state nor definition holds it', () => {
    const load = synthLoad({ 'load.tokenParameter': '/shop/token' });

    expect(containerOf(load).secrets).toEqual([
      { name: 'CLICKSTREAMY_TOKEN', valueFrom: expect.stringMatching(/^arn:aws:ssm:.*:parameter\/shop\/token$/) },
    ]);
    expect(statementsOf(load)).toContainEqual({
      Effect: 'Allow',
      Action: 'ssm:GetParameters',
      Resource: expect.stringMatching(/:parameter\/shop\/token$/),
    });
  });

  it.each<readonly [string, Tree, string | undefined]>([
    ['has the token of the site that is deployed here', {}, '/shop/token'],
    ['does not give that token to another site', { 'load.url': 'https://shop.example.org' }, undefined],
    ['has its own where one is named', { 'load.tokenParameter': '/load/token' }, '/load/token'],
  ])('%s', (_, changes, parameter) => {
    const { secrets } = containerOf(synthLoad({ 'website.tokenParameter': '/shop/token', ...changes }));

    expect(secrets?.[0].valueFrom.split(':parameter')[1]).toBe(parameter);
  });

  it('outputs everything that a run needs', () => {
    expect(synthLoad({ 'load.tasks': 3 }).output['load']?.['value']).toMatchObject({
      region: 'us-east-1',
      ecsUrl: 'https://ecs.us-east-1.amazonaws.com',
      bucketUrl: expect.stringMatching(/^https:\/\/s3\.us-east-1\.amazonaws\.com\/\$\{/),
      cluster: expect.stringContaining('aws_ecs_cluster'),
      taskDefinition: expect.stringContaining('aws_ecs_task_definition'),
      securityGroupId: expect.stringContaining('aws_security_group'),
      tasks: 3,
    });
  });

  it('creates a network if no other stack has one', () => {
    const load = synthLoad({ 'website.enabled': false, 'load.url': 'https://shop.example.org' });

    expect(only(load, 'aws_vpc')).toMatchObject({ cidr_block: '10.20.0.0/16' });
    expect(synthLoad().resource).not.toHaveProperty('aws_vpc');
  });

  it.each<readonly [string, Tree, RegExp]>([
    [
      'more requests than its tasks can send',
      { 'load.tasks': 2, 'load.vcpus': 0.25, 'load.rate': 5000 },
      /^load: 2 tasks of 0\.25 vCPU are asked for 5000 requests a second\n→ .*`load\.rate` to at most 1000\.$/,
    ],
    ['no site', { 'website.enabled': false }, /^load: there is no site to load\n→ Set `load\.url`/],
    [
      'a site that lets the tasks not in',
      { 'website.visitors': ['198.51.100.7'] },
      /^load: the site admits 198\.51\.100\.7\/32 only/,
    ],
  ])('refuses %s', (_, changes, message) => {
    expect(() => synthLoad(changes)).toThrow(UsageError);
    expect(() => synthLoad(changes)).toThrow(message);
  });
});
