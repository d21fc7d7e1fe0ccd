import { open as openFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import {
  DescribeDeliveryStreamCommand,
  FirehoseClient,
  ListDeliveryStreamsCommand,
  PutRecordBatchCommand,
  PutRecordCommand,
} from '@aws-sdk/client-firehose';
import { openDeliveryStream } from '../../firehose/delivery-stream';
import { type FirehoseEndpoint, startFirehoseEndpoint } from '../../firehose/endpoint';
import { functionOf, type KeepingStore, keepingStore, openStream, useFolder } from '../support/stream-fixture';
import { until } from '../support/until';

// Before the folder goes.
afterEach(async () => {
  await endpoint.close();
  await stream.close();
});
const folder = useFolder();
const STREAM = 'webserver_stream';
const base64 = (text: string) => Buffer.from(text).toString('base64');

let store: KeepingStore;
let stream: Awaited<ReturnType<typeof openStream>>;
let endpoint: FirehoseEndpoint;

beforeEach(async () => {
  store = keepingStore();
  stream = await openStream(folder(), { store });
  endpoint = await startFirehoseEndpoint({ streams: [stream], port: 0, patienceSeconds: 0.05 });
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Record<string, unknown>;
}

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly target?: string;
  readonly agent?: Agent;
  readonly url?: string;
  readonly host?: string;
}

function send(
  body: string | Buffer,
  { method = 'POST', path = '/', target, agent, url = endpoint.url, host }: Sent = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-length': Buffer.byteLength(body),
      ...(target !== undefined && { 'x-amz-target': target }),
      ...(host !== undefined && { host }),
    };
    const sent = request(url + path, { method, headers, ...(agent && { agent }) }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: JSON.parse(Buffer.concat(chunks).toString()),
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const call = (action: string, body: unknown, more: Sent = {}) =>
  send(JSON.stringify(body), { target: `Firehose_20150804.${action}`, ...more });
const putBatch = (records: unknown, more: Sent = {}) =>
  call('PutRecordBatch', { DeliveryStreamName: STREAM, Records: records }, more);

describe('with the AWS SDK', () => {
  const sdk = () =>
    new FirehoseClient({
      endpoint: endpoint.url,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
      maxAttempts: 1,
    });

  it('a batch is answered record by record, in order, with the ids that reach the store', async () => {
    const client = sdk();
    const Records = ['one\n', 'zwei ü\n', ''].map((line) => ({ Data: Buffer.from(line) }));

    const reply = await client.send(new PutRecordBatchCommand({ DeliveryStreamName: STREAM, Records }));
    const single = await client.send(
      new PutRecordCommand({ DeliveryStreamName: STREAM, Record: { Data: Buffer.from('4') } }),
    );
    await stream.drain();

    expect(reply).toMatchObject({ FailedPutCount: 0, Encrypted: false });
    expect(reply.$metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    const ids = [...(reply.RequestResponses ?? []), single].map(({ RecordId }) => RecordId);
    expect([...store.documents]).toEqual([
      [ids[0], 'one\n'],
      [ids[1], 'zwei ü\n'],
      [ids[2], ''],
      [ids[3], '4'],
    ]);
    client.destroy();
  });

  it('streams are described and listed', async () => {
    const client = sdk();

    const { DeliveryStreamDescription: description } = await client.send(
      new DescribeDeliveryStreamCommand({ DeliveryStreamName: STREAM }),
    );
    const list = await client.send(new ListDeliveryStreamsCommand({}));
    const rest = await client.send(new ListDeliveryStreamsCommand({ ExclusiveStartDeliveryStreamName: STREAM }));

    expect(description).toMatchObject({
      DeliveryStreamName: STREAM,
      DeliveryStreamARN: `arn:aws:firehose:us-east-1:000000000000:deliverystream/${STREAM}`,
      DeliveryStreamStatus: 'ACTIVE',
      DeliveryStreamType: 'DirectPut',
    });
    expect(description?.CreateTimestamp?.getTime()).toBe(stream.openedAt.getTime());
    expect(list).toMatchObject({ DeliveryStreamNames: [STREAM], HasMoreDeliveryStreams: false });
    expect(rest.DeliveryStreamNames).toEqual([]);
    client.destroy();
  });

  it('errors have the names that it knows', async () => {
    const client = sdk();
    const Record = { Data: Buffer.from('x') };

    const lost = client.send(new PutRecordCommand({ DeliveryStreamName: 'nobody', Record }));

    await expect(lost).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Firehose nobody under account 000000000000 not found.',
      $metadata: { httpStatusCode: 400 },
    });
    client.destroy();
  });
});

describe('a request that is wrong is refused with Firehose’s error, and nothing of it is accepted', () => {
  const good = { Data: base64('good') };
  const overRecord = { Data: Buffer.alloc(1000 * 1024 + 1).toString('base64') };
  const cases: readonly (readonly [string, () => Promise<Answer>, number, string])[] = [
    ['no JSON', () => send('{"DeliveryStr', { target: 'Firehose_20150804.PutRecord' }), 400, 'SerializationException'],
    ['no body', () => send('', { target: 'Firehose_20150804.PutRecord' }), 400, 'SerializationException'],
    ['no object', () => call('PutRecord', [1]), 400, 'SerializationException'],
    ['no target', () => send('{}'), 400, 'UnknownOperationException'],
    ['an unknown action', () => call('DeleteDeliveryStream', {}), 400, 'UnknownOperationException'],
    ['a property of every object as action', () => call('constructor', {}), 400, 'UnknownOperationException'],
    ['another service', () => send('{}', { target: 'Kinesis_20131202.PutRecord' }), 400, 'UnknownOperationException'],
    ['another method', () => call('PutRecord', {}, { method: 'PUT' }), 405, 'UnknownOperationException'],
    ['another path', () => call('PutRecord', {}, { path: '/x' }), 404, 'UnknownOperationException'],
    ['no stream', () => call('PutRecordBatch', { Records: [good] }), 400, 'ValidationException'],
    [
      'a stream’s name that is not valid',
      () => call('PutRecord', { DeliveryStreamName: '../x', Record: good }),
      400,
      'ValidationException',
    ],
    [
      'a stream that is not there',
      () => call('PutRecord', { DeliveryStreamName: 'x', Record: good }),
      400,
      'ResourceNotFoundException',
    ],
    ['no records', () => putBatch([]), 400, 'ValidationException'],
    ['records that are not a list', () => putBatch({ 0: good }), 400, 'SerializationException'],
    ['501 records', () => putBatch(Array(501).fill(good)), 400, 'ValidationException'],
    ['a record that is null', () => putBatch([good, null]), 400, 'ValidationException'],
    ['a record without data', () => putBatch([good, {}]), 400, 'ValidationException'],
    ['data that is not text', () => putBatch([good, { Data: 7 }]), 400, 'SerializationException'],
    ['data that is not base64', () => putBatch([good, { Data: 'a*b=' }]), 400, 'SerializationException'],
    ['data in the URL’s base64', () => putBatch([good, { Data: '-_-_' }]), 400, 'SerializationException'],
    ['data without its padding', () => putBatch([good, { Data: 'YWI' }]), 400, 'SerializationException'],
    ['data with padding inside', () => putBatch([good, { Data: 'YQ==YQ==' }]), 400, 'SerializationException'],
    ['a record over 1,000 KiB', () => putBatch([good, overRecord]), 400, 'ValidationException'],
    [
      'a batch over 4 MiB',
      () => putBatch(Array(5).fill({ Data: Buffer.alloc(900_000).toString('base64') })),
      400,
      'InvalidArgumentException',
    ],
    [
      'a name that leads here from elsewhere',
      () => putBatch([good], { host: 'evil.example' }),
      403,
      'AccessDeniedException',
    ],
    ['a body without end', () => send(Buffer.alloc(9_000_000, ' ')), 413, 'RequestEntityTooLargeException'],
  ];

  it.each(cases)('%s', async (_, sent, status, type) => {
    const answer = await sent();

    expect(answer).toMatchObject({ status, body: { __type: type, message: expect.any(String) } });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.1',
      'x-amzn-requestid': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(stream.counts().accepted).toBe(0);
  });
});

it.each<[string, string, object, string]>([
  [
    'no stream',
    'PutRecord',
    { Record: { Data: '' } },
    "1 validation error detected: Value null at 'deliveryStreamName' failed to satisfy constraint: Member must not be null",
  ],
  [
    'a record without data',
    'PutRecordBatch',
    { DeliveryStreamName: STREAM, Records: [{ Data: '' }, {}] },
    "1 validation error detected: Value null at 'records.2.member.data' failed to satisfy constraint: Member must not be null",
  ],
  [
    'no records',
    'PutRecordBatch',
    { DeliveryStreamName: STREAM, Records: [] },
    "1 validation error detected: Value '[]' at 'records' failed to satisfy constraint: Member must have length greater than or equal to 1",
  ],
  [
    'a record over 1,000 KiB',
    'PutRecordBatch',
    { DeliveryStreamName: STREAM, Records: [{ Data: Buffer.alloc(1_024_003).toString('base64') }] },
    "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=1024003 cap=1024003]' at 'records.1.member.data' failed to satisfy constraint: Member must have length less than or equal to 1024000",
  ],
])('tells what is wrong in AWS’s words: %s', async (_, action, body, message) => {
  expect((await call(action, body)).body).toEqual({ __type: 'ValidationException', message });
});

it.each([
  ['objects', '{},'],
  ['lists', '[],'],
  ['numbers', '1,'],
  ['nested lists', '['],
])('refuses a body of millions of %s without parsing it', async (_, item) => {
  const parse = jest.spyOn(JSON, 'parse');
  const body = `{"DeliveryStreamName":"${STREAM}","Records":[${item.repeat(7_000_000 / item.length)}`;

  const { status, type } = await new Promise<{ status: number; type: string }>((resolve, reject) => {
    const headers = { 'x-amz-target': 'Firehose_20150804.PutRecordBatch', 'content-length': Buffer.byteLength(body) };
    const sent = request(endpoint.url, { method: 'POST', headers }, async (response) => {
      const text = Buffer.concat(await response.toArray()).toString();
      resolve({ status: response.statusCode ?? 0, type: /"__type":"(\w+)"/.exec(text)?.[1] ?? text });
    });
    sent.on('error', reject).end(body);
  });
  const calls = parse.mock.calls.length;
  parse.mockRestore();

  expect({ status, type, calls }).toEqual({ status: 400, type: 'ValidationException', calls: 0 });
});

it('takes a batch and a record of just the limits', async () => {
  const largest = { Data: Buffer.alloc(1000 * 1024).toString('base64') };
  const rest = { Data: Buffer.alloc(4 * 1024 * 1024 - 4 * 1000 * 1024).toString('base64') };

  const many = await putBatch(Array(500).fill({ Data: base64('x') }));
  const answer = await putBatch([largest, largest, largest, largest, rest]);

  expect(answer).toMatchObject({ status: 200, body: { FailedPutCount: 0 } });
  expect(many.body['RequestResponses']).toHaveLength(500);
});

it('serves requests over one connection that stays open, errors among them', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const record = [{ Data: base64('x') }];

  const answers = [
    await putBatch(record, { agent }),
    await call('Nothing', {}, { agent }),
    await putBatch(record, { agent }),
  ];

  expect(answers.map(({ status, headers }) => [status, headers['connection']])).toEqual([
    [200, 'keep-alive'],
    [400, 'keep-alive'],
    [200, 'keep-alive'],
  ]);
  expect(Object.values(agent.freeSockets).flat()).toHaveLength(1);
  agent.destroy();
});

