import { CloudwatchMetricAlarm } from './aws';
import { stackOf } from './base-stack';
import type { Construct } from './cdktf';

/** A figure that is watched: the alarm and its picture on the dashboard come from this one description. */
export interface Watch {
  /** Short and stable: part of the alarm's name. */
  readonly id: string;
  /** What is wrong when it rings, and where to look: the text of the mail. */
  readonly about: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** `Average`, `Maximum`, `Sum`, … or a percentile as `p99`. */
  readonly statistic: string;
  /** It rings when the figure is there for this many periods … */
  readonly periods: number;
  readonly periodSeconds: number;
  /** … above or below this. */
  readonly when: 'above' | 'below';
  readonly threshold: number;
}

/** @param topicArn who is told, when it begins and when it is over. */
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
      // No records, no errors, no figure: nothing is wrong at night.
      treatMissingData: 'notBreaching',
      alarmActions: [topicArn],
      okActions: [topicArn],
    });
  }
}
