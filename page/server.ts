/** The page's server: static files, the overview, and what `verify` reads. Read-only, and for this machine only. */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { reasonOf, ToolkitError } from '../core/errors';
import { isFromHere, listen } from '../core/listen';
import { builtFile } from '../core/package-root';
import type { StoreReader } from '../store/store';
import { readOverview } from './overview';
import type { Overview, PipelineStatus, TimeRange } from './overview-reply';
import { answerAboutRun, isAboutRun } from './run-replies';

export interface PageProps {
  readonly reader: StoreReader;
  /** Called for each overview. */
  readonly status: () => PipelineStatus;
  /** 0 picks a free port. */
  readonly port: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
}

export interface Page {
  readonly url: string;
  readonly port: number;
  /** Stops listening and cuts open connections. */
  close(): Promise<void>;
}

const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/icon.svg': ['icon.svg', 'image/svg+xml'],
};

const HEADERS = {
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

/** @throws ToolkitError PORT_TAKEN, LISTEN_FAILED, or PAGE_FAILED if the built files are missing. */
export async function startPage({ reader, status, port, host = '127.0.0.1' }: PageProps): Promise<Page> {
  const files = await loadFiles();
  const overview = shareOverview(reader);

  async function answer(request: IncomingMessage): Promise<Reply> {
    if (!isFromHere(request.headers.host, host)) return text(403, 'This page is available from this machine only.');
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return text(405, 'Use GET or HEAD.', { allow: 'GET, HEAD' });
    const [path = '', parameters = ''] = (request.url ?? '').split('?', 2);
    const file = files.get(path);
    if (file !== undefined) return file;
    if (isAboutRun(path)) {
      const value = await answerAboutRun(reader, path, new URLSearchParams(parameters));
      return value === undefined
        ? text(400, 'Needs by (a dimension of verify) and key; run is optional.')
        : json(value);
    }
    if (path !== '/api/overview') return text(404, 'Not found.');
    const range = Minutes.safeParse(new URLSearchParams(parameters).get('minutes') ?? undefined);
    if (!range.success) return text(400, 'minutes must be a whole number from 1 to 525600, or all.');
    const reply: Overview = { status: status(), ...(await overview(range.data)) };
    return json(reply);
  }

  const server = createServer((request, response) => {
    answer(request)
      .catch((error) => text(500, `The store cannot be read: ${reasonOf(error)}`))
      .then((reply) => send(request, response, reply));
  });
  const bound = await listen(server, { what: 'the page', host, port, option: '--ui-port' });
  return {
    url: `${bound.url}/`,
    port: bound.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const Minutes = z.union([z.literal('all'), z.coerce.number().int().min(1).max(525_600)]).default(15);

interface Reply {
  readonly code: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const text = (code: number, words: string, headers: Readonly<Record<string, string>> = {}): Reply => ({
  code,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
  body: Buffer.from(`${words}\n`),
});

const json = (value: object): Reply => ({
  code: 200,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify(value)),
});

function send(request: IncomingMessage, response: ServerResponse, { code, headers, body }: Reply): void {
  response.writeHead(code, { ...HEADERS, ...headers, 'content-length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function loadFiles(): Promise<ReadonlyMap<string, Reply>> {
  const loaded = Object.entries(FILES).map(async ([path, [file, type]]) => {
    const body = await readFile(builtFile('page', 'browser', file)).catch((error) => {
      throw new ToolkitError(
        'PAGE_FAILED',
        `The page’s ${file} cannot be read: ${reasonOf(error)}.`,
        'Run `npm run build`.',
        { cause: error },
      );
    });
    return [path, { code: 200, headers: { 'content-type': type }, body }] as const;
  });
  return new Map(await Promise.all(loaded));
}

/**
 * Browsers that show the same range share one query, and a reply is kept for four times as long as it took: queries use at most a fifth
 * of the time, since delivering the log comes first.
 */
function shareOverview(reader: StoreReader): (range: TimeRange) => Promise<Omit<Overview, 'status'>> {
  const replies = new Map<TimeRange, Promise<Omit<Overview, 'status'>>>();
  return (range) => {
    const known = replies.get(range);
    if (known !== undefined) return known;
    const startedAt = performance.now();
    const reply = readOverview(reader, range, Date.now());
    replies.set(range, reply);
    const forget = () => replies.delete(range);
    reply.then(
      () => setTimeout(forget, Math.min(5000, Math.max(400, 4 * (performance.now() - startedAt)))).unref(),
      forget,
    );
    return reply;
  };
}