it('answers 503 while too much waits for delivery, and takes the batch when there is capacity again', async () => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const slow = await openDeliveryStream({
    name: 'slow',
    folder: `${folder()}/slow`,
    prefix: 'slow_',
    index: { name: 'apache' },
    bufferBytes: 1000,
    bufferSeconds: 60,
    transform: functionOf(async ({ records }) => ({
      records: records.map(({ recordId, data }) => ({ recordId, result: 'Dropped', data })),
    })),
    store: { write: async () => [], close: async () => {} },
    warn: () => {},
    openFile: async (path, flags) => {
      await opened;
      return openFile(path, flags);
    },
  });
  const slowEndpoint = await startFirehoseEndpoint({ streams: [slow], port: 0, patienceSeconds: 0.05 });
  const full = slow.putRecords([Buffer.alloc(7_000_000)]);
  const body = { DeliveryStreamName: 'slow', Record: { Data: base64('x') } };
  const put = () => call('PutRecord', body, { url: slowEndpoint.url });

  const refused = await put();
  open();
  await full;
  await until(async () => (await put()).status === 200, { what: 'taken' });

  expect(refused).toMatchObject({
    status: 503,
    body: { __type: 'ServiceUnavailableException', message: expect.stringMatching(/^Slow down\./) },
  });
  await slowEndpoint.close();
  await slow.close();
});

