/** What is watched, stage by stage. The metrics' names come from the services' developer guides. */
import { engineOf } from '../config/engine';
import type { Settings } from '../config/settings';
import type { Watch } from './alarm';

const MINUTE = 60;

/** @param account the account that the domain's metrics belong to. */
export function domainWatches({ search, alarms, key }: Settings, account: string): Watch[] {
  const of = { namespace: 'AWS/ES', dimensions: { DomainName: search.domain, ClientId: account } };
  const minutes = (periods: number) => ({ periods, periodSeconds: MINUTE });
  const watches: Watch[] = [
    {
      ...of,
      ...minutes(1),
      id: 'domain-red',
      metric: 'ClusterStatus.red',
      statistic: 'Maximum',
      when: 'above',
      threshold: 0,
      about: 'A shard of an index is on no node: events are missing, and writes to it fail.',
    },
    {
      ...of,
      ...minutes(5),
      id: 'domain-writes-blocked',
      metric: 'ClusterIndexWritesBlocked',
      statistic: 'Maximum',
      when: 'above',
      threshold: 0,
      about: 'The domain accepts no writes because it lacks storage or memory: Firehose saves events as failed.',
    },
    {
      ...of,
      ...minutes(1),
      id: 'domain-storage',
      metric: 'FreeStorageSpace',
      statistic: 'Minimum',
      when: 'below',
      threshold: (search.nodes.volumeGiB * 1024 * alarms.freeStoragePercent) / 100,
      about: 'A data node is running out of storage (MiB free): delete old indices, or raise search.nodes.volumeGiB.',
    },
    {
      ...of,
      id: 'domain-cpu',
      metric: 'CPUUtilization',
      statistic: 'Average',
      periods: 3,
      periodSeconds: 5 * MINUTE,
      when: 'above',
      threshold: alarms.cpuPercent,
      about: 'The domain’s processors are overloaded: use more or larger nodes, or fewer and lighter queries.',
    },
    {
      ...of,
      id: 'domain-jvm',
      metric: 'JVMMemoryPressure',
      statistic: 'Maximum',
      periods: 3,
      periodSeconds: 5 * MINUTE,
      when: 'above',
      threshold: alarms.jvmPressurePercent,
      about: 'The Java heap of a node is nearly full: use larger nodes or fewer shards.',
    },
  ];
  // A single node has no place for replicas: it is yellow as soon as it has an index, and nothing is wrong.
  if (search.nodes.count > 1) {
    watches.push({
      ...of,
      ...minutes(5),
      id: 'domain-yellow',
      metric: 'ClusterStatus.yellow',
      statistic: 'Maximum',
      when: 'above',
      threshold: 0,
      about: 'A replica is on no node: one more failure may lose events.',
    });
  }
  if (key !== 'aws') {
    watches.push({
      ...of,
      ...minutes(1),
      id: 'domain-key',
      metric: 'KMSKeyInaccessible',
      statistic: 'Maximum',
      when: 'above',
      threshold: 0,
      about: 'The domain cannot use its KMS key: without it all indices are lost within days.',
    });
  }
  return watches;
}

