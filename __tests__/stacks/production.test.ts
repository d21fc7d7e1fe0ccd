import { only, settingsOf, statementsOf, synthSettings } from '../support/synth-settings';

describe('production', () => {
  const { search, delivery, website } = synthSettings(settingsOf('production'));
  const domain = only(search, 'aws_opensearch_domain');
  const stream = only(delivery, 'aws_kinesis_firehose_delivery_stream');
  const { opensearch_configuration: destination } = stream;

  it('has OpenSearch in private subnets of three zones, with dedicated masters, encrypted throughout', () => {
    expect(domain).toMatchObject({
      engine_version: 'OpenSearch_2.19',
      cluster_config: {
        instance_count: 3,
        dedicated_master_enabled: true,
        dedicated_master_count: 3,
        zone_awareness_config: { availability_zone_count: 3 },
      },
      encrypt_at_rest: { enabled: true, kms_key_id: expect.stringContaining('aws_kms_key') },
      node_to_node_encryption: { enabled: true },
      domain_endpoint_options: { enforce_https: true },
      cognito_options: { enabled: true },
    });
    expect(domain['vpc_options'].subnet_ids).toHaveLength(3);
    expect(domain['vpc_options'].subnet_ids.join()).toContain('private');
  });

  it('allows only people who have signed in, and Firehose, to reach the domain', () => {
    const [statement] = JSON.parse(domain['access_policies']).Statement;
    const rules = Object.values(search.resource['aws_vpc_security_group_ingress_rule'] ?? {});

    expect(statement.Principal.AWS).toContain('aws_iam_role.login_user');
    expect(statement.Action).not.toContain('*');
    expect(rules).toHaveLength(2);
    expect(rules.every(({ from_port: from, to_port: to }) => from === 443 && to === 443)).toBe(true);
  });

  it('protects what must not be lost', () => {
    const bucket = only(delivery, 'aws_s3_bucket');

    expect(domain['lifecycle']).toEqual({ prevent_destroy: true });
    expect(bucket).toMatchObject({ force_destroy: false, lifecycle: { prevent_destroy: true } });
    expect(only(delivery, 'aws_s3_bucket_versioning')['versioning_configuration']).toEqual({ status: 'Enabled' });
    expect(only(website, 'aws_instance')).toMatchObject({ disable_api_termination: true });
    expect(only(website, 'aws_instance')['lifecycle']).toEqual({ ignore_changes: ['ami', 'user_data_base64'] });
  });

  it('delivers by day, with stable ids, from interfaces in the domain’s subnets, and copies compressed and encrypted', () => {
    expect(stream['destination']).toBe('opensearch');
    expect(stream['server_side_encryption']).toMatchObject({ enabled: true, key_type: 'CUSTOMER_MANAGED_CMK' });
    expect(destination).toMatchObject({
      index_rotation_period: 'OneDay',
      document_id_options: { default_document_id_format: 'FIREHOSE_DEFAULT' },
      s3_configuration: { compression_format: 'GZIP', kms_key_arn: expect.anything() },
    });
    expect(destination).not.toHaveProperty('type_name');
    expect(destination.vpc_config.subnet_ids).toHaveLength(3);
  });

  it('allows no action on everything but those that take no resource, and Session Manager’s', () => {
    const open = [search, delivery, website]
      .flatMap(statementsOf)
      .filter(({ Resource }) => [Resource].flat().includes('*'));

    expect(open.flatMap(({ Action }) => Action).sort()).toEqual([
      'cloudwatch:PutMetricData',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSecurityGroups',
      'ec2:DescribeSubnets',
      'ec2:DescribeVpcAttribute',
      'ec2:DescribeVpcs',
      'ssm:UpdateInstanceInformation',
      'ssmmessages:CreateControlChannel',
      'ssmmessages:CreateDataChannel',
      'ssmmessages:OpenControlChannel',
      'ssmmessages:OpenDataChannel',
    ]);
  });

  it('closes the bucket: no public access, TLS only, one key', () => {
    const [statement] = JSON.parse(only(delivery, 'aws_s3_bucket_policy')['policy']).Statement;

    expect(only(delivery, 'aws_s3_bucket_public_access_block')).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(statement).toMatchObject({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } });
    expect(only(delivery, 'aws_s3_bucket_server_side_encryption_configuration')['rule']).toMatchObject([
      { apply_server_side_encryption_by_default: { sse_algorithm: 'aws:kms' } },
    ]);
  });

  it('has alarms for each stage, and shows each metric on the dashboard', () => {
    const metrics = [search, delivery, website].flatMap((stack) =>
      Object.values(stack.resource['aws_cloudwatch_metric_alarm'] ?? {}).map(({ metric_name: metric }) => metric),
    );
    const { widgets } = JSON.parse(only(delivery, 'aws_cloudwatch_dashboard')['dashboard_body']);

    expect(metrics.sort()).toEqual([
      'BackupToS3.DataFreshness',
      'BackupToS3.Success',
      'CPUUtilization',
      'ClusterIndexWritesBlocked',
      'ClusterStatus.red',
      'ClusterStatus.yellow',
      'DeliveryToAmazonOpenSearchService.DataFreshness',
      'DeliveryToAmazonOpenSearchService.Success',
      'Duration',
      'Errors',
      'ExecuteProcessing.Success',
      'FreeStorageSpace',
      'HTTPCode_ELB_5XX_Count',
      'HTTPCode_Target_5XX_Count',
      'JVMMemoryPressure',
      'KMSKeyInaccessible',
      'StatusCheckFailed',
      'ThrottledRecords',
      'Throttles',
      'UnHealthyHostCount',
    ]);
    expect(widgets.length).toBeGreaterThan(metrics.length - 4);
  });

  it('allows visitors to reach only the load balancer, and the load balancer to reach the server', () => {
    const rules = Object.values(website.resource['aws_vpc_security_group_ingress_rule'] ?? {});

    expect(rules).toContainEqual(expect.objectContaining({ cidr_ipv4: '0.0.0.0/0', from_port: 80 }));
    expect(rules).toContainEqual(
      expect.objectContaining({ referenced_security_group_id: expect.stringContaining('balancer') }),
    );
    expect(rules).toHaveLength(2);
  });

  it('checks the health of WordPress and its database, and takes no redirect for it', () => {
    expect(only(website, 'aws_lb_target_group')['health_check']).toMatchObject({ path: '/health', matcher: '200' });
  });

  it('tags all resources', () => {
    for (const { provider } of [search, delivery, website]) {
      expect(provider.aws[0]?.['default_tags']).toEqual([{ tags: { Project: 'clickstreamy' } }]);
    }
  });
});
