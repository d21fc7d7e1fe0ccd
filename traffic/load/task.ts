/**
 * What a load task runs: it fetches the traffic tool from the run's folder in the bucket, does its shard, and leaves the ledger there.
 * Alone in a container of Node's public image, so it needs nothing but Node; `node -e` has it from the task definition.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { signObjectRequest, type TaskCredentials } from './s3-signature';

/** Those of the task definition, and those that a run adds; all that begin with `LOAD_`. */
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
  // All shards begin at one moment, however long each container took to come up.
  await sleep(Math.max(0, Date.parse(given('START')) - Date.now()), undefined, { signal: stop.signal });
  const code = await driveTraffic(tool, ledger);
  // There also where the run failed or was stopped: what was sent is in it. Not where nothing was sent.
  if (existsSync(ledger)) await exchange('PUT', `${given('SHARD').split('/')[0]}.json`, readFileSync(ledger));
  return code;
}

function driveTraffic(tool: string, ledger: string): Promise<number> {
  const flags = {
    url: 'SITE',
    rate: 'RATE',
    seconds: 'SECONDS',
    errors: 'ERRORS',
    run: 'RUN',
    seed: 'SEED',
    shard: 'SHARD',
  } as const;
  const asked = Object.entries(flags).map(([flag, variable]) => `--${flag}=${given(variable)}`);
  const child = spawn(process.execPath, [tool, ...asked, `--ledger=${ledger}`, '--json'], { stdio: 'inherit' });
  stop.signal.addEventListener('abort', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve(code ?? 1));
  });
}

const ATTEMPTS = 5;

/** An object of the run's folder, read or written. S3 asks its callers to try again after a 5xx. */
async function exchange(method: 'GET' | 'PUT', name: string, body?: Buffer): Promise<Buffer> {
  const url = new URL(`${given('RUN_URL')}/${name}`);
  const region = given('REGION');
  for (let attempt = 1; ; attempt += 1) {
    try {
      const headers = signObjectRequest({ method, url, region, body }, await fetchCredentials(), new Date());
      const reply = await fetch(url, { method, headers, body: body ?? null });
      const bytes = Buffer.from(await reply.arrayBuffer());
      if (reply.ok) return bytes;
      const why = `${method} ${url} was answered with ${reply.status}: ${bytes.toString().slice(0, 500)}`;
      if (reply.status < 500) throw Object.assign(new Error(why), { isFinal: true });
      throw new Error(why);
    } catch (error) {
      if (attempt === ATTEMPTS || (error as { isFinal?: boolean }).isFinal) throw error;
      await sleep(200 * 2 ** attempt);
    }
  }
}

/** Of the task's role, as ECS gives them to its containers; new ones each time, since they run out. */
async function fetchCredentials(): Promise<TaskCredentials> {
  const full = process.env['AWS_CONTAINER_CREDENTIALS_FULL_URI'];
  const reply = await fetch(full ?? `http://169.254.170.2${process.env['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI']}`);
  if (!reply.ok) throw new Error(`the task's credentials were refused with ${reply.status}`);
  return (await reply.json()) as TaskCredentials;
}

function given(name: LoadVariable): string {
  const value = process.env[`LOAD_${name}`];
  if (value === undefined || value === '') throw new Error(`LOAD_${name} is not set; traffic load sets it`);
  return value;
}
