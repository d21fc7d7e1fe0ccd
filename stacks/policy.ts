/** IAM policies as typed values, so that a misspelt key is a compile error instead of a missing condition. */

type OneOrMore = string | readonly string[];

export type Condition = Readonly<Record<string, Readonly<Record<string, OneOrMore>>>>;

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: '*' | Readonly<Partial<Record<'AWS' | 'Service' | 'Federated', OneOrMore>>>;
  readonly Action: OneOrMore;
  readonly Resource?: OneOrMore;
  readonly Condition?: Condition;
}

export function toPolicy(...statements: readonly Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

export function allow(Action: OneOrMore, Resource: OneOrMore, Condition?: Condition): Statement {
  return { Effect: 'Allow', Action, Resource, ...(Condition === undefined ? {} : { Condition }) };
}

/** A trust policy: which AWS service may assume a role, on which conditions. */
export function trust(service: OneOrMore, Condition?: Condition): string {
  return toPolicy({
    Effect: 'Allow',
    Principal: { Service: service },
    Action: 'sts:AssumeRole',
    ...(Condition === undefined ? {} : { Condition }),
  });
}
