/** Requests that node:http does not pass to the application: garbage, too slow, too long. They are answered and logged too. */
import type { Socket } from 'node:net';
import { renderLogLine } from '../../click/log-format';
import type { AccessLog } from './access-log';
import { clientOf, type Exchange, nextRequestId, rawReply } from './exchange';

/** An error of node's parser. */
export interface ParserFault extends Error {
  readonly code?: string;
  readonly rawPacket?: Buffer;
}

/** The longest request line that is logged; Apache's limit. */
const REQUEST_LINE_CHARACTERS = 8190;

/** @param last the last request of this connection that reached the application, if any. */
export function answerUnparsed(fault: ParserFault, socket: Socket, last: Exchange | undefined, log: AccessLog): void {
  if (fault.code === 'ECONNRESET' || fault.code === 'EPIPE') {
    socket.destroy();
    return;
  }
  const request = last === undefined ? requestLine(fault.rawPacket, socket) : undefined;
  const status = statusOf(fault, request);
  const { text, bytes } = rawReply(status);
  // The fault is in the body of a request that has reached the application.
  if (last !== undefined && !last.request.complete) last.finish(status, bytes);
  else writeLine(log, socket, request, status, bytes);
  if (mayReply(last) && socket.writable) socket.end(text, () => socket.destroy());
  else socket.destroy();
}

/** Whether a reply can be sent that lands neither before nor inside the answer to an earlier request. */
function mayReply(last: Exchange | undefined): boolean {
  if (last?.response === undefined || last.response.writableEnded) return true;
  return !last.request.complete && !last.response.headersSent;
}

/** Refuses CONNECT: this site opens no tunnels. */
export function refuseTunnel(exchange: Exchange): void {
  const { text, bytes } = rawReply(405);
  exchange.finish(405, bytes);
  exchange.request.socket.end(text);
}

function statusOf({ code }: ParserFault, request: string | undefined): number {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408;
  if (code === 'HPE_HEADER_OVERFLOW') return (request?.length ?? 0) >= REQUEST_LINE_CHARACTERS ? 414 : 431;
  if (code === 'HPE_INVALID_METHOD' && request !== undefined && /^[A-Z]+ \S+ HTTP\/1\.[01]$/.test(request)) return 405;
  return 400;
}

/** Reads a connection's first packet only: a later one may begin in the middle of a header, and headers are private. */
function requestLine(packet: Buffer | undefined, socket: Socket): string | undefined {
  if (packet === undefined || packet.length === 0 || socket.bytesRead !== packet.length) return undefined;
  const start = packet.toString('latin1', 0, REQUEST_LINE_CHARACTERS);
  // C strings end at NUL, so Apache's log line does too.
  return start.split(/[\r\n\0]/, 1)[0];
}

function writeLine(log: AccessLog, socket: Socket, request: string | undefined, status: number, bytes: number): void {
  log.write(
    renderLogLine({
      host: clientOf(socket.remoteAddress),
      time: new Date(),
      request,
      status,
      bytes,
      id: nextRequestId(),
      encoding: 'latin1',
    }),
  );
}
