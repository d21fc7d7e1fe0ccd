import { ENGINE_NAMES, engineOf } from '../../config/engine';
import { only, settingsOf, statementsOf, synthSettings } from '../support/synth-settings';

describe.each(ENGINE_NAMES)('%s', (name) => {
  const engine = engineOf(name);
  const { search, delivery } = synthSettings(
    settingsOf('workshop', {
      'search.engine': name,
      'stream.typeName': engine.typed ? 'clickstream' : undefined,
      'website.enabled': false,
    }),
  );

  it('is created with its own API, and filled by its own destination', () => {
    const elastic = name.startsWith('Elasticsearch');
    const stream = only(delivery, 'aws_kinesis_firehose_delivery_stream');
    const destination = stream[elastic ? 'elasticsearch_configuration' : 'opensearch_configuration'];

    expect(Object.keys(search.resource).filter((type) => type.endsWith('_domain'))).toEqual([
      elastic ? 'aws_elasticsearch_domain' : 'aws_opensearch_domain',
    ]);
    expect(stream['destination']).toBe(elastic ? 'elasticsearch' : 'opensearch');
    expect('type_name' in destination).toBe(name.startsWith('Elasticsearch_6'));
    expect('document_id_options' in destination).toBe(!elastic);
  });
});

describe('settings', () => {
  const streamOf = (changes: Parameters<typeof settingsOf>[1]) => {
    const { delivery, website } = synthSettings(settingsOf('workshop', changes));
    return { delivery, website, stream: only(delivery, 'aws_kinesis_firehose_delivery_stream') };
  };

  it.each([
    ['none', 'NoRotation'],
    ['hour', 'OneHour'],
    ['day', 'OneDay'],
    ['week', 'OneWeek'],
    ['month', 'OneMonth'],
  ])('rotation %s is %s', (rotation, period) => {
    const { stream } = streamOf({ 'stream.rotation': rotation });

    expect(stream['elasticsearch_configuration'].index_rotation_period).toBe(period);
  });

  it('make a new data stream the source, and let the server write to it only', () => {
    const { stream, delivery, website } = streamOf({ 'stream.source': { kind: 'kinesis' } });

    expect(only(delivery, 'aws_kinesis_stream')).toMatchObject({ encryption_type: 'KMS', retention_period: 24 });
    expect(stream['kinesis_source_configuration'].kinesis_stream_arn).toContain('aws_kinesis_stream');
    expect(stream).not.toHaveProperty('server_side_encryption');
    expect(statementsOf(website)[0]).toMatchObject({ Action: 'kinesis:PutRecords' });
  });

  it('use existing resources instead of new ones', () => {
    const { delivery, website } = streamOf({
      'stream.backup.bucket': 'my-bucket',
      'stream.roleArn': 'arn:aws:iam::123456789012:role/firehose',
      'stream.transform.roleArn': 'arn:aws:iam::123456789012:role/function',
      'website.roleName': 'server',
      network: { kind: 'existing', vpcId: 'vpc-1', publicSubnetIds: ['subnet-1'] },
      key: 'arn:aws:kms:us-east-1:123456789012:key/1',
      'alarms.topicArn': 'arn:aws:sns:us-east-1:123456789012:topic',
    });

    expect(delivery.resource).not.toHaveProperty('aws_s3_bucket');
    expect(delivery.resource).not.toHaveProperty('aws_iam_role');
    expect(website.resource).not.toHaveProperty('aws_iam_role');
    expect(website.resource).not.toHaveProperty('aws_vpc');
    expect(only(website, 'aws_instance')['root_block_device'].kms_key_id).toBe(
      'arn:aws:kms:us-east-1:123456789012:key/1',
    );
  });

  it('let the server read the token that they name, and no other parameter', () => {
    const { website } = streamOf({ 'website.tokenParameter': '/shop/token', 'website.demoErrors': true });

    expect(statementsOf(website).filter(({ Action }) => Action === 'ssm:GetParameter')).toEqual([
      expect.objectContaining({ Resource: expect.stringMatching(/^arn:aws:ssm:\S+:parameter\/shop\/token$/) }),
    ]);
  });

  it('copy only failed records, and then have no alarms for copies', () => {
    const { stream, delivery } = streamOf({ 'stream.backup.records': 'failed' });
    const metrics = Object.values(delivery.resource['aws_cloudwatch_metric_alarm'] ?? {}).map(
      ({ metric_name: metric }) => metric,
    );

    expect(stream['elasticsearch_configuration'].s3_backup_mode).toBe('FailedDocumentsOnly');
    expect(metrics.filter((metric) => metric.startsWith('BackupToS3'))).toEqual([]);
  });

  it('state the transform’s retries and buffer time only if they are not Firehose’s defaults', () => {
    const parameters = (changes: object) =>
      streamOf({ ...changes }).stream[
        'elasticsearch_configuration'
      ].processing_configuration.processors[0].parameters.map(
        ({ parameter_name: name }: { parameter_name: string }) => name,
      );

    expect(parameters({})).toEqual(['LambdaArn', 'BufferSizeInMBs']);
    expect(parameters({ 'stream.transform.retries': 1, 'stream.transform.bufferSeconds': 30 })).toEqual([
      'LambdaArn',
      'BufferSizeInMBs',
      'BufferIntervalInSeconds',
      'NumberOfRetries',
    ]);
  });

  it('keep the state in a bucket, with a key for each stack and a lock', () => {
    const { search, delivery } = synthSettings(settingsOf('workshop', { state: { kind: 's3', bucket: 'states' } }));

    expect(search.terraform.backend['s3']).toMatchObject({
      bucket: 'states',
      key: 'clickstreamy/search.tfstate',
      use_lockfile: true,
      encrypt: true,
    });
    expect(delivery.terraform.backend['s3']?.['key']).toBe('clickstreamy/delivery.tfstate');
    expect(delivery.data['terraform_remote_state']?.['cross-stack-reference-input-search']).toMatchObject({
      backend: 's3',
    });
  });

  it('use an AWS emulator on this machine, and nothing else', () => {
    const { search } = synthSettings(settingsOf('workshop', { emulator: 'http://127.0.0.1:5000' }));
    const [provider] = search.provider.aws;

    expect(new Set(Object.values(provider?.['endpoints'][0]))).toEqual(new Set(['http://127.0.0.1:5000']));
    expect(only(search, 'aws_elasticsearch_domain')['timeouts']).toEqual({ create: '2s', delete: '2s', update: '2s' });
    expect(() => settingsOf('workshop', { emulator: 'http://emulator.example.org:5000' })).toThrow(
      /must be on this machine/,
    );
  });

  it('can leave out alarms, topic and dashboard', () => {
    const all = Object.values(synthSettings(settingsOf('workshop', { 'alarms.enabled': false }))).flatMap(
      ({ resource }) => Object.keys(resource),
    );

    expect(all.filter((type) => /cloudwatch_(metric|dash)|sns/.test(type))).toEqual([]);
  });

  it('use this machine’s address for auto', () => {
    const { search, website } = synthSettings(
      settingsOf('workshop', { 'search.access.from': 'auto', 'website.visitors': 'auto' }),
    );

    expect(only(search, 'aws_elasticsearch_domain')['access_policies']).toContain('"aws:SourceIp":["203.0.113.9/32"]');
    expect(only(website, 'aws_vpc_security_group_ingress_rule')['cidr_ipv4']).toBe('203.0.113.9/32');
  });

  it('turn on fine-grained access control with a role as its master, so that no password is in the state', () => {
    const { search } = synthSettings(
      settingsOf('production', { 'search.masterRoleArn': 'arn:aws:iam::123456789012:role/master' }),
    );

    expect(only(search, 'aws_opensearch_domain')['advanced_security_options']).toEqual({
      enabled: true,
      internal_user_database_enabled: false,
      master_user_options: { master_user_arn: 'arn:aws:iam::123456789012:role/master' },
    });
  });
});
