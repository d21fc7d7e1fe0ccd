/** Firehose's wire protocol for local delivery streams: what the Kinesis Agent and the AWS SDKs talk to. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { ToolkitError } from '../core/errors';
import { listen } from '../core/listen';
import { fitsSources, parseSources, type RecordSource, SOURCES_HEADER } from '../core/record-source';
import type { DeliveryStream } from './delivery-stream';
import {
  type Put,
  parseBody,
  parseDescribe,
  parseList,
  parsePutRecord,
  parsePutRecordBatch,
  RequestError,
} from './requests';

export interface FirehoseEndpointProps {
  readonly streams: readonly DeliveryStream[];
  /** 0 picks a free one. */
  readonly port: number;
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** How long a request waits for capacity in the stream before the answer is "Slow down." @default 5 */
  readonly patienceSeconds?: number;
}

export interface FirehoseEndpoint {
  /** `http://127.0.0.1:4573` */
  readonly url: string;
  readonly port: number;
  /** Answers the requests in progress, then releases the port. */
  close(): Promise<void>;
}

const TARGET = 'Firehose_20150804.';
const CONTENT_TYPE = 'application/x-amz-json-1.1';
/** 4 MiB of records in base64, and their JSON. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
/** All requests in progress together: an agent opens up to 130 connections. */
const MAX_BODIES_BYTES = 64 * 1024 * 1024;
/** Longer than clients keep theirs, so that clients close first: no request meets a closed connection. */
const KEEP_ALIVE_MS = 75_000;

/** @throws ToolkitError PORT_TAKEN, LISTEN_FAILED. */
export async function startFirehoseEndpoint(props: FirehoseEndpointProps): Promise<FirehoseEndpoint> {
  const { port, host = '127.0.0.1' } = props;
  const actions = toActions(props);
  let closing = false;
  let bodiesBytes = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let held = 0;
    response.once('close', () => {
      bodiesBytes -= held;
    });
    const body = await readBody(request, (bytes) => {
      if (bodiesBytes + bytes > MAX_BODIES_BYTES) return false;
      held += bytes;
      bodiesBytes += bytes;
      return true;
    });
    const action = actionOf(request, actions);
    send(response, 200, await action(parseBody(body), sourcesOf(request)), closing);
  }

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    response.on('error', () => request.destroy());
    answer(request, response).catch((error) => {
      const { status, type, message } = toRequestError(error);
      // The rest of the body is not read, so the connection cannot be used again.
      send(response, status, { __type: type, message }, closing || !request.complete);
    });
  });
  const bound = await listen(server, { what: 'the Firehose endpoint', host, port, option: '`port`' });
  return {
    ...bound,
    close: () =>
      new Promise((resolve) => {
        closing = true;
        server.close(() => resolve());
      }),
  };
}

type Action = (body: object, sources: readonly RecordSource[]) => Promise<object>;

function toActions({ streams, patienceSeconds = 5 }: FirehoseEndpointProps): ReadonlyMap<string, Action> {
  const byName = new Map(streams.map((stream) => [stream.name, stream]));

  function streamNamed(name: string): DeliveryStream {
    const stream = byName.get(name);
    if (stream !== undefined) return stream;
    const message = `Firehose ${name} under account 000000000000 not found.`;
    throw new RequestError(400, 'ResourceNotFoundException', message);
  }

  const put = ({ stream, records }: Put, sources: readonly RecordSource[]) => {
    if (sources.length > 0 && !fitsSources(records, sources)) throw badSources('do not fit the records');
    return streamNamed(stream).putRecords(records, { sources, patienceSeconds });
  };

  return new Map<string, Action>([
    [
      'PutRecord',
      async (body, sources) => ({ RecordId: (await put(parsePutRecord(body), sources))[0], Encrypted: false }),
    ],
    [
      'PutRecordBatch',
      async (body, sources) => {
        const ids = await put(parsePutRecordBatch(body), sources);
        return { FailedPutCount: 0, Encrypted: false, RequestResponses: ids.map((RecordId) => ({ RecordId })) };
      },
    ],
    // Not Firehose's: with it a shipper knows that the stream takes each line once, and where to go on.
    ['DescribePositions', async (body) => describePositions(streamNamed(parseDescribe(body).DeliveryStreamName))],
    ['DescribeDeliveryStream', async (body) => describeStream(streamNamed(parseDescribe(body).DeliveryStreamName))],
    ['ListDeliveryStreams', async (body) => listStreams([...byName.keys()].sort(), parseList(body))],
  ]);
}

