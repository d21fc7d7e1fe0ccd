import { parseAgentConfig, renderAgentConfig } from '../../site/agent-config';

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

describe('parseAgentConfig', () => {
  const flow = { filePattern: '/var/log/shop/access_log*', deliveryStream: 'clicks', initialPosition: 'START_OF_FILE' };
  const read = (config: unknown) => parseAgentConfig(JSON.stringify(config), 'agent.json');

  it('accepts what is rendered here, for a delivery stream and for a data stream', () => {
    for (const kind of ['firehose', 'kinesis'] as const) {
      expect(parseAgentConfig(renderAgentConfig({ ...TARGET, kind }), 'agent.json')).toEqual({
        patterns: ['/var/log/clickstreamy/access_log*'],
        stream: 'webserver_stream',
      });
    }
  });

  it('accepts every setting that the agent documents', () => {
    const config = {
      'cloudwatch.emitMetrics': false,
      'cloudwatch.endpoint': 'monitoring.eu-west-1.amazonaws.com',
      'firehose.endpoint': 'firehose.eu-west-1.amazonaws.com',
      checkpointFile: '/var/lib/aws-kinesis-agent/checkpoints',
      flows: [
        {
          ...flow,
          maxBufferAgeMillis: 60_000,
          maxBufferSizeRecords: 500,
          maxBufferSizeBytes: 4_194_304,
          minTimeBetweenFilePollsMillis: 100,
        },
        { ...flow, filePattern: '/var/log/blog/access.log' },
      ],
    };

    expect(read(config)).toEqual({
      patterns: ['/var/log/shop/access_log*', '/var/log/blog/access.log'],
      stream: 'clicks',
    });
  });

  it.each([
    ['a key that the agent would ignore', { flows: [flow], checkpointfile: '/x' }, /checkpointfile/],
    ['no flow', { flows: [] }, /flows: must have a flow/],
    [
      'a pattern in a folder’s name',
      { flows: [{ ...flow, filePattern: '/var/log/*/access_log' }] },
      /flows\[0\]\.filePattern: must be an absolute path; only its last part/,
    ],
    ['a relative pattern', { flows: [{ ...flow, filePattern: 'access_log' }] }, /flows\[0\]\.filePattern/],
    [
      'a start that loses lines',
      { flows: [{ ...flow, initialPosition: 'END_OF_FILE' }] },
      /must have `initialPosition` START_OF_FILE/,
    ],
    [
      'the agent’s default start, which loses lines',
      { flows: [{ ...flow, initialPosition: undefined }] },
      /must have `initialPosition` START_OF_FILE/,
    ],
    [
      'a buffer younger than a second',
      { flows: [{ ...flow, maxBufferAgeMillis: 999 }] },
      /flows\[0\]\.maxBufferAgeMillis/,
    ],
    ['a batch of 501', { flows: [{ ...flow, maxBufferSizeRecords: 501 }] }, /flows\[0\]\.maxBufferSizeRecords/],
    ['two streams in one flow', { flows: [{ ...flow, kinesisStream: 'x' }] }, /must name either/],
    [
      'two streams in two flows',
      { flows: [flow, { ...flow, deliveryStream: 'other' }] },
      /go to 2 streams \(clicks, other\)/,
    ],
    ['what the shipper does not do', { flows: [{ ...flow, dataProcessingOptions: [] }] }, /dataProcessingOptions/],
  ])('refuses %s', (_what, config, message) => {
    expect(() => read(config)).toThrow(
      expect.objectContaining({ code: 'AGENT_CONFIG_INVALID', message: expect.stringMatching(message) }),
    );
  });

  it('refuses what is not JSON, and names the file', () => {
    expect(() => parseAgentConfig('{', '/etc/agent.json')).toThrow(
      /^The agent configuration in \/etc\/agent\.json is not JSON\./,
    );
  });
});