export function deliveryWatches({ search, stream, alarms }: Settings): Watch[] {
  const of = { namespace: 'AWS/Firehose', dimensions: { DeliveryStreamName: stream.name }, periodSeconds: 5 * MINUTE };
  const rate = {
    ...of,
    statistic: 'Average',
    periods: 1,
    when: 'below',
    threshold: alarms.successPercent / 100,
  } as const;
  const age = { ...of, statistic: 'Maximum', periods: 1, when: 'above', threshold: alarms.freshnessSeconds } as const;
  const toDomain =
    engineOf(search.engine).family === 'elasticsearch'
      ? 'DeliveryToElasticsearch'
      : 'DeliveryToAmazonOpenSearchService';
  const watches: Watch[] = [
    {
      ...rate,
      id: 'delivery-success',
      metric: `${toDomain}.Success`,
      about: 'The domain refuses events: see the log DestinationDelivery and the failed records in the bucket.',
    },
    {
      ...age,
      id: 'delivery-freshness',
      metric: `${toDomain}.DataFreshness`,
      about: 'The oldest undelivered event is too old (seconds): the domain is slow or unreachable.',
    },
    {
      ...rate,
      id: 'transform-success',
      metric: 'ExecuteProcessing.Success',
      about: 'Calls of the transform function fail: see its log.',
    },
    {
      ...of,
      id: 'stream-throttled',
      metric: stream.source.kind === 'direct' ? 'ThrottledRecords' : 'ThrottledGetRecords',
      statistic: 'Sum',
      periods: 1,
      when: 'above',
      threshold: 0,
      about: 'The stream is at its limit per second, and senders retry. If this lasts, it needs a higher quota.',
    },
  ];
  if (stream.backup.records === 'all') {
    watches.push(
      {
        ...rate,
        id: 'backup-success',
        metric: 'BackupToS3.Success',
        about: 'Copies of records cannot be written to the bucket: see the log BackupDelivery.',
      },
      {
        ...age,
        id: 'backup-freshness',
        metric: 'BackupToS3.DataFreshness',
        about: 'The oldest record without a copy in the bucket is too old (seconds).',
      },
    );
  }
  return watches;
}

export function functionWatches({ stream: { transform } }: Settings): Watch[] {
  const of = {
    namespace: 'AWS/Lambda',
    dimensions: { FunctionName: transform.functionName },
    periodSeconds: 5 * MINUTE,
    periods: 1,
    when: 'above',
  } as const;
  return [
    {
      ...of,
      id: 'function-errors',
      metric: 'Errors',
      statistic: 'Sum',
      threshold: 0,
      about: 'The transform function failed or timed out; Firehose retries, then saves the batch as failed.',
    },
    {
      ...of,
      id: 'function-throttles',
      metric: 'Throttles',
      statistic: 'Sum',
      threshold: 0,
      about: 'The account runs too many functions at once, so the transform function has to wait.',
    },
    {
      ...of,
      id: 'function-duration',
      metric: 'Duration',
      statistic: 'p99',
      threshold: transform.timeoutSeconds * 800,
      about: 'Calls of the transform function take more than 80 % of their time-out (milliseconds).',
    },
  ];
}

/** Both parameters are the parts of ARNs that metrics identify the load balancer and its targets by. */
export function balancerWatches(balancer: string, targets: string): Watch[] {
  const dimensions = { LoadBalancer: balancer };
  const of = {
    namespace: 'AWS/ApplicationELB',
    statistic: 'Sum',
    periods: 1,
    periodSeconds: 5 * MINUTE,
    when: 'above',
  } as const;
  return [
    {
      ...of,
      dimensions,
      id: 'site-5xx',
      metric: 'HTTPCode_Target_5XX_Count',
      threshold: 10,
      about: 'The site answers with 5xx: the dashboards show on which pages.',
    },
    {
      ...of,
      dimensions,
      id: 'site-unreachable',
      metric: 'HTTPCode_ELB_5XX_Count',
      threshold: 10,
      about: 'The load balancer gets no answer from the web server.',
    },
    {
      ...of,
      dimensions: { ...dimensions, TargetGroup: targets },
      id: 'site-down',
      metric: 'UnHealthyHostCount',
      statistic: 'Maximum',
      periodSeconds: MINUTE,
      periods: 3,
      threshold: 0,
      about: 'The web server does not answer the health check.',
    },
  ];
}

export function serverWatches(instanceId: string): Watch[] {
  return [
    {
      id: 'server-check',
      namespace: 'AWS/EC2',
      dimensions: { InstanceId: instanceId },
      metric: 'StatusCheckFailed',
      statistic: 'Maximum',
      periods: 2,
      periodSeconds: MINUTE,
      when: 'above',
      threshold: 0,
      about: 'The web server fails EC2’s status checks.',
    },
  ];
}
