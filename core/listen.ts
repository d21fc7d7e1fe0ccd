/** Binds a server to its port; all servers of this project do it here. */
import type { AddressInfo, Server } from 'node:net';
import { errnoOf, reasonOf, ToolkitError } from './errors';

export interface ListenProps {
  /** For the message: `the demo site`. */
  readonly what: string;
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** The option that sets the port: `--port`. */
  readonly option: string;
}

export interface Bound {
  readonly port: number;
  /** `http://127.0.0.1:8080`, without a trailing slash. */
  readonly url: string;
}

/** @throws ToolkitError PORT_TAKEN, LISTEN_FAILED */
export async function listen(server: Server, props: ListenProps): Promise<Bound> {
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: Error) => reject(toListenError(error, props));
    server.once('error', refuse);
    server.listen(props.port, props.host, () => {
      server.off('error', refuse);
      // From now on an error concerns one connection that could not be accepted.
      server.on('error', () => {});
      resolve();
    });
  });
  const { address, family, port } = server.address() as AddressInfo;
  return { port, url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}` };
}

/** Whether a server that listens here is out of other machines' reach. */
export const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);

/**
 * Whether a request names this machine: a hostile site can point its own name at a loopback address (DNS rebinding).
 *
 * @param header the request's Host.
 * @param host what the server listens on; its clients may name that too.
 */
export function isFromHere(header: string | undefined, host: string): boolean {
  const name = header
    ?.toLowerCase()
    .replace(/:\d*$/, '')
    .replace(/^\[(.*)\]$/, '$1');
  return name !== undefined && ['localhost', '127.0.0.1', '::1', host].includes(name);
}

function toListenError(cause: Error, { what, host, port, option }: ListenProps): ToolkitError {
  if (errnoOf(cause) === 'EADDRINUSE') {
    const message = `Port ${port} on ${host}, meant for ${what}, is taken.`;
    return new ToolkitError(
      'PORT_TAKEN',
      message,
      `Stop the program that listens there, or choose another port: ${option} ${near(port)}`,
      {
        cause,
      },
    );
  }
  const message = `${host}:${port} cannot be used for ${what}: ${reasonOf(cause)}.`;
  return new ToolkitError('LISTEN_FAILED', message, `Choose another port: ${option} ${near(port)}`, { cause });
}

/** A port that may be free; 0 picks one that is. */
const near = (port: number) => (port > 65_530 ? 0 : port + 5);
