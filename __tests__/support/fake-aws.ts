/**
 * The parts of AWS that a load run uses: an ECS that runs the task definition's script as a process for each task; a bucket, kept in a
 * folder, that refuses wrong signatures; the endpoint where a task gets its credentials.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { SignatureV4 } from '@smithy/signature-v4';
import { builtFile } from '../../core/package-root';
import { Sha256 } from './sha256';

const KEYS = {
  accessKeyId: 'AKIDTASK',
  secretAccessKey: 'a secret/of+the task',
  sessionToken: 'a token of the session',
};

interface Reply {
  readonly status: number;
  readonly body: string | Buffer;
}

export interface FakeAws {
  readonly url: string;
  /** The folder that holds the bucket. */
  readonly folder: string;
  /** Number of S3 requests by tasks that were signed correctly. */
  readonly signed: () => number;
  readonly running: () => number;
  /** How many more times S3 answers 503. */
  failures: number;
  /** Why ECS starts only the first task; undefined if it starts all. */
  refusal: string | undefined;
  close(): Promise<void>;
}

/** @param definition environment of the task definition: `LOAD_SITE`, `LOAD_RATE`, … */
export async function startFakeAws(folder: string, definition: Readonly<Record<string, string>>): Promise<FakeAws> {
  const tasks = new Map<string, ChildProcess>();
  let signed = 0;

  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const { status, body: answer } = await reply(request, body);
    response.writeHead(status).end(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function reply(request: IncomingMessage, body: Buffer): Promise<Reply> {
    if (request.url === '/credentials') {
      const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token } = KEYS;
      return { status: 200, body: JSON.stringify({ AccessKeyId, SecretAccessKey, Token }) };
    }
    const target = String(request.headers['x-amz-target'] ?? '').split('.')[1];
    if (target !== undefined) return { status: 200, body: JSON.stringify(ecs(target, JSON.parse(body.toString()))) };
    return s3(request, body);
  }

  async function s3(request: IncomingMessage, body: Buffer): Promise<Reply> {
    if (aws.failures > 0) {
      aws.failures -= 1;
      return { status: 503, body: '<Error><Message>Please reduce your request rate.</Message></Error>' };
    }
    if (String(request.headers.authorization).includes(KEYS.accessKeyId)) {
      if (!(await isSigned(request, body)))
        return { status: 403, body: '<Error><Code>SignatureDoesNotMatch</Code></Error>' };
      signed += 1;
    }
    // The SDK names the operation in a query.
    const file = join(folder, String(request.url).split('?', 1)[0] ?? '');
    if (request.method === 'PUT') {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, body);
      return { status: 200, body: '' };
    }
    return existsSync(file) ? { status: 200, body: readFileSync(file) } : { status: 404, body: '' };
  }

  // biome-ignore lint/suspicious/noExplicitAny: the inputs are ECS's.
  function ecs(action: string, input: any): object {
    if (action === 'RunTask') {
      if (aws.refusal !== undefined && tasks.size > 0) return { tasks: [], failures: [{ reason: aws.refusal }] };
      const arn = `task/${tasks.size + 1}`;
      const asked = input.overrides.containerOverrides[0].environment as { name: string; value: string }[];
      const environment = Object.fromEntries(asked.map(({ name, value }) => [name, value]));
      tasks.set(
        arn,
        spawnTask({ ...definition, ...environment, AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/credentials` }),
      );
      return { tasks: [{ taskArn: arn, lastStatus: 'PENDING' }] };
    }
    if (action === 'StopTask') {
      tasks.get(input.task)?.kill('SIGTERM');
      return {};
    }
    return { tasks: (input.tasks as string[]).map((arn) => toTask(arn, tasks.get(arn))) };
  }

  const aws: FakeAws = {
    url,
    folder,
    signed: () => signed,
    running: () =>
      [...tasks.values()].filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null).length,
    failures: 0,
    refusal: undefined,
    async close() {
      for (const task of tasks.values()) task.kill('SIGKILL');
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return aws;
}

function spawnTask(environment: Record<string, string>): ChildProcess {
  const script = readFileSync(builtFile('load', 'task.js'), 'utf8');
  return spawn(process.execPath, ['-e', script], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: 'ignore',
  });
}

function toTask(taskArn: string, task: ChildProcess | undefined): object {
  const exitCode = task?.exitCode ?? (task?.signalCode ? 143 : undefined);
  return { taskArn, lastStatus: exitCode === undefined ? 'RUNNING' : 'STOPPED', containers: [{ exitCode }] };
}

/** Checks with the SDK's signer. */
async function isSigned(request: IncomingMessage, body: Buffer): Promise<boolean> {
  const { authorization = '', 'x-amz-date': time = '', 'x-amz-content-sha256': hash, host = '' } = request.headers;
  const signer = new SignatureV4({
    region: 'eu-west-1',
    service: 's3',
    credentials: KEYS,
    sha256: Sha256,
    uriEscapePath: false,
  });
  const signingDate = new Date(String(time).replace(/^(.{4})(..)(..T..)(..)(..)Z$/, '$1-$2-$3:$4:$5Z'));
  const headers = { host, 'x-amz-content-sha256': String(hash) };
  const target = {
    method: request.method ?? '',
    protocol: 'http:',
    hostname: host,
    path: request.url ?? '',
    headers,
    body,
  };
  const expected = await signer.sign(target, { signingDate });
  return expected.headers['authorization'] === authorization;
}
