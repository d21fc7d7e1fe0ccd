/** Firehose's wire protocol for local delivery streams: what the Kinesis Agent and the AWS SDKs talk to. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { ToolkitError } from '../core/errors';
import { isFromHere, isLoopbackHost, listen } from '../core/listen';
import { parseSources, type RecordSource, SOURCES_HEADER } from '../core/record-source';
import { type Action, type ActionReply, badSources, toActions } from './actions';
import type { DeliveryStream } from './delivery-stream';
import { type FaultPlan, planFaults } from './faults';
import { EndpointMetrics } from './metrics';
import { parseBody, RequestError } from './requests';

export interface FirehoseEndpointProps {
  readonly streams: readonly DeliveryStream[];
  /** 0 picks a free one. */
  readonly port: number;
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** The option that sets the port, for an error. @default `port` */
  readonly option?: string;
  /** How long a request waits for capacity in the stream before the answer is "Slow down." @default 5 */
  readonly patienceSeconds?: number;
  /** Faults to make on purpose. @default none */
  readonly faults?: FaultPlan | undefined;
  /** For the metrics: how many records of a stream the function did not turn into documents, by reason. */
  readonly reasonsOf?: ((stream: string) => Readonly<Record<string, number>>) | undefined;
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

/** An agent opens about 130. */
const MAX_CONNECTIONS = 1000;
/** A request has this long to arrive whole, its headers included. */
const REQUEST_MS = 60_000;
/** What a sender that is kept waiting on purpose sees: longer than any of them waits. */
const SILENT_MS = 300_000;

/** @throws ToolkitError PORT_TAKEN, LISTEN_FAILED. */
export async function startFirehoseEndpoint(props: FirehoseEndpointProps): Promise<FirehoseEndpoint> {
  const { port, host = '127.0.0.1', option = '`port`', streams } = props;
  const metrics = new EndpointMetrics();
  const actions = toActions({
    streams,
    patienceSeconds: props.patienceSeconds ?? 5,
    received: ({ stream, records }) => metrics.received(stream, records),
    answered: (stream, seconds) => metrics.answered(stream, seconds),
    nextFate: planFaults(props.faults ?? { seed: '', share: 0 }),
  });
  const isLocal = isLoopbackHost(host);
  const silent = new Set<ServerResponse>();
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
    if (isLocal && !isFromHere(request.headers.host, host))
      throw new RequestError(403, 'AccessDeniedException', 'This endpoint is available from this machine only.');
    if (isLocal && request.method === 'GET' && request.url === '/metrics') return answerMetrics(request, response);
    const action = actionOf(request, actions);
    answerAction(response, await action({ body: parseBody(body), sources: sourcesOf(request) }));
  }

  function answerAction(response: ServerResponse, { body, lost }: ActionReply): void {
    metrics.ended(lost ?? 'ok');
    if (lost === undefined) send(response, 200, body, closing);
    else if (lost === 'broken') breakOff(response, body);
    else keepWaiting(response);
  }

  function keepWaiting(response: ServerResponse): void {
    silent.add(response);
    const timer = setTimeout(() => response.destroy(), SILENT_MS);
    response.once('close', () => {
      clearTimeout(timer);
      silent.delete(response);
    });
  }

  /** As JSON for those who ask for it, otherwise as Prometheus reads it. */
  function answerMetrics({ headers }: IncomingMessage, response: ServerResponse): void {
    const metered = streams.map((stream) => ({ stream, reasons: props.reasonsOf?.(stream.name) }));
    const isJson = headers.accept?.includes('application/json') === true;
    const text = isJson ? `${JSON.stringify(metrics.toJson(metered))}\n` : metrics.toText(metered);
    const type = isJson ? 'application/json' : 'text/plain; version=0.0.4; charset=utf-8';
    response.writeHead(200, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text);
  }

  const timing = { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: REQUEST_MS, connectionsCheckingInterval: 5_000 };
  const server = createServer(timing, (request, response) => {
    response.on('error', () => request.destroy());
    answer(request, response).catch((error) => {
      const { status, type, message } = toRequestError(error);
      metrics.ended(type);
      // The rest of the body is not read, so the connection cannot be used again.
      send(response, status, { __type: type, message }, closing || !request.complete);
    });
  });
  server.maxConnections = MAX_CONNECTIONS;
  const bound = await listen(server, { what: 'the Firehose endpoint', host, port, option });
  return {
    ...bound,
    close: () =>
      new Promise((resolve) => {
        closing = true;
        for (const response of silent) response.destroy();
        server.close(() => resolve());
      }),
  };
}

/** Sends the first half of a reply, then breaks the connection. */
function breakOff(response: ServerResponse, body: object): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(200, { 'content-type': CONTENT_TYPE, 'content-length': bytes.length });
  response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
}

function sourcesOf({ headers }: IncomingMessage): readonly RecordSource[] {
  const header = headers[SOURCES_HEADER];
  if (header === undefined) return [];
  const sources = parseSources(Buffer.from(String(header), 'base64url').toString());
  if (sources === undefined) throw badSources('cannot be read');
  return sources;
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
