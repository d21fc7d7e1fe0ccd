import type { Watch } from './alarm';
import { CloudwatchDashboard } from './aws';
import { stackOf } from './base-stack';
import { Construct } from './cdktf';

const COLUMNS = 3;
const WIDTH = 8;
const HEIGHT = 6;

/** The CloudWatch dashboard: the flow of records, then each watched metric with its alarm's threshold. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, watches: readonly Watch[]) {
    super(scope, id);
    const { name, region, stream } = stackOf(this).settings;
    const ofStream = ['DeliveryStreamName', stream.name];
    const flow = {
      title: 'Records: in, and through the transform',
      region,
      stat: 'Sum',
      period: 60,
      metrics: [
        ['AWS/Firehose', 'IncomingRecords', ...ofStream],
        ['AWS/Firehose', 'SucceedProcessing.Records', ...ofStream],
      ],
    };
    const widgets = [flow, ...watches.map((watch) => toPicture(watch, region))].map((properties, index) => ({
      type: 'metric',
      x: (index % COLUMNS) * WIDTH,
      y: Math.floor(index / COLUMNS) * HEIGHT,
      width: WIDTH,
      height: HEIGHT,
      properties,
    }));
    new CloudwatchDashboard(this, 'dashboard', { dashboardName: name, dashboardBody: JSON.stringify({ widgets }) });
  }
}

function toPicture({ id, namespace, metric, dimensions, statistic, periodSeconds, threshold }: Watch, region: string) {
  return {
    title: `${id}: ${metric}`,
    region,
    stat: statistic,
    period: periodSeconds,
    metrics: [[namespace, metric, ...Object.entries(dimensions).flat()]],
    annotations: { horizontal: [{ label: 'alarm', value: threshold }] },
  };
}
