import { createHttpClient, type HttpReply } from '../../core/http-client';
import { isLoopback } from '../../core/put-records';

export interface SystemsManagerPlace {
  readonly url: URL;
  readonly region: string;
}

/**
 * Calls an action of AWS Systems Manager, such as `GetParameter`, with the project's HTTP client: the SDK's would be installed for this only.
 *
 * @returns the reply, whatever its status. @throws ToolkitError as the HTTP client.
 */
export type SystemsManagerCall = (action: string, input: object) => Promise<HttpReply>;

export function createSystemsManager({ url, region }: SystemsManagerPlace): SystemsManagerCall {
  // An emulator on this machine must never see the user's keys, nor need any.
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
