/** Sends bytes as they are, for what no HTTP client would send. */
import { connect } from 'node:net';

/**
 * Writes `bytes`, then reads until the site closes the connection or, with `answers`, until so many replies began.
 *
 * @returns all that the site sent, one character a byte.
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
    // A reset after the answer is how a site may get rid of a client that goes on sending.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(received));
    socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  });
}
