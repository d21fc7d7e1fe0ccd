/** Which search engine answers, and its answers as values: what every command that talks to one begins with. */
import { z } from 'zod';
import { ToolkitError } from '../../core/errors';
import type { HttpClient, HttpReply, HttpRequest } from '../../core/http-client';
import { reasonIn, toJson } from '../../core/http-reply';
import { parse } from '../../core/parse';

/** What decides how an engine is to be spoken to. */
export interface Engine {
  readonly family: 'elasticsearch' | 'opensearch';
  readonly major: number;
}

export interface FoundEngine extends Engine {
  /** As it says it: `7.10.2`. A domain in compatibility mode says 7.10.2 while it is an OpenSearch. */
  readonly version: string;
}

/** Types of documents are from before Elasticsearch 7: there each index has exactly one, and must be told which. */
export function isTyped({ family, major }: Engine): boolean {
  return family === 'elasticsearch' && major < 7;
}

/** The oldest whose saved objects and searches are made here. */
const OLDEST: readonly [major: number, minor: number] = [6, 3];

const Root = z.object({
  version: z.object({ number: z.string().regex(/^\d+\.\d+/), distribution: z.string().optional() }),
});

/** @throws ToolkitError ENGINE_UNKNOWN, ENGINE_UNSUPPORTED, ACCESS_DENIED, ENGINE_REFUSED and those of the client */
export async function findEngine(client: HttpClient): Promise<FoundEngine> {
  const unknown = () =>
    new ToolkitError(
      'ENGINE_UNKNOWN',
      `${client.url.href} answers, but it is no Elasticsearch and no OpenSearch.`,
      'Give the search engine’s own address, not that of its dashboards; on Amazon’s service it is the domain’s endpoint.',
    );
  const reply = await client.send({ method: 'GET', path: '/' });
  if (reply.status === 404) throw unknown();
  failIfRefused(client, reply);
  const { version } = parse(Root, toJson(reply), unknown);
  const [major = 0, minor = 0] = version.number.split('.').map(Number);
  const family = version.distribution === 'opensearch' ? 'opensearch' : 'elasticsearch';
  if (family === 'elasticsearch' && (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))) {
    throw new ToolkitError(
      'ENGINE_UNSUPPORTED',
      `${client.url.href} is Elasticsearch ${version.number}; ${OLDEST.join('.')} is the oldest that works.`,
      'Upgrade the domain.',
    );
  }
  return { family, major, version: version.number };
}

/**
 * Asks the engine, and takes everything but success for an error.
 *
 * @throws ToolkitError ACCESS_DENIED, ENGINE_REFUSED, SERVER_REPLY_UNUSABLE and those of the client
 */
export async function askEngine<S extends z.ZodType>(
  client: HttpClient,
  request: Omit<HttpRequest, 'body'> & { readonly json?: unknown },
  schema: S,
): Promise<z.output<S>> {
  const { json, ...rest } = request;
  const reply = await client.send({
    ...rest,
    headers: { accept: 'application/json', ...(json === undefined ? {} : { 'content-type': 'application/json' }) },
    body: json === undefined ? undefined : Buffer.from(JSON.stringify(json)),
  });
  failIfRefused(client, reply);
  return parse(schema, toJson(reply), (why) => notUnderstood(client, `${request.path}: ${why}`));
}

/** @throws ToolkitError ACCESS_DENIED, ENGINE_REFUSED */
export function failIfRefused(client: HttpClient, reply: HttpReply): void {
  const { status } = reply;
  if (status >= 200 && status < 300) return;
  const said = `${client.url.href} answers ${status}: ${reasonIn(reply) ?? 'no reason'}`;
  if (status === 401 || status === 403) {
    throw new ToolkitError(
      'ACCESS_DENIED',
      said,
      'Check --auth and its login, and whether the domain’s access policy and its roles let them in.',
    );
  }
  throw new ToolkitError('ENGINE_REFUSED', said, 'Mend what it says, then run this again.');
}

export function notUnderstood(client: HttpClient, what: string): ToolkitError {
  return new ToolkitError(
    'SERVER_REPLY_UNUSABLE',
    `${client.url.href} gave an answer that is not understood: ${what}.`,
    'Look whether the address is the engine’s own, and which version it is.',
  );
}
