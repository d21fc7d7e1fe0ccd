import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the endpoint does with one request: `lost` accepts the records and breaks the connection before the reply. */
export type Behaviour =
  | 'accept'
  | '503'
  | 'throttle'
  | 'reset'
  | 'lost'
  | 'empty'
  | 'not-found'
  | 'hold'
  | PartialFailure;
/** Which of a batch's records are refused, by their index. */
export type PartialFailure = (index: number) => boolean;

export interface Endpoint {
  readonly url: URL;
  /** Every record accepted, in order; twice if it came twice. */
  readonly lines: string[];
  /** For each request, its records' sizes in bytes. */
  readonly batches: number[][];
  readonly headers: IncomingMessage['headers'][];
  /** Asked once for each request, in order. */
  behave: (request: number) => Behaviour;
  /** Answers, with acceptance, the requests on hold. */
  release(): void;
  close(): Promise<void>;
}

/** A Firehose endpoint over real HTTP that fails on demand. */
export async function openEndpoint(port = 0): Promise<Endpoint> {
  const lines: string[] = [];
  const batches: number[][] = [];
  const headers: IncomingMessage['headers'][] = [];
  let held: (() => void)[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    // As a real Firehose, it does not know where records come from.
    if (request.headers['x-amz-target'] !== 'Firehose_20150804.PutRecordBatch')
      return reply(response, 400, { __type: 'UnknownOperationException' });
    const { Records } = JSON.parse(Buffer.concat(chunks).toString()) as { Records: { Data: string }[] };
    const records = Records.map(({ Data }) => Buffer.from(Data, 'base64'));
    batches.push(records.map(({ length }) => length));
    headers.push(request.headers);
    const behaviour = endpoint.behave(batches.length - 1);
    const accept = (refused: PartialFailure) => {
      lines.push(...records.filter((_, index) => !refused(index)).map((record) => record.toString('latin1')));
      return records.map((_, index) =>
        refused(index)
          ? { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' }
          : { RecordId: `${batches.length}-${index}` },
      );
    };
    const answer = (refused: PartialFailure) => {
      const RequestResponses = accept(refused);
      const FailedPutCount = records.filter((_, index) => refused(index)).length;
      reply(response, 200, { FailedPutCount, Encrypted: false, RequestResponses });
    };
    if (typeof behaviour === 'function') return answer(behaviour);
    switch (behaviour) {
      case 'accept':
        return answer(() => false);
      case '503':
        return reply(response, 503, { __type: 'ServiceUnavailableException', message: 'Slow down.' });
      case 'throttle':
        return reply(response, 400, { __type: 'ThrottlingException', message: 'Rate exceeded' });
      case 'not-found':
        return reply(response, 400, { __type: 'ResourceNotFoundException', message: 'Firehose s not found.' });
      case 'empty':
        return reply(response, 200, {});
      case 'reset':
        return void request.socket.destroy();
      case 'lost':
        accept(() => false);
        return void request.socket.destroy();
      case 'hold':
        held.push(() => answer(() => false));
    }
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const endpoint: Endpoint = {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    lines,
    batches,
    headers,
    behave: () => 'accept',
    release: () => {
      for (const answer of held) answer();
      held = [];
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return endpoint;
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}
