/** One call of the AWS API as the proxy sees it, and its answer. Signatures are not checked: neither the proxy nor moto knows the keys. */

export interface AwsCall {
  readonly method: string;
  /** Path and query as sent, with the leading slash. */
  readonly path: string;
  /** The service's name in the signature: `es`, `firehose`, `s3`, `monitoring` (CloudWatch). Empty in an unsigned call. */
  readonly service: string;
  /** From `X-Amz-Target` or the form's `Action`; empty for services that use paths (Lambda, S3, search domains). */
  readonly action: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface AwsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Forwards a call to the next rule, and finally to moto. */
export type Forward = (call: AwsCall) => Promise<AwsAnswer>;

/**
 * Fills one gap in moto: changes the call or the answer, or answers itself.
 * A rule that has nothing to do with a call returns `forward(call)`.
 */
export interface GapRule {
  /** What moto lacks, in one line: the test prints it with the number of calls concerned. */
  readonly gap: string;
  /** Which calls the rule is for; others do not reach `answer`. */
  readonly concerns: (call: AwsCall) => boolean;
  readonly answer: (call: AwsCall, forward: Forward) => Promise<AwsAnswer>;
}

// biome-ignore lint/suspicious/noExplicitAny: AWS's documents, of which a rule changes a member or two.
export type Json = any;

/** @throws SyntaxError if the body is not JSON: moto or the provider has changed, and the test should say so. */
export function bodyOf(message: { readonly body: Buffer }): Json {
  return message.body.length === 0 ? {} : JSON.parse(message.body.toString());
}

export function withBody<Message extends AwsCall | AwsAnswer>(message: Message, body: unknown): Message {
  return { ...message, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) };
}

/** The fields of a query-protocol call (EC2, IAM, Auto Scaling). */
export function formOf(call: AwsCall): URLSearchParams {
  return new URLSearchParams(call.body.toString());
}
