/** The WordPress site on Debian's packages, as processes of this user in one folder. `site/wordpress/server/debian.sh` sets it up and runs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { networkInterfaces } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { ToolkitError } from '../core/errors';
import { listen } from '../core/listen';
import { wordPressFiles } from './wordpress-files';
import { checkPackages, findPhp } from './wordpress-packages';

export interface WordPressSiteProps {
  /** Holds WordPress, its database, settings and logs. Created if it is missing; an earlier run's is continued. */
  readonly folder: string;
  /** Port on 127.0.0.1 and, if there is one, on ::1; 0 picks a free one. */
  readonly port: number;
  /** Callers with `X-Clickstream-Token: <this>` may sign up and in as often as they like. @default nobody may */
  readonly token?: string | undefined;
  /** Whether callers with the token may ask for errors and slow answers. @default true */
  readonly demoErrors?: boolean;
  /** Called at the start of each step of the set-up. */
  readonly onStep?: (step: string) => void;
  /** Called if the site ends by itself. @default stderr */
  readonly warn?: (message: string) => void;
}

export interface WordPressSite {
  /** `http://127.0.0.1:8080`, no slash at its end. */
  readonly url: string;
  readonly port: number;
  readonly logFile: string;
  /** Stops all its processes and waits for them. May be called again. */
  close(): Promise<void>;
}

/** Debian's `www-data`. */
const WEB_USER = { uid: 33, gid: 33 };

/**
 * The user to run the site's processes as if this process is root: none of them should be root, and two of the three refuse to be.
 *
 * @returns undefined for the user of this process.
 */
export function siteUser(): typeof WEB_USER | undefined {
  return process.getuid?.() === 0 ? WEB_USER : undefined;
}

/** @throws ToolkitError SITE_PACKAGES_MISSING, PORT_TAKEN, LISTEN_FAILED, SITE_NOT_STARTED */
export async function startWordPressSite(props: WordPressSiteProps): Promise<WordPressSite> {
  const { warn = (message: string) => void process.stderr.write(`${message}\n`) } = props;
  // Its processes run in `/`.
  const folder = resolve(props.folder);
  checkPackages();
  const hosts = hasIPv6() ? ['127.0.0.1', '[::1]'] : ['127.0.0.1'];
  const port = await findPort(props.port);
  const owner = siteUser();
  layDown(folder, owner);
  const child = spawn('/bin/bash', [join(folder, 'package/server/debian.sh'), folder], {
    // Its own process group, so that Ctrl-C reaches only this process, which stops the site once its log has been read.
    detached: true,
    ...owner,
    cwd: '/',
    env: {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      LANG: 'C.UTF-8',
      PORT: String(port),
      HOSTS: hosts.join(' '),
      PHP_VERSION: findPhp() ?? '',
      DEMO_ERRORS: String(props.demoErrors ?? true),
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // The site stops at the end of its input, so it also stops when this process is killed.
  child.stdin?.on('error', () => {});
  child.stdin?.write(`${props.token ?? ''}\n`);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let isClosing = false;
  const close = () => {
    isClosing = true;
    child.stdin?.end();
    return ended;
  };
  await isReady(child, { ...props, folder });
  void ended.then(() => {
    if (!isClosing) warn(`The WordPress site has ended by itself: ${lastWords(folder)}`);
  });
  return { url: `http://127.0.0.1:${port}`, port, logFile: join(folder, 'log', 'access_log'), close };
}

/** @throws ToolkitError SITE_NOT_STARTED, once all its processes have ended. */
function isReady(child: ChildProcess, { folder, onStep }: WordPressSiteProps): Promise<void> {
  let step = 'beginning';
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = `${complaint}${chunk.toString()}`.slice(-2000);
  });
  return new Promise((resolve, reject) => {
    const fail = (why: string) =>
      reject(
        new ToolkitError(
          'SITE_NOT_STARTED',
          `The WordPress site was not started; ${step} failed: ${why}`,
          `Its logs are in ${join(folder, 'log')}.`,
        ),
      );
    child.once('error', (error) => fail(error.message));
    child.once('close', () => fail(complaint.trim().split('\n').at(-1) || lastWords(folder)));
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      if (line === 'ready') return resolve();
      step = line.replace(/^step /, '');
      onStep?.(step);
    });
  });
}

/** The last line that its processes wrote while they started. */
function lastWords(folder: string): string {
  try {
    return (
      readFileSync(join(folder, 'log', 'start_log'), 'utf8')
        .trim()
        .split('\n')
        .at(-1) || 'it gave no reason.'
    );
  } catch {
    return 'it gave no reason.';
  }
}

function layDown(folder: string, owner: typeof WEB_USER | undefined): void {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  for (const [path, text] of wordPressFiles()) {
    const file = join(folder, 'package', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  if (owner === undefined) return;
  // The site’s user must be able to read its files, whatever this process’s umask.
  const laid = join(folder, 'package');
  for (const entry of readdirSync(laid, { recursive: true, withFileTypes: true }))
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
  for (const own of [folder, laid]) chmodSync(own, 0o755);
  chownSync(folder, owner.uid, owner.gid);
  for (let above = dirname(resolve(folder)); above !== dirname(above); above = dirname(above)) {
    if (statSync(above).mode & 0o001) continue;
    throw new ToolkitError(
      'SITE_NOT_STARTED',
      `The WordPress site does not run as root but as www-data, which cannot enter ${above}.`,
      'Run it as an ordinary user, or name a folder that everybody may enter.',
    );
  }
}

/** @throws ToolkitError PORT_TAKEN, LISTEN_FAILED */
async function findPort(port: number): Promise<number> {
  const probe = createServer();
  const bound = await listen(probe, { what: 'the WordPress site', host: '127.0.0.1', port, option: '--port' });
  await new Promise((resolve) => probe.close(resolve));
  return bound.port;
}

function hasIPv6(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'));
}
