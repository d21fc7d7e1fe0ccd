/**
 * Measures the WordPress site: the time of its set-up, whether it sustains 50 sign-ins a second, and what the log's notes cost per page.
 * For the last, two Apaches in front of one PHP, one with the notes and one with the plain combined format, are asked in turn.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod, chown, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { siteUser, startWordPressSite, type WordPressSite } from '../site/wordpress-site';
import { median, type Report } from './report';

const ROUNDS = 3;
const SIGN_INS_PER_SECOND = 50;
const SECONDS = 10;
const ACCOUNTS = 20;
const PAIRS = 300;
const TOKEN = 'bench';
const PASSWORD = 'correct horse';

export async function benchSite(): Promise<Report> {
  const setUps: number[] = [];
  for (let round = 1; round < ROUNDS; round++) setUps.push(await withSite(async ({ seconds }) => seconds));
  const { seconds, signIns, notes } = await withSite(async (started) => ({
    seconds: started.seconds,
    signIns: await holdSignIns(started.site),
    notes: await compareNotes(started.site, started.folder),
  }));
  const setUpSeconds = Number(median([...setUps, seconds]).toFixed(2));
  return {
    passed: signIns.good === SIGN_INS_PER_SECOND * SECONDS,
    setUpSeconds,
    signInsPerSecond: SIGN_INS_PER_SECOND,
    signInsGood: signIns.good,
    signInP50Ms: signIns.p50Ms,
    signInP99Ms: signIns.p99Ms,
    pageMs: notes.pageMs,
    notesCostPercent: notes.costPercent,
    cores: availableParallelism(),
    node: process.version,
  };
}

interface Started {
  readonly site: WordPressSite;
  readonly folder: string;
  readonly seconds: number;
}

async function withSite<T>(work: (started: Started) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'clickstreamy-bench-'));
  await chmod(folder, 0o755);
  const startedMs = performance.now();
  try {
    const site = await startWordPressSite({ folder, port: 0, token: TOKEN });
    const seconds = (performance.now() - startedMs) / 1000;
    process.stderr.write(`set up in ${seconds.toFixed(2)} s\n`);
    return await work({ site, folder, seconds }).finally(() => site.close());
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const post = (url: string, fields: Readonly<Record<string, string>>) =>
  fetch(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'x-clickstream-token': TOKEN },
    body: new URLSearchParams(fields),
  });

/** One sign-in every 20 ms by the clock, whether the earlier ones are answered or not. */
async function holdSignIns({ url }: WordPressSite) {
  for (let i = 0; i < ACCOUNTS; i++) await post(`${url}/sign-up/`, { user: `bench ${i}`, password: PASSWORD });
  const startMs = performance.now();
  const answers = Array.from({ length: SIGN_INS_PER_SECOND * SECONDS }, async (_, i) => {
    const dueMs = startMs + (i * 1000) / SIGN_INS_PER_SECOND;
    await sleep(dueMs - performance.now());
    const { status } = await post(`${url}/sign-in/`, { user: `bench ${i % ACCOUNTS}`, password: PASSWORD });
    return { status, ms: performance.now() - dueMs };
  });
  const all = await Promise.all(answers);
  const sorted = all.map(({ ms }) => ms).sort((a, b) => a - b);
  const at = (share: number) => Number((sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1));
  return { good: all.filter(({ status }) => status === 303).length, p50Ms: at(0.5), p99Ms: at(0.99) };
}

async function compareNotes(site: WordPressSite, folder: string) {
  const plain = await startPlainApache(site.port + 1, folder);
  const ms = async (url: string) => {
    const startMs = performance.now();
    await (await fetch(`${url}/pricing/`)).arrayBuffer();
    return performance.now() - startMs;
  };
  const noted: number[] = [];
  const bare: number[] = [];
  for (let i = 0; i < PAIRS; i++) {
    // The order alternates, so that neither always finds the caches warm.
    if (i % 2 === 0) noted.push(await ms(site.url));
    bare.push(await ms(plain.url));
    if (i % 2 === 1) noted.push(await ms(site.url));
  }
  await plain.close();
  const costPercent = Number(((median(noted) / median(bare) - 1) * 100).toFixed(2));
  return { pageMs: Number(median(noted).toFixed(2)), costPercent };
}

/** The same Apache in front of the same PHP, except for the notes and the format. */
async function startPlainApache(port: number, folder: string) {
  const conf = join(folder, 'conf', 'plain.conf');
  const text = readFileSync(join(folder, 'conf', 'httpd.conf'), 'utf8')
    .replace(/^Listen .*\n/gm, '')
    .replace(/^Header always (note|unset) X-Clickstream.*\n/gm, '')
    .replace(
      /^Include .*click-log.*$/m,
      'LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-Agent}i\\"" clickstreamy',
    )
    .replace(/access_log"/, 'plain_log"')
    .replace(/httpd\.pid/, 'plain.pid');
  writeFileSync(conf, `Listen 127.0.0.1:${port}\n${text}`);
  const user = siteUser();
  if (user !== undefined) await chown(conf, user.uid, user.gid);
  const child = spawn('/usr/sbin/apache2', ['-f', conf, '-DFOREGROUND'], { ...user, stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  for (let i = 0; i < 100 && !(await answers(url)); i++) await sleep(50);
  return {
    url,
    close: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

const answers = (url: string) =>
  fetch(`${url}/health`).then(
    ({ ok }) => ok,
    () => false,
  );
