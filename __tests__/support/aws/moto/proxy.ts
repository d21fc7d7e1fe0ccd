/**
 * A proxy between AWS clients (Terraform's provider, the SDK) and moto. It forwards calls and fills gaps in moto, one rule for each.
 * Without it the provider waits for states that moto never reports, or plans the same change forever.
 */
import { Agent, createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AwsAnswer, type AwsCall, type Forward, formOf, type GapRule } from './aws-call';

export interface AwsProxy {
  /** `http://127.0.0.1:port`: the endpoint of every AWS service. */
  readonly url: string;
  /** How many calls each rule answered or changed; rules that had nothing to do are absent. */
  readonly filledGaps: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

export async function startProxy(motoUrl: string, rules: readonly GapRule[]): Promise<AwsProxy> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const filledGaps = new Map<string, number>();
  const answer = rules.reduceRight<Forward>(
    (forward, rule) => (call) => {
      if (!rule.concerns(call)) return forward(call);
      filledGaps.set(rule.gap, (filledGaps.get(rule.gap) ?? 0) + 1);
      return rule.answer(call, forward);
    },
    (call) => send(motoUrl, agent, call),
  );

  const server = createServer(async (incoming, outgoing) => {
    try {
      const { status, headers, body } = await answer(await toCall(incoming));
      outgoing.writeHead(status, { ...headers, 'content-length': body.length }).end(body);
    } catch (error) {
      // A 4xx, so that no client retries: a broken rule must end the test at once, with the reason.
      outgoing.writeHead(418, { 'content-type': 'text/plain' }).end(`The test's proxy failed: ${error}`);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    filledGaps,
    async close() {
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function toCall(incoming: IncomingMessage): Promise<AwsCall> {
  const headers = plain(incoming.headers);
  const call = {
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    service: /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers['authorization'] ?? '')?.[1] ?? '',
    action: headers['x-amz-target']?.split('.').at(-1) ?? '',
    headers,
    body: await readAll(incoming),
  };
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  return isForm ? { ...call, action: formOf(call).get('Action') ?? '' } : call;
}

function send(motoUrl: string, agent: Agent, call: AwsCall): Promise<AwsAnswer> {
  return new Promise((resolve, reject) => {
    const headers = { ...call.headers, 'content-length': String(call.body.length) };
    const outgoing = request(motoUrl + call.path, { method: call.method, headers, agent }, async (incoming) => {
      try {
        resolve({
          status: incoming.statusCode ?? 502,
          headers: plain(incoming.headers),
          body: await readAll(incoming),
        });
      } catch (error) {
        reject(error);
      }
    });
    outgoing.on('error', reject).end(call.body);
  });
}

/** Without the headers that belong to one connection. */
function plain(headers: IncomingMessage['headers']): Record<string, string> {
  const own = Object.entries(headers).filter(
    ([name]) => !['connection', 'transfer-encoding', 'keep-alive'].includes(name),
  );
  return Object.fromEntries(own.map(([name, value]) => [name, String(value)]));
}

async function readAll(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}
