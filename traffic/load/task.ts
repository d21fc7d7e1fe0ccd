/**
 * The program of a load task: fetches the traffic tool from the run's folder in the bucket, runs its shard, and leaves the ledger there.
 * It runs in a container of Node's public image with nothing but Node, as `node -e` of a script in the task definition, which takes
 * 64 KiB: so it must stay small.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import { retry } from '../../core/retry';

/** Set by the task definition or by the run; all begin with `LOAD_`. */
type LoadVariable = 'RUN_URL' | 'REGION' | 'SITE' | 'RATE' | 'SECONDS' | 'ERRORS' | 'RUN' | 'SEED' | 'SHARD' | 'START';

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());

run().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.stderr.write(`error: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  },
);

async function run(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'load-'));
  try {
    return await runIn(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function runIn(folder: string): Promise<number> {
  const [tool, ledger] = [join(folder, 'traffic.js'), join(folder, 'ledger.json')];
  writeFileSync(tool, await exchange('GET', 'traffic.js'));
  // All shards begin together, however long each container took to come up.
  await sleep(Math.max(0, Date.parse(variable('START')) - Date.now()), undefined, { signal: stop.signal });
  const code = await runShard(tool, ledger);
  // A run that failed or was stopped leaves a ledger too, if it sent anything.
  if (existsSync(ledger)) await exchange('PUT', `${variable('SHARD').split('/')[0]}.json`, readFileSync(ledger));
  return code;
}

function runShard(tool: string, ledger: string): Promise<number> {
  const flags = {
    url: 'SITE',
    rate: 'RATE',
    seconds: 'SECONDS',
    errors: 'ERRORS',
    run: 'RUN',
    seed: 'SEED',
    shard: 'SHARD',
  } as const;
  const args = Object.entries(flags).map(([flag, name]) => `--${flag}=${variable(name)}`);
  const child = spawn(process.execPath, [tool, ...args, `--ledger=${ledger}`, '--json'], { stdio: 'inherit' });
  stop.signal.addEventListener('abort', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve(code ?? 1));
  });
}

class RefusedError extends Error {}

/** Reads or writes an object in the run's folder. S3 asks its callers to retry after a 5xx. */
function exchange(method: 'GET' | 'PUT', name: string, body?: Buffer): Promise<Buffer> {
  const url = `${variable('RUN_URL')}/${name}`;
  return retry(
    async () => {
      const reply = await fetch(url, { method, headers: await sign(method, url, body), body: body ?? null });
      const bytes = Buffer.from(await reply.arrayBuffer());
      if (reply.ok) return bytes;
      const why = `${method} ${url} was answered with ${reply.status}: ${bytes.toString().slice(0, 500)}`;
      throw reply.status < 500 ? new RefusedError(why) : new Error(why);
    },
    {
      again: (attempt) => 'error' in attempt && !(attempt.error instanceof RefusedError),
      attempts: 6,
      backoff: { firstMs: 400 },
    },
  );
}

async function sign(method: string, url: string, body: Buffer | undefined): Promise<Headers> {
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken } = await fetchCredentials();
  // Given here, since aws4fetch leaves the body of a request to S3 unsigned.
  const headers = {
    'x-amz-content-sha256': createHash('sha256')
      .update(body ?? '')
      .digest('hex'),
  };
  const region = variable('REGION');
  const keys = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
  const signed = await new AwsV4Signer({ method, url, headers, service: 's3', region, ...keys }).sign();
  return signed.headers;
}

interface TaskCredentials {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token?: string;
}

/** The credentials of the task's role, from ECS. They expire, so each request fetches them. */
async function fetchCredentials(): Promise<TaskCredentials> {
  const full = process.env['AWS_CONTAINER_CREDENTIALS_FULL_URI'];
  const reply = await fetch(full ?? `http://169.254.170.2${process.env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI']}`);
  if (!reply.ok) throw new Error(`the task's credentials were refused with ${reply.status}`);
  return (await reply.json()) as TaskCredentials;
}

function variable(name: LoadVariable): string {
  const value = process.env[`LOAD_${name}`];
  if (value === undefined || value === '') throw new Error(`LOAD_${name} is not set; traffic load sets it`);
  return value;
}
