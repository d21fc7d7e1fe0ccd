/** How a request proves to a search engine or a dashboards server who sends it. */
import { createAwsSigner, type SigV4 } from './aws-signing';

export interface Login {
  readonly username: string;
  readonly password: string;
}

export type Auth =
  | { readonly mode: 'none' }
  | ({ readonly mode: 'basic' } & Login)
  | ({ readonly mode: 'sigv4' } & SigV4);

/** A request as it goes out, all but what proves its sender. */
export interface UnsignedRequest {
  readonly method: string;
  /** With its query, encoded as it is sent. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
}

/** The headers to send in place of the request's own. To be asked for each attempt: a signature holds for some minutes. */
export type Authorize = (request: UnsignedRequest) => Promise<Readonly<Record<string, string>>>;

/** `authorize` throws ToolkitError CREDENTIALS_UNUSABLE where there are no AWS credentials to sign with. */
export function createAuthorize(auth: Auth): Authorize {
  if (auth.mode === 'none') return async ({ headers }) => headers;
  if (auth.mode === 'sigv4') return createAwsSigner(auth);
  const authorization = `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
  return async ({ headers }) => ({ ...headers, authorization });
}