it('answers 503 when the stream is closing', async () => {
  await stream.close();

  expect(await putBatch([{ Data: base64('x') }])).toMatchObject({
    status: 503,
    body: { __type: 'ServiceUnavailableException' },
  });
});

it('closes though clients keep their connections open', async () => {
  const agent = new Agent({ keepAlive: true });
  await putBatch([{ Data: base64('x') }], { agent });

  await endpoint.close();

  await expect(putBatch([{ Data: base64('x') }])).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  agent.destroy();
});

it('says which port is taken, and which host is not on this machine', async () => {
  await expect(startFirehoseEndpoint({ streams: [], port: endpoint.port })).rejects.toMatchObject({
    code: 'PORT_TAKEN',
    message: expect.stringContaining(`Port ${endpoint.port} on 127.0.0.1`),
  });
  await expect(startFirehoseEndpoint({ streams: [], port: 0, host: '192.0.2.1' })).rejects.toMatchObject({
    code: 'LISTEN_FAILED',
    message: expect.stringContaining('no such address on this machine'),
  });
});

describe('metrics', () => {
  const get = async (accept: string) => (await fetch(`${endpoint.url}/metrics`, { headers: { accept } })).text();

  it('count what came in and what became of it', async () => {
    await putBatch([{ Data: base64('one') }, { Data: base64('two!') }]);
    await call('PutRecord', { DeliveryStreamName: 'nobody', Record: { Data: '' } });
    await stream.drain();

    const { streams, requests } = JSON.parse(await get('application/json'));

    expect(streams).toEqual([
      {
        stream: STREAM,
        records_received: 2,
        bytes_received: 7,
        records_accepted: 2,
        records_recovered: 0,
        records_transformed: 2,
        records_stored: 2,
        records_dropped: 0,
        records_failed: { processing: 0, delivery: 0 },
        records_buffered: 0,
        bytes_buffered: 0,
        put_requests: 1,
        put_seconds: expect.any(Number),
      },
    ]);
    expect(requests).toEqual({ ok: 1, ResourceNotFoundException: 1 });
  });

  it('are text that Prometheus reads', async () => {
    await putBatch([{ Data: base64('one') }]);

    const text = await get('*/*');

    const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(samples).toContain(`clickstreamy_records_accepted_total{stream="${STREAM}"} 1`);
    expect(samples).toContain('clickstreamy_requests_total{outcome="ok"} 1');
    expect(samples).toContain(`clickstreamy_put_seconds_bucket{stream="${STREAM}",le="+Inf"} 1`);
    expect(samples).toContain(`clickstreamy_put_seconds_count{stream="${STREAM}"} 1`);
    for (const sample of samples) expect(sample).toMatch(/^[a-z_]+\{(?:[a-z]+="[^"]*",?)*\} [\d.e+-]+$/);
    expect(text.endsWith('\n')).toBe(true);
  });

  it('say why records failed', async () => {
    await endpoint.close();
    const reasonsOf = () => ({ shape: 3, blank: 2 });
    endpoint = await startFirehoseEndpoint({ streams: [stream], port: 0, reasonsOf });

    expect(JSON.parse(await get('application/json')).streams[0].records_failed).toMatchObject({ shape: 3 });
  });

  it('are for this machine only', async () => {
    expect((await send('', { method: 'GET', path: '/metrics', host: 'evil.example' })).status).toBe(403);
  });
});
