import { CloudwatchMetricAlarm } from './aws';
import { stackOf } from './base-stack';
import type { Construct } from './cdktf';

/** A metric to watch. Both its alarm and its widget on the dashboard are made from this. */
export interface Watch {
  /** Short and stable: part of the alarm's name. */
  readonly id: string;
  /** What is wrong when the alarm is raised, and where to look: the text of the mail. */
  readonly about: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** `Average`, `Maximum`, `Sum`, … or a percentile such as `p99`. */
  readonly statistic: string;
  /** The alarm is raised when the metric has been for this many periods … */
  readonly periods: number;
  readonly periodSeconds: number;
  /** … above or below this. */
  readonly when: 'above' | 'below';
  readonly threshold: number;
}

/** @param topicArn notified when an alarm is raised and when it is over. */
export function addAlarms(scope: Construct, topicArn: string, watches: readonly Watch[]): void {
  const { name } = stackOf(scope).settings;
  for (const watch of watches) {
    const percentile = /^p\d/.test(watch.statistic);
    new CloudwatchMetricAlarm(scope, watch.id, {
      alarmName: `${name}-${watch.id}`,
      alarmDescription: watch.about,
      namespace: watch.namespace,
      metricName: watch.metric,
      dimensions: { ...watch.dimensions },
      ...(percentile ? { extendedStatistic: watch.statistic } : { statistic: watch.statistic }),
      period: watch.periodSeconds,
      evaluationPeriods: watch.periods,
      comparisonOperator: watch.when === 'above' ? 'GreaterThanThreshold' : 'LessThanThreshold',
      threshold: watch.threshold,
      // Without traffic there is no metric, and nothing is wrong.
      treatMissingData: 'notBreaching',
      alarmActions: [topicArn],
      okActions: [topicArn],
    });
  }
}
