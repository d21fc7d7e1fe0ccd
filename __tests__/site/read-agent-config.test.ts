import { renderAgentConfig } from '../../site/agent-config';
import { onlyStream, parseAgentConfig } from '../../site/read-agent-config';

const flow = { filePattern: '/var/log/shop/access_log*', deliveryStream: 'clicks', initialPosition: 'START_OF_FILE' };
const read = (config: unknown) => parseAgentConfig(JSON.stringify(config), 'agent.json');

it('accepts what is rendered here, for a delivery stream and for a data stream', () => {
  for (const kind of ['firehose', 'kinesis'] as const) {
    const target = { region: 'eu-west-1', kind, stream: 'webserver_stream' };

    expect(parseAgentConfig(renderAgentConfig(target), 'agent.json')).toMatchObject({
      flows: [
        {
          pattern: '/var/log/clickstreamy/access_log*',
          kind,
          stream: 'webserver_stream',
          initialPosition: 'START_OF_FILE',
        },
      ],
      region: kind === 'firehose' ? 'eu-west-1' : undefined,
      checkpointFile: '/var/lib/aws-kinesis-agent/checkpoints',
      warnings: [],
    });
  }
});

it('takes every key that AWS documents, numbers and booleans as text too, without a warning where nothing changes', () => {
  const config = read({
    awsAccessKeyId: 'AKIDEXAMPLE',
    awsSecretAccessKey: 'x',
    assumeRoleARN: 'arn:aws:iam::123456789012:role/r',
    assumeRoleExternalId: 7,
    'sts.endpoint': 'https://sts.amazonaws.com',
    'cloudwatch.emitMetrics': 'false',
    'cloudwatch.endpoint': 'monitoring.eu-west-1.amazonaws.com',
    'firehose.endpoint': 'https://firehose.eu-west-1.amazonaws.com',
    flows: [
      {
        ...flow,
        maxBufferAgeMillis: '1000',
        maxBufferSizeRecords: '500',
        maxBufferSizeBytes: 4_194_304,
        minTimeBetweenFilePollsMillis: 100,
        aggregatedRecordSizeBytes: 0,
        skipHeaderLines: '0',
        dataProcessingOptions: [],
        truncatedRecordTerminator: '\n',
      },
      { filePattern: '/var/log/blog/access.log', kinesisStream: 'raw', partitionKeyOption: 'RANDOM' },
    ],
  });

  expect(config).toEqual({
    flows: [
      {
        pattern: '/var/log/shop/access_log*',
        kind: 'firehose',
        stream: 'clicks',
        initialPosition: 'START_OF_FILE',
        maxBufferAgeMillis: 1000,
        maxBufferSizeRecords: 500,
        maxBufferSizeBytes: 4_194_304,
        minTimeBetweenFilePollsMillis: 100,
      },
      { pattern: '/var/log/blog/access.log', kind: 'kinesis', stream: 'raw', initialPosition: 'END_OF_FILE' },
    ],
    firehoseEndpoint: 'https://firehose.eu-west-1.amazonaws.com',
    region: 'eu-west-1',
    assumeRole: { arn: 'arn:aws:iam::123456789012:role/r', externalId: '7', stsEndpoint: 'https://sts.amazonaws.com' },
    accessKey: { id: 'AKIDEXAMPLE', secret: 'x' },
    warnings: [],
  });
});

it.each([
  ['aggregatedRecordSizeBytes', '1024', /join lines/],
  ['dataProcessingOptions', [{ optionName: 'LOGTOJSON' }], /rewrite each line/],
  ['multiLineStartPattern', '^a', /several lines/],
  ['skipHeaderLines', 1, /first lines/],
])('warns of what %s would change', (key, value, what) => {
  expect(read({ flows: [flow, { ...flow, [key]: value }] }).warnings).toEqual([expect.stringMatching(what)]);
  expect(read({ flows: [flow, { ...flow, [key]: value }] }).warnings[0]).toContain(`flows[1].${key} is not followed`);
});

it('warns of a credentials provider in Java', () => {
  const config = { 'userDefinedCredentialsProvider.classname': 'a.B', flows: [flow] };

  expect(read(config).warnings).toEqual([expect.stringMatching(/^userDefinedCredentialsProvider is not followed/)]);
});

it('skips a byte order mark and the comments that the agent skips, but not what looks like one in a text', () => {
  const text = `\uFEFF// ours
    { /* two
      lines */ "firehose.endpoint": "https://127.0.0.1:4573/*x*/", // the local one
      "flows": [${JSON.stringify(flow)}] }`;

  expect(parseAgentConfig(text, 'agent.json')).toMatchObject({
    firehoseEndpoint: 'https://127.0.0.1:4573/*x*/',
    region: undefined,
    flows: [{ stream: 'clicks' }],
  });
});

it.each([
  [
    'a key that the agent would ignore',
    { flows: [flow], checkpointfile: '/x' },
    /checkpointfile is not known; did you mean checkpointFile\?|checkpointfile: is not known; did you mean checkpointFile\?/,
  ],
  [
    'a misspelt key of a flow',
    { flows: [{ ...flow, initialPostion: 'START_OF_FILE' }] },
    /did you mean initialPosition\?/,
  ],
  ['no flow', { flows: [] }, /flows: must have a flow/],
  [
    'a pattern in a folder’s name',
    { flows: [{ ...flow, filePattern: '/var/log/*/access_log' }] },
    /flows\[0\]\.filePattern: must be an absolute path/,
  ],
  ['a relative pattern', { flows: [{ ...flow, filePattern: 'access_log' }] }, /flows\[0\]\.filePattern/],
  [
    'a buffer younger than a second',
    { flows: [{ ...flow, maxBufferAgeMillis: '999' }] },
    /flows\[0\]\.maxBufferAgeMillis/,
  ],
  ['a number that is none', { flows: [{ ...flow, maxBufferAgeMillis: '1s' }] }, /flows\[0\]\.maxBufferAgeMillis/],
  ['a boolean that is none', { flows: [flow], 'cloudwatch.emitMetrics': 'maybe' }, /must be true or false/],
  ['a batch of 501', { flows: [{ ...flow, maxBufferSizeRecords: 501 }] }, /flows\[0\]\.maxBufferSizeRecords/],
  ['two streams in one flow', { flows: [{ ...flow, kinesisStream: 'x' }] }, /must name either/],
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

it('names the streams where only one can be followed', () => {
  expect(onlyStream(read({ flows: [flow, flow] }), 'agent.json')).toBe('clicks');
  expect(() => onlyStream(read({ flows: [flow, { ...flow, deliveryStream: 'other' }] }), 'agent.json')).toThrow(
    /go to 2 streams \(clicks, other\)/,
  );
});
