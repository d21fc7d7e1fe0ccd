/**
 * A Firehose endpoint that refuses one record in twenty, as the real one does when throttled, and remembers which ones it has
 * accepted. It runs in its own process so that it does not slow down what it measures.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The reply to the benchmark's message at the end. */
export interface Accepted {
  readonly calls: number;
  readonly refused: number;
  /** Distinct lines, by the number in their ids. */
  readonly lines: number;
  readonly twice: number;
}

const REFUSED_ONE_IN = 20;
const REFUSAL = { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' };

/** How often each line has been accepted. */
let times = new Uint8Array(1 << 20);
let [calls, records, refused] = [0, 0, 0];

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { Records } = JSON.parse(Buffer.concat(chunks).toString('latin1')) as { Records: { Data: string }[] };
    calls++;
    const RequestResponses = Records.map(({ Data }) => {
      if (++records % REFUSED_ONE_IN === 0) return REFUSAL;
      accept(Buffer.from(Data, 'base64').toString('latin1'));
      return { RecordId: `record-${records}` };
    });
    const FailedPutCount = RequestResponses.filter((answer) => answer === REFUSAL).length;
    refused += FailedPutCount;
    const body = Buffer.from(JSON.stringify({ FailedPutCount, Encrypted: false, RequestResponses }));
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1', 'content-length': body.length }).end(body);
  });
});

function accept(line: string): void {
  const end = line.lastIndexOf('; us = ');
  const number = Number.parseInt(line.slice(end - 12, end), 36);
  while (number >= times.length) {
    const larger = new Uint8Array(times.length * 2);
    larger.set(times);
    times = larger;
  }
  times[number] = (times[number] ?? 0) + 1;
}

server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('message', () => {
  const accepted: Accepted = {
    calls,
    refused,
    lines: times.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0),
    twice: times.reduce((sum, count) => sum + (count > 1 ? 1 : 0), 0),
  };
  times.fill(0);
  [calls, records, refused] = [0, 0, 0];
  process.send?.(accepted);
});
process.on('disconnect', () => process.exit());
