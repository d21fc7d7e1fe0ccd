import { createAwsSigner } from './aws-signing';
import type { Auth, Authorize } from './http-auth';

/** The function it returns throws ToolkitError CREDENTIALS_UNUSABLE if there are no AWS credentials to sign with. */
export function createAuthorize(auth: Auth): Authorize {
  if (auth.mode === 'none') return async ({ headers }) => headers;
  if (auth.mode === 'sigv4') return createAwsSigner(auth);
  const authorization = `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
  return async ({ headers }) => ({ ...headers, authorization });
}
