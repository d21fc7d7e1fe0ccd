/** A connection against raw sockets: each reply belongs to its request, whatever a server does. */

import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Connection, openConnection, type Reply } from '../../traffic/connection';
import { until } from '../support/until';

const HELLO = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const opened: { server?: Server; connection?: Connection } = {};

afterEach(async () => {
  opened.connection?.close();
  await new Promise((resolve) => (opened.server === undefined ? resolve(undefined) : opened.server.close(resolve)));
});

/** @param answer is called with each chunk that comes. */
async function connect(answer: (socket: Socket, text: string) => void, timeoutSeconds = 10): Promise<Connection> {
  const server = createServer((socket) => {
    socket.on('data', (chunk) => answer(socket, String(chunk))).on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const connection = openConnection({ url, timeoutSeconds });
  Object.assign(opened, { server, connection });
  return connection;
}

const send = (connection: Connection, request = HELLO) =>
  new Promise<Reply>((resolve) => connection.send(request, resolve));

describe('a connection', () => {
  it('gives the status and all cookies of a reply, and can be reused', async () => {
    const connection = await connect((socket) =>
      socket.write('HTTP/1.1 303 See Other\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nContent-Length: 0\r\n\r\n'),
    );

    const replies = [await send(connection), await send(connection)];

    expect(replies).toEqual(Array(2).fill({ ok: true, status: 303, setCookies: ['a=1', 'b=2'] }));
    expect(connection.isOpen).toBe(true);
  });

  it('sends the request exactly as given', async () => {
    let seen = '';
    const connection = await connect((socket, text) => {
      seen = text;
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    });

    await send(connection);

    expect(seen).toBe(HELLO);
  });

  it('reads a reply that comes in pieces, and a chunked one', async () => {
    const pieces = ['HTTP/1.1 20', '0 OK\r\nTransfer-Enc', 'oding: chunked\r\n\r\n5\r\nhel', 'lo\r\n0\r\n', '\r\n'];
    const connection = await connect((socket) => {
      socket.setNoDelay(true);
      for (const [place, piece] of pieces.entries()) setTimeout(() => socket.write(piece), place * 5);
    });

    const reply = await send(connection);

    expect(reply).toMatchObject({ ok: true, status: 200 });
  });

  it('is not reused after `Connection: close`', async () => {
    const connection = await connect((socket) =>
      socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'),
    );

    const reply = await send(connection);

    expect(reply).toMatchObject({ ok: true, status: 200 });
    expect(connection.isOpen).toBe(false);
  });

  it('takes a body without a length as ended by the close', async () => {
    const connection = await connect((socket) => socket.end('HTTP/1.0 404 Not Found\r\n\r\nnothing here'));

    const reply = await send(connection);

    expect(reply).toMatchObject({ ok: true, status: 404 });
    expect(connection.isOpen).toBe(false);
  });

  it('does not take a 103 for the reply', async () => {
    const connection = await connect((socket) =>
      socket.write('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
    );

    const reply = await send(connection);

    expect(reply).toMatchObject({ ok: true, status: 200 });
  });

  it.each([
    ['closed', 'before any reply', (socket: Socket) => socket.end()],
    ['closed', 'within a reply', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nha')],
    ['reset', 'before any reply', (socket: Socket) => socket.resetAndDestroy()],
  ] as const)('loses its request, %s, when the server goes %s', async (loss, _when, answer) => {
    const connection = await connect(answer);

    const reply = await send(connection);

    expect(reply).toEqual({ ok: false, loss });
    expect(connection.isOpen).toBe(false);
  });

  it('loses its request after the time-out', async () => {
    const connection = await connect(() => {}, 0.05);

    const reply = await send(connection);

    expect(reply).toEqual({ ok: false, loss: 'timeout' });
    expect(connection.isOpen).toBe(false);
  });

  it('loses its request when nobody listens', async () => {
    const connection = openConnection({ url: new URL('http://127.0.0.1:1'), timeoutSeconds: 5 });

    const reply = await send(connection);

    expect(reply).toEqual({ ok: false, loss: 'refused' });
  });

  it('loses its request when it is closed', async () => {
    const connection = await connect(() => connection.close());

    const reply = await send(connection);

    expect(reply).toEqual({ ok: false, loss: 'cut' });
  });

  it('is not reused after an unsolicited reply', async () => {
    let unasked = () => {};
    const connection = await connect((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      unasked = () => socket.write('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n');
    });
    await send(connection);

    unasked();

    await until(() => !connection.isOpen, { what: 'the connection is closed' });
  });
});
