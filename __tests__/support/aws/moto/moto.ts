/** `moto_server`, a stand-in for AWS that keeps everything in memory, and the proxy in front of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { until } from '../../until';
import { type AwsProxy, startProxy } from './proxy';
import { gapRules } from './rules';

export interface Moto {
  /** The endpoint of every AWS service: the proxy's. */
  readonly url: string;
  readonly filledGaps: AwsProxy['filledGaps'];
  stop(): Promise<void>;
}

const DEADLINE_MS = 60_000;

/** @throws Error with moto_server's output if it ends or does not answer within a minute. */
export async function startMoto(program: string): Promise<Moto> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], {
    env: { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said = (said + chunk).slice(-4000);
  });
  try {
    await untilAnswering(url, child);
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`${error}\n${said}`);
  }
  const proxy = await startProxy(url, gapRules());
  return {
    url: proxy.url,
    filledGaps: proxy.filledGaps,
    async stop() {
      await proxy.close();
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function untilAnswering(url: string, child: ChildProcess): Promise<void> {
  const answers = () =>
    fetch(`${url}/moto-api/data.json`).then(
      (reply) => reply.ok,
      () => false,
    );
  await until(async () => child.exitCode !== null || (await answers()), {
    what: 'moto_server answers',
    deadlineMs: DEADLINE_MS,
  });
  if (child.exitCode !== null) throw new Error(`moto_server ended with ${child.exitCode}.`);
}
