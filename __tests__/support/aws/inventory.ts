import { DescribeAlarmsCommand, ListDashboardsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  DescribeVpcsCommand,
} from '@aws-sdk/client-ec2';
import { ListDeliveryStreamsCommand } from '@aws-sdk/client-firehose';
import { ListInstanceProfilesCommand, ListPoliciesCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import { ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListDomainNamesCommand } from '@aws-sdk/client-opensearch';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { ListTopicsCommand } from '@aws-sdk/client-sns';
import type { AwsClients } from './aws-clients';

/**
 * Everything in the account that this project creates, from AWS's lists, one line each: `bucket clickstreamy-backup`.
 * Without KMS keys, which AWS deletes only after a week.
 */
export async function inventory(aws: AwsClients): Promise<readonly string[]> {
  const kinds = await Promise.all([
    aws.opensearch.send(new ListDomainNamesCommand({})).then((all) => lines('domain', all.DomainNames, 'DomainName')),
    aws.streams
      .send(new ListDeliveryStreamsCommand({}))
      .then((all) => (all.DeliveryStreamNames ?? []).map((name) => `delivery stream ${name}`)),
    aws.functions.send(new ListFunctionsCommand({})).then((all) => lines('function', all.Functions, 'FunctionName')),
    aws.buckets.send(new ListBucketsCommand({})).then((all) => lines('bucket', all.Buckets, 'Name')),
    aws.logs.send(new DescribeLogGroupsCommand({})).then((all) => lines('log group', all.logGroups, 'logGroupName')),
    aws.alarms.send(new DescribeAlarmsCommand({})).then((all) => lines('alarm', all.MetricAlarms, 'AlarmName')),
    aws.alarms
      .send(new ListDashboardsCommand({}))
      .then((all) => lines('dashboard', all.DashboardEntries, 'DashboardName')),
    aws.topics.send(new ListTopicsCommand({})).then((all) => lines('topic', all.Topics, 'TopicArn')),
    rights(aws),
    servers(aws),
  ]);
  return kinds.flat().sort();
}

async function rights({ rights: client }: AwsClients): Promise<string[]> {
  const [roles, policies, profiles] = await Promise.all([
    client.send(new ListRolesCommand({})),
    client.send(new ListPoliciesCommand({ Scope: 'Local' })),
    client.send(new ListInstanceProfilesCommand({})),
  ]);
  return [
    ...lines('role', roles.Roles, 'RoleName'),
    ...lines('policy', policies.Policies, 'PolicyName'),
    ...lines('instance profile', profiles.InstanceProfiles, 'InstanceProfileName'),
  ];
}

async function servers({ servers: client }: AwsClients): Promise<string[]> {
  const gone = { State: ['deleted', 'deleting'] };
  const [instances, volumes, vpcs, subnets, groups, gateways, nats, addresses] = await Promise.all([
    client.send(new DescribeInstancesCommand({})),
    client.send(new DescribeVolumesCommand({})),
    client.send(new DescribeVpcsCommand({})),
    client.send(new DescribeSubnetsCommand({})),
    client.send(new DescribeSecurityGroupsCommand({})),
    client.send(new DescribeInternetGatewaysCommand({})),
    client.send(new DescribeNatGatewaysCommand({})),
    client.send(new DescribeAddressesCommand({})),
  ]);
  const running = (instances.Reservations ?? [])
    .flatMap((reservation) => reservation.Instances ?? [])
    .filter((instance) => instance.State?.Name !== 'terminated');
  return [
    ...lines('instance', running, 'InstanceId'),
    ...lines('volume', volumes.Volumes, 'VolumeId'),
    ...lines('vpc', vpcs.Vpcs, 'VpcId'),
    ...lines('subnet', subnets.Subnets, 'SubnetId'),
    ...lines('security group', groups.SecurityGroups, 'GroupId'),
    ...lines('internet gateway', gateways.InternetGateways, 'InternetGatewayId'),
    ...lines(
      'NAT gateway',
      nats.NatGateways?.filter(({ State = '' }) => !gone.State.includes(State)),
      'NatGatewayId',
    ),
    ...lines('address', addresses.Addresses, 'AllocationId'),
  ];
}

function lines<Item, Name extends keyof Item>(kind: string, items: readonly Item[] | undefined, name: Name): string[] {
  return (items ?? []).map((item) => `${kind} ${item[name]}`);
}
