/** The few calls of ECS and S3 that a load run needs, on the project's own client: two SDK clients would be for nothing else. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { ToolkitError } from '../../core/errors';
import type { Auth } from '../../core/http-auth';
import { createHttpClient, type HttpReply } from '../../core/http-client';
import { isLoopback } from '../../core/put-records';

export interface AwsPlace {
  readonly url: URL;
  readonly region: string;
}

/** One call of ECS by its name, as `RunTask`. @throws ToolkitError LOAD_REFUSED, and those of the HTTP client */
export type EcsCall = (action: string, input: object) => Promise<unknown>;

const ATTEMPTS = 6;
const AwsFault = z.object({
  __type: z.string().optional(),
  message: z.string().optional(),
  Message: z.string().optional(),
});

export function createEcs({ url, region }: AwsPlace): EcsCall {
  const client = createHttpClient({ url, auth: toAuth({ url, region }, 'ecs') });
  return async (action, input) => {
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AmazonEC2ContainerServiceV20141113.${action}`,
    };
    const body = Buffer.from(JSON.stringify(input));
    const reply = await patiently(() => client.send({ method: 'POST', path: '/', headers, body }));
    if (reply.status === 200) return JSON.parse(reply.text);
    throw refused(`ECS refuses ${action}: ${faultOf(reply)}.`);
  };
}

export interface RunFolder {
  /** @throws ToolkitError LOAD_REFUSED, and those of the HTTP client */
  write(name: string, body: Uint8Array): Promise<void>;
  /** @returns undefined where there is no such object, which S3 tells only to who may list the bucket. */
  read(name: string): Promise<string | undefined>;
}

/** The folder of one run in the bucket. */
export function openRunFolder({ url, region }: AwsPlace): RunFolder {
  const client = createHttpClient({ url, auth: toAuth({ url, region }, 's3') });
  return {
    async write(name, body) {
      const reply = await patiently(() => client.send({ method: 'PUT', path: `/${name}`, body }));
      if (reply.status !== 200) throw refused(`The bucket refuses ${url}/${name}: ${faultOf(reply)}.`);
    },
    async read(name) {
      const reply = await patiently(() => client.send({ method: 'GET', path: `/${name}` }));
      return reply.status === 200 ? reply.text : undefined;
    },
  };
}

/** A run of an hour does not end because one call in it met a bad moment. */
async function patiently(call: () => Promise<HttpReply>): Promise<HttpReply> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const reply = await call();
      const isBusy = reply.status >= 500 || reply.text.includes('ThrottlingException');
      if (!isBusy || attempt === ATTEMPTS) return reply;
    } catch (error) {
      const isWorld = error instanceof ToolkitError && error.code.startsWith('SERVER_');
      if (!isWorld || attempt === ATTEMPTS) throw error;
    }
    await sleep(100 * 2 ** attempt);
  }
}

/** An emulator on this machine must never see the user's own keys, nor ask for any. */
function toAuth({ url, region }: AwsPlace, service: string): Auth {
  const local = async () => ({ accessKeyId: 'local', secretAccessKey: 'local' });
  return { mode: 'sigv4', region, service, ...(isLoopback(url) && { credentials: local }) };
}

/** AWS's own words: JSON of ECS, XML of S3. */
function faultOf({ status, text }: HttpReply): string {
  const xml = /<Message>([^<]*)/.exec(text)?.[1];
  if (xml !== undefined) return xml;
  try {
    const { message, Message, __type } = AwsFault.parse(JSON.parse(text));
    return message ?? Message ?? __type ?? `status ${status}`;
  } catch {
    return `status ${status}`;
  }
}

function refused(message: string): ToolkitError {
  return new ToolkitError(
    'LOAD_REFUSED',
    message,
    'Check whose credentials these are (`aws sts get-caller-identity`), and their rights: docs/load.md lists those that are needed.',
  );
}
