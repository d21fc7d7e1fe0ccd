/** Sends raw bytes, for requests that no HTTP client would send. */
import { connect } from 'node:net';

/**
 * Writes `bytes`, then reads until the site closes the connection or, with `answers`, until that many replies have begun.
 *
 * @returns everything that the site sent, one character per byte.
 */
export function sendRaw(
  port: number,
  bytes: string | Uint8Array,
  { answers = Number.POSITIVE_INFINITY, host = '127.0.0.1' } = {},
): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (received.split('HTTP/1.1 ').length > answers) socket.destroy();
    });
    // After its reply, a site may reset the connection of a client that keeps sending.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(received));
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  });
}
