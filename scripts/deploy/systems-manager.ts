import { createHttpClient, type HttpReply } from '../../core/http-client';
import { isLoopback } from '../../core/put-records';

export interface SystemsManagerPlace {
  readonly url: URL;
  readonly region: string;
}

/**
 * One call of AWS Systems Manager by its name, as `GetParameter`: on the project's own client, an SDK client would be for nothing else.
 *
 * @returns the reply, of any status. @throws ToolkitError those of the HTTP client
 */
export type SystemsManagerCall = (action: string, input: object) => Promise<HttpReply>;

export function createSystemsManager({ url, region }: SystemsManagerPlace): SystemsManagerCall {
  // An emulator on this machine must never see the user's own keys, nor ask for any.
  const local = isLoopback(url) && { credentials: async () => ({ accessKeyId: 'local', secretAccessKey: 'local' }) };
  const client = createHttpClient({ url, auth: { mode: 'sigv4', region, service: 'ssm', ...local } });
  return (action, input) =>
    client.send({
      method: 'POST',
      path: '/',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `AmazonSSM.${action}` },
      body: Buffer.from(JSON.stringify(input)),
    });
}
