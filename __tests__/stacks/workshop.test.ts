import { only, settingsOf, statementsOf, synthSettings } from '../support/synth-settings';

/** The workshop's steps, one by one: docs/workshop.md has the same table in words. */
describe('the workshop', () => {
  const { search, delivery, website } = synthSettings(settingsOf('workshop'));
  const stream = only(delivery, 'aws_kinesis_firehose_delivery_stream');
  const { elasticsearch_configuration: destination } = stream;

  it('has a public Elasticsearch 6.3 of one node, without encryption between nodes', () => {
    const domain = only(search, 'aws_elasticsearch_domain');

    expect(domain).toMatchObject({
      domain_name: 'clickstream',
      elasticsearch_version: '6.3',
      cluster_config: { instance_count: 1, zone_awareness_enabled: false, instance_type: 't3.small.elasticsearch' },
      node_to_node_encryption: { enabled: false },
    });
    expect(domain).not.toHaveProperty('vpc_options');
    expect(domain).not.toHaveProperty('cognito_options');
  });

  it('opens the domain only to the named address', () => {
    const { access_policies: policies } = only(search, 'aws_elasticsearch_domain');

    expect(JSON.parse(policies).Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: 'es:*',
        Resource: expect.stringMatching(/^arn:aws:es:us-east-1:\$\{.+\}:domain\/clickstream\/\*$/),
        Condition: { IpAddress: { 'aws:SourceIp': ['198.51.100.7/32'] } },
      },
    ]);
  });

  it('has the function apache_ETL with a time-out of a minute, and rights to its log only', () => {
    expect(only(delivery, 'aws_lambda_function')).toMatchObject({
      function_name: 'apache_ETL',
      timeout: 60,
      runtime: 'nodejs22.x',
      handler: 'index.handler',
    });
    expect(statementsOf(delivery)).toContainEqual({
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: expect.stringMatching(/\.arn\}:log-stream:\*$/),
    });
  });

  it('has the stream with direct put, the transform, the index and the type', () => {
    expect(stream).toMatchObject({ name: 'webserver_stream', destination: 'elasticsearch' });
    expect(stream).not.toHaveProperty('kinesis_source_configuration');
    expect(stream).not.toHaveProperty('extended_s3_configuration');
    expect(destination).toMatchObject({
      index_name: 'apache',
      index_rotation_period: 'NoRotation',
      type_name: 'clickstream',
    });
    expect(destination.processing_configuration).toMatchObject({ enabled: true, processors: [{ type: 'Lambda' }] });
  });

  it('copies all records below apache_, at 1 MB or 60 s, neither compressed nor encrypted by the stream, and logs errors', () => {
    expect(destination).toMatchObject({
      buffering_size: 1,
      buffering_interval: 60,
      s3_backup_mode: 'AllDocuments',
      cloudwatch_logging_options: { enabled: true, log_stream_name: 'DestinationDelivery' },
      s3_configuration: {
        prefix: 'apache_',
        buffering_size: 1,
        buffering_interval: 60,
        compression_format: 'UNCOMPRESSED',
        cloudwatch_logging_options: { enabled: true },
      },
    });
    expect(destination.s3_configuration).not.toHaveProperty('kms_key_arn');
    expect(stream['server_side_encryption']).toEqual({ enabled: false });
  });

  it('trusts Firehose for this account only, and creates the stream after its rights', () => {
    const trust = Object.values(delivery.resource['aws_iam_role'] ?? {}).map(
      (role) => JSON.parse(role['assume_role_policy']).Statement[0],
    );
    const [policy] = Object.keys(delivery.resource['aws_iam_role_policy'] ?? {}).filter((name) =>
      name.startsWith('delivery'),
    );

    expect(trust).toContainEqual({
      Effect: 'Allow',
      Principal: { Service: 'firehose.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': expect.stringContaining('account_id') } },
    });
    expect(stream['depends_on']).toEqual([`aws_iam_role_policy.${policy}`]);
  });

  it('lets the delivery role read only the paths that Firehose uses', () => {
    const [reads] = statementsOf(delivery).filter(({ Action }) => Action === 'es:ESHttpGet');

    expect(reads?.['Resource'].map((resource: string) => resource.replace(/^\$\{.+?\}\//, ''))).toEqual([
      '_all/_settings',
      '_cluster/stats',
      'apache*/_mapping/clickstream',
      '_nodes',
      '_nodes/*/stats',
      '_stats',
      'apache*/_stats',
    ]);
  });

  it('lets the server put records and metrics, report its progress, be reached by Session Manager, and nothing else', () => {
    expect(statementsOf(website)).toEqual([
      {
        Effect: 'Allow',
        Action: ['firehose:PutRecord', 'firehose:PutRecordBatch'],
        Resource: expect.stringMatching(/:deliverystream\/webserver_stream$/),
      },
      {
        Effect: 'Allow',
        Action: 'cloudwatch:PutMetricData',
        Resource: '*',
        Condition: { StringEquals: { 'cloudwatch:namespace': 'AWSKinesisAgent' } },
      },
      {
        Effect: 'Allow',
        Action: 'ssm:PutParameter',
        Resource: expect.stringMatching(/:parameter\/clickstreamy\/website\/status$/),
      },
      {
        Effect: 'Allow',
        Action: [
          'ssm:UpdateInstanceInformation',
          'ssmmessages:CreateControlChannel',
          'ssmmessages:CreateDataChannel',
          'ssmmessages:OpenControlChannel',
          'ssmmessages:OpenDataChannel',
        ],
        Resource: '*',
      },
    ]);
    // AWS's managed policies for Systems Manager can read every parameter of the account.
    expect(website.resource).not.toHaveProperty('aws_iam_role_policy_attachment');
  });

  it('replaces the server for a new script, and for nothing else', () => {
    const [[name, version] = []] = Object.entries(website.resource['terraform_data'] ?? {});
    const [[, other] = []] = Object.entries(
      synthSettings(settingsOf('workshop'), '#!/bin/bash\ntrue\n').website.resource['terraform_data'] ?? {},
    );

    expect(only(website, 'aws_instance')['lifecycle']).toEqual({
      ignore_changes: ['ami', 'user_data_base64'],
      replace_triggered_by: [`terraform_data.${name}`],
    });
    expect(version?.['triggers_replace']).not.toEqual(other?.['triggers_replace']);
  });

  it('has a server without SSH: metadata by token only, its disk encrypted, one port open to the named address', () => {
    const server = only(website, 'aws_instance');

    expect(server).toMatchObject({
      metadata_options: { http_tokens: 'required' },
      root_block_device: { encrypted: true },
    });
    expect(server).not.toHaveProperty('key_name');
    expect(only(website, 'aws_vpc_security_group_ingress_rule')).toMatchObject({
      cidr_ipv4: '198.51.100.7/32',
      from_port: 80,
      to_port: 80,
    });
  });

  it('outputs what other commands need', () => {
    const names = [search, delivery, website].flatMap(({ output }) =>
      Object.keys(output).filter((name) => !name.startsWith('cross-stack')),
    );

    expect(names).toEqual(
      expect.arrayContaining([
        'domainEndpoint',
        'dashboardsEndpoint',
        'streamName',
        'typeName',
        'functionName',
        'bucketName',
        'region',
        'siteUrl',
        'instanceId',
        'websiteStatus',
      ]),
    );
    expect(website.output['websiteStatus']?.['value']).toMatchObject({
      region: 'us-east-1',
      ssmUrl: 'https://ssm.us-east-1.amazonaws.com',
      parameter: '/clickstreamy/website/status',
    });
    expect(search.output['dashboardsEndpoint']?.['value']).toMatch(/^https:\/\/\$\{.+\}\/_plugin\/kibana\/$/);
  });

  it('has no alarm that a single node would always raise', () => {
    const metrics = Object.values(search.resource['aws_cloudwatch_metric_alarm'] ?? {}).map(
      ({ metric_name: metric }) => metric,
    );

    expect(metrics).toContain('ClusterStatus.red');
    expect(metrics).not.toContain('ClusterStatus.yellow');
  });
});
