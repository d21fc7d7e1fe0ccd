import { spawnSync } from 'node:child_process';
import { renderAgentConfig } from '../../site/agent-config';
import { apacheLogFormat } from '../../site/log-format';
import { renderUserData } from '../../site/user-data';

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
          filePattern: '/var/log/httpd/access_log*',
          deliveryStream: 'webserver_stream',
          initialPosition: 'START_OF_FILE',
          maxBufferAgeMillis: 1000,
        },
      ],
    });
  });

  it('puts into a data stream where that is the source', () => {
    const config = JSON.parse(renderAgentConfig({ ...TARGET, kind: 'kinesis' }));

    expect(config['kinesis.endpoint']).toBe('kinesis.eu-west-1.amazonaws.com');
    expect(config.flows[0]).toMatchObject({ kinesisStream: 'webserver_stream', partitionKeyOption: 'RANDOM' });
    expect(config.flows[0]).not.toHaveProperty('deliveryStream');
  });

  it('knows the endpoints of China', () => {
    expect(renderAgentConfig({ ...TARGET, region: 'cn-north-1' })).toContain('firehose.cn-north-1.amazonaws.com.cn');
  });
});

describe('renderUserData', () => {
  const script = renderUserData({
    agent: TARGET,
    statusParameter: '/shop/website/status',
    demoErrors: false,
    behindBalancer: false,
  });

  it('is a script that bash reads to its end', () => {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' });

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('has the log format and the agent’s settings as they are', () => {
    expect(script).toContain(`\n${apacheLogFormat('clickstreamy')}\n`);
    expect(script).toContain(`\n${renderAgentConfig(TARGET)}EOF\n`);
  });

  it('rotates without losing lines, and opens the log to the agent alone', () => {
    expect(script).toContain('delaycompress');
    expect(script).not.toContain('copytruncate');
    expect(script).not.toMatch(/chmod|777/);
  });
});