function describeStream({ name, arn, openedAt }: DeliveryStream): object {
  return {
    DeliveryStreamDescription: {
      DeliveryStreamName: name,
      DeliveryStreamARN: arn,
      DeliveryStreamStatus: 'ACTIVE',
      DeliveryStreamType: 'DirectPut',
      VersionId: '1',
      CreateTimestamp: openedAt.getTime() / 1000,
      Destinations: [{ DestinationId: 'destinationId-000000000001' }],
      HasMoreDestinations: false,
    },
  };
}

function describePositions(stream: DeliveryStream): object {
  return { Positions: stream.positions().all() };
}

function sourcesOf({ headers }: IncomingMessage): readonly RecordSource[] {
  const header = headers[SOURCES_HEADER];
  if (header === undefined) return [];
  const sources = parseSources(Buffer.from(String(header), 'base64url').toString());
  if (sources === undefined) throw badSources('cannot be read');
  return sources;
}

function badSources(why: string): RequestError {
  return new RequestError(400, 'ValidationException', `1 validation error detected: the sources ${why}`);
}

function listStreams(names: readonly string[], request: ReturnType<typeof parseList>): object {
  const { DeliveryStreamType: type = 'DirectPut', ExclusiveStartDeliveryStreamName: after = '', Limit } = request;
  const left = type === 'DirectPut' ? names.filter((name) => name > after) : [];
  return { DeliveryStreamNames: left.slice(0, Limit), HasMoreDeliveryStreams: left.length > Limit };
}

function actionOf({ method, url, headers }: IncomingMessage, actions: ReadonlyMap<string, Action>): Action {
  if (method !== 'POST') throw new RequestError(405, 'UnknownOperationException', 'Requests are POST /.');
  if (url !== '/') throw new RequestError(404, 'UnknownOperationException', 'Requests are POST /.');
  const target = String(headers['x-amz-target'] ?? '');
  const action = target.startsWith(TARGET) ? actions.get(target.slice(TARGET.length)) : undefined;
  if (action !== undefined) return action;
  throw new RequestError(
    400,
    'UnknownOperationException',
    `X-Amz-Target must be ${TARGET}<${[...actions.keys()].join('|')}>.`,
  );
}

/**
 * Reads a body to its end even if it is refused, because a client that is still writing would not see why; but not without limit.
 *
 * @param mayHold gets the number of bytes read, and returns whether there is memory for them.
 */
async function readBody(request: IncomingMessage, mayHold: (bytes: number) => boolean): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  let refused: RequestError | undefined;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODIES_BYTES) throw tooLarge();
    if (size > MAX_BODY_BYTES) refused ??= tooLarge();
    else if (!mayHold(chunk.length)) refused ??= new RequestError(503, 'ServiceUnavailableException', 'Slow down.');
    if (refused === undefined) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (refused !== undefined) throw refused;
  return Buffer.concat(chunks, size);
}

function tooLarge(): RequestError {
  return new RequestError(413, 'RequestEntityTooLargeException', `The request body is over ${MAX_BODY_BYTES} bytes.`);
}

function toRequestError(error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  // Nothing of the batch was accepted; every client sends it again.
  if (error instanceof ToolkitError)
    return new RequestError(503, 'ServiceUnavailableException', `Slow down. ${error.message.split('\n', 1)[0]}`);
  return new RequestError(500, 'InternalFailure', 'The request could not be served.');
}

function send(response: ServerResponse, status: number, body: object, last: boolean): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': CONTENT_TYPE,
    'content-length': bytes.length,
    'x-amzn-requestid': randomUUID(),
    ...(status === 405 && { allow: 'POST' }),
    ...(last && { connection: 'close' }),
  });
  response.end(bytes);
}
