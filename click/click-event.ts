/**
 * The click event: one answered request of the site. This table is its one home: the type, the JSON schema,
 * the store's columns and the page of the docs are made from it.
 */

export interface Field {
  readonly type: 'string' | 'integer' | 'boolean';
  readonly about: string;
  readonly unit?: string;
  readonly example: string | number | boolean;
  /** When the event has no such field; fields without this are in every event. */
  readonly absent?: string;
  readonly values?: readonly string[];
  /** JSON schema's name for the form of the text. */
  readonly format?: 'date-time';
}

export const ACTIONS = ['page_view', 'sign_up', 'sign_in', 'sign_out', 'asset', 'health', 'other'] as const;
export const OUTCOMES = ['success', 'failure'] as const;

const NO_REQUEST = 'the request line is empty or no HTTP request (a time-out, a TLS handshake on a plain port)';

/** In the order in which an event's JSON has them. */
export const clickEventFields = {
  host: {
    type: 'string',
    about: 'The client: an IPv4 or IPv6 address, or a host name where the server looks names up.',
    example: '203.0.113.7',
    absent: 'the log has `-`',
  },
  ident: { type: 'string', about: 'RFC 1413 identity of the client.', example: 'kim', absent: 'the log has `-`' },
  authuser: {
    type: 'string',
    about: 'The name given to HTTP authentication; unproven where `response` is 401.',
    example: 'bob smith',
    absent: 'the log has `-` or an empty name',
  },
  '@timestamp': {
    type: 'string',
    about: 'When the request came, in the server’s own time, with its offset from UTC.',
    unit: 'ISO 8601, seconds',
    example: '2026-10-10T13:55:36+10:00',
  },
  '@timestamp_utc': {
    type: 'string',
    format: 'date-time',
    about: 'The same moment in UTC.',
    unit: 'ISO 8601, seconds',
    example: '2026-10-10T03:55:36Z',
    absent: 'the line has no offset',
  },
  timezone: {
    type: 'string',
    about: 'The offset as the log has it.',
    example: '+1000',
    absent: 'the line has no offset',
  },
  request: {
    type: 'string',
    about: 'The whole request line.',
    example: 'GET /Products?color=red HTTP/1.1',
    absent: 'the log has `-` or an empty request',
  },
  verb: { type: 'string', about: 'The request’s method, as sent.', example: 'GET', absent: NO_REQUEST },
  path: {
    type: 'string',
    about: 'What was asked for, without its query; still percent-encoded. `*` for a request to the server as a whole.',
    example: '/Products',
    absent: `${NO_REQUEST}, or its target is no path`,
  },
  query: {
    type: 'string',
    about: 'What follows the first `?`.',
    example: 'color=red',
    absent: 'there is none, or it is empty',
  },
  protocol: {
    type: 'string',
    about: 'The protocol and its version.',
    example: 'HTTP/1.1',
    absent: 'the request names none (HTTP/0.9)',
  },
  page: {
    type: 'string',
    about: 'The path, lower-cased, with exactly one slash at its end: what is counted as one page.',
    example: '/products/',
    absent: 'there is no path, or it is `*`',
  },
  response: { type: 'integer', about: 'The status of the answer.', unit: '100 to 599', example: 200 },
  status_class: {
    type: 'string',
    about: 'The class of the status.',
    example: '2xx',
    values: ['1xx', '2xx', '3xx', '4xx', '5xx'],
  },
  bytes: { type: 'integer', about: 'Size of the answer’s body; `-` in the log is 0.', unit: 'bytes', example: 2326 },
  referer: {
    type: 'string',
    about: 'The address of the page that the visitor came from, as the client says.',
    example: 'https://shop.example.org/Sign-In',
    absent: 'the client sent none, or the log is in the common format',
  },
  referer_page: {
    type: 'string',
    about: 'The page of a referer on the same site: with `page`, one step of the visitor’s trail.',
    example: '/sign-in/',
    absent: 'there is no referer, or it is another site’s',
  },
  'user-agent': {
    type: 'string',
    about: 'What the client says of itself.',
    example: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 clickstreamy/r7',
    absent: 'the client sent none, or the log is in the common format',
  },
  browser: {
    type: 'string',
    about: 'The browser or client, without its version.',
    example: 'Firefox',
    absent: 'it is not known',
  },
  os: {
    type: 'string',
    about: 'The client’s operating system, without its version.',
    example: 'Linux',
    absent: 'it is not known',
  },
  is_bot: {
    type: 'boolean',
    about: 'Whether the user agent is a crawler’s, a tool’s or a monitor’s; false where there is none.',
    example: false,
  },
  run: {
    type: 'string',
    about: 'The run of the traffic tool: its user agents end in `clickstreamy/<run>`.',
    example: 'r7',
    absent: 'the request is not the traffic tool’s',
  },
  username: {
    type: 'string',
    about: 'The signed-in visitor, from the tail; always text, also `"007"`.',
    example: 'josé',
    absent: 'the visitor is not signed in, or the log has no tail',
  },
  session: {
    type: 'string',
    about: 'The visitor’s session, from the tail.',
    example: '7f3c2a',
    absent: 'there is none yet',
  },
  request_id: {
    type: 'string',
    about: 'Unique for each request (Apache’s UNIQUE_ID): two events with one id are one click, delivered twice.',
    example: 'aSFxq38AAQEAAB2fKxkAAAAA',
    absent: 'the log has none',
  },
  duration_us: {
    type: 'integer',
    about: 'How long the answer took.',
    unit: 'microseconds',
    example: 1834,
    absent: 'the log has none',
  },
  action: {
    type: 'string',
    about: 'What the visitor did, from method, path and status.',
    example: 'page_view',
    values: ACTIONS,
  },
  outcome: {
    type: 'string',
    about: 'Whether a sign-up, sign-in or sign-out succeeded (answered 302 or 303).',
    example: 'success',
    values: OUTCOMES,
    absent: 'the action is none of these three',
  },
} as const satisfies Readonly<Record<string, Field>>;

type Fields = typeof clickEventFields;
export type FieldName = keyof Fields;

type ValueOf<F extends Field> = F extends { values: readonly (infer V)[] }
  ? V
  : { string: string; integer: number; boolean: boolean }[F['type']];
type Required = { [N in FieldName]: Fields[N] extends { absent: string } ? never : N }[FieldName];

/** One answered request of the site. What is not known is absent, never `-`, null or an empty text. */
export type ClickEvent = { readonly [N in Required]: ValueOf<Fields[N]> } & {
  readonly [N in Exclude<FieldName, Required>]?: ValueOf<Fields[N]>;
};
export type Action = (typeof ACTIONS)[number];
export type Outcome = (typeof OUTCOMES)[number];
