import { renderAgentConfig } from '../../site/agent-config';

const TARGET = { region: 'eu-west-1', kind: 'firehose', stream: 'webserver_stream' } as const;

describe('renderAgentConfig', () => {
  it('follows the log and its rotated names from their start, with checkpoints that survive a reboot', () => {
    const config = JSON.parse(renderAgentConfig(TARGET));

    expect(config).toEqual({
      'cloudwatch.emitMetrics': true,
      'cloudwatch.endpoint': 'monitoring.eu-west-1.amazonaws.com',
      'firehose.endpoint': 'firehose.eu-west-1.amazonaws.com',
      checkpointFile: expect.stringMatching(/^\/var\/lib\//),
      flows: [
        {
          filePattern: '/var/log/clickstreamy/access_log*',
          deliveryStream: 'webserver_stream',
          initialPosition: 'START_OF_FILE',
          maxBufferAgeMillis: 1000,
        },
      ],
    });
  });

  it('puts records into a data stream if that is the source', () => {
    const config = JSON.parse(renderAgentConfig({ ...TARGET, kind: 'kinesis' }));

    expect(config['kinesis.endpoint']).toBe('kinesis.eu-west-1.amazonaws.com');
    expect(config.flows[0]).toMatchObject({ kinesisStream: 'webserver_stream', partitionKeyOption: 'RANDOM' });
    expect(config.flows[0]).not.toHaveProperty('deliveryStream');
  });

  it('knows the endpoints of China', () => {
    expect(renderAgentConfig({ ...TARGET, region: 'cn-north-1' })).toContain('firehose.cn-north-1.amazonaws.com.cn');
  });
});
