/** How a request proves to a search engine or a dashboards server who sends it. */
import type { AwsCredentialIdentity } from '@smithy/types';

export interface Login {
  readonly username: string;
  readonly password: string;
}

export interface SigV4 {
  readonly region: string;
  /** `es` for an Amazon OpenSearch Service domain, `aoss` for a serverless collection. */
  readonly service: string;
  /** @default the SDK's chain: environment, shared files, SSO, web identity, the container's or the machine's role. */
  readonly credentials?: () => Promise<AwsCredentialIdentity>;
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
