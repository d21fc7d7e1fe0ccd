/** How a request authenticates to a search engine or a dashboards server. */
import type { AwsCredentialIdentity } from '@smithy/types';

export interface Login {
  readonly username: string;
  readonly password: string;
}

export interface SigV4 {
  readonly region: string;
  /** `es` for an Amazon OpenSearch Service domain, `aoss` for a serverless collection. */
  readonly service: string;
  /** @default the AWS SDK's chain: environment, shared files, SSO, web identity, the role of the container or machine */
  readonly credentials?: () => Promise<AwsCredentialIdentity>;
}

export type Auth =
  | { readonly mode: 'none' }
  | ({ readonly mode: 'basic' } & Login)
  | ({ readonly mode: 'sigv4' } & SigV4);

/** A request that is complete except for its authentication. */
export interface UnsignedRequest {
  readonly method: string;
  /** With the query, encoded as it is sent. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
}

/** @returns the headers to send instead of the request's. Call it for each attempt: a signature is valid for a few minutes. */
export type Authorize = (request: UnsignedRequest) => Promise<Readonly<Record<string, string>>>;
