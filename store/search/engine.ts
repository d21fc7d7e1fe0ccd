/** Finds out which search engine answers, and reads its replies: every command that talks to an engine begins here. */
import { z } from 'zod';
import { ToolkitError } from '../../core/errors';
import type { HttpClient, HttpReply, HttpRequest } from '../../core/http-client';
import { reasonIn, toJson } from '../../core/http-reply';
import { parse } from '../../core/parse';

/** What decides how to talk to an engine. */
export interface Engine {
  readonly family: 'elasticsearch' | 'opensearch';
  readonly major: number;
}

export interface FoundEngine extends Engine {
  /** As the engine reports it: `7.10.2`. An OpenSearch domain in compatibility mode reports 7.10.2, too. */
  readonly version: string;
}

/** Before Elasticsearch 7 documents have a type: each index has exactly one, which requests must name. */
export function isTyped({ family, major }: Engine): boolean {
  return family === 'elasticsearch' && major < 7;
}

/** Composable templates, which came with Elasticsearch 7.8. */
export function hasComposableTemplates({ family, version }: FoundEngine): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return family === 'opensearch' || major > 7 || (major === 7 && minor >= 8);
}

/** The oldest version for which saved objects and searches are made here. */
const OLDEST: readonly [major: number, minor: number] = [6, 3];

const Root = z.object({
  version: z.object({ number: z.string().regex(/^\d+\.\d+/), distribution: z.string().optional() }),
});

/** @throws ToolkitError ENGINE_UNKNOWN, ENGINE_UNSUPPORTED, ACCESS_DENIED, ENGINE_REFUSED and those of the client */
export async function findEngine(client: HttpClient): Promise<FoundEngine> {
  const unknown = () =>
    new ToolkitError(
      'ENGINE_UNKNOWN',
      `${client.url.href} answers, but it is neither Elasticsearch nor OpenSearch.`,
      'Give the address of the search engine, not of its dashboards; on Amazon’s service it is the domain’s endpoint.',
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
 * Sends a request to the engine and parses its reply; any status but a success is an error.
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
      'Check --auth and its user, and whether the domain’s access policy and roles allow that user.',
    );
  }
  throw new ToolkitError('ENGINE_REFUSED', said, 'Fix what it reports, then run this again.');
}

export function notUnderstood(client: HttpClient, what: string): ToolkitError {
  return new ToolkitError(
    'SERVER_REPLY_UNUSABLE',
    `The reply of ${client.url.href} cannot be used: ${what}.`,
    'Check that the address is the search engine’s, and which version it runs.',
  );
}
