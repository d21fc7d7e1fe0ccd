/**
 * The click event: one request that the site answered. This table is its only definition: the type, the JSON schema,
 * the store's columns and the docs page are made from it.
 */

export interface Field {
  readonly type: 'string' | 'integer' | 'boolean';
  readonly about: string;
  readonly unit?: string;
  readonly example: string | number | boolean;
  /** When the event lacks the field; a field without this is in every event. */
  readonly absent?: string;
  readonly values?: readonly string[];
  /** The string's format, as JSON Schema names it. */
  readonly format?: 'date-time';
}

export const ACTIONS = ['page_view', 'sign_up', 'sign_in', 'sign_out', 'asset', 'health', 'other'] as const;
export const OUTCOMES = ['success', 'failure'] as const;

const NO_REQUEST = 'the request line is empty or not an HTTP request (a time-out, a TLS handshake on a plain port)';

/** In the order of an event's JSON. */
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
    about: 'When the request arrived, in the server’s local time, with its offset from UTC.',
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
    about: 'The offset from UTC, as logged.',
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
    about: 'The requested path without its query, still percent-encoded; `*` for a request to the server as a whole.',
    example: '/Products',
    absent: `${NO_REQUEST}, or its target is not a path`,
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
    about: 'The path, lower-cased, with exactly one slash at its end: paths with the same value count as one page.',
    example: '/products/',
    absent: 'there is no path, or it is `*`',
  },
  response: { type: 'integer', about: 'The HTTP status of the response.', unit: '100 to 599', example: 200 },
  status_class: {
    type: 'string',
    about: 'The class of the status.',
    example: '2xx',
    values: ['1xx', '2xx', '3xx', '4xx', '5xx'],
  },
  bytes: { type: 'integer', about: 'Size of the response body; `-` in the log is 0.', unit: 'bytes', example: 2326 },
  referer: {
    type: 'string',
    about: 'The address of the page that the visitor came from, as sent by the client.',
    example: 'https://shop.example.org/Sign-In',
    absent: 'the client sent none, or the log is in the common format',
  },
  referer_page: {
    type: 'string',
    about: 'The page of a referer on the same site: together with `page`, one step of the visitor’s path.',
    example: '/sign-in/',
    absent: 'there is no referer, or it is on another site',
  },
  'user-agent': {
    type: 'string',
    about: 'The User-Agent header, as sent by the client.',
    example: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 clickstreamy/r7',
    absent: 'the client sent none, or the log is in the common format',
  },
  browser: {
    type: 'string',
    about: 'The browser or client, without its version.',
    example: 'Firefox',
    absent: 'it is unknown',
  },
  os: {
    type: 'string',
    about: 'The client’s operating system, without its version.',
    example: 'Linux',
    absent: 'it is unknown',
  },
  is_bot: {
    type: 'boolean',
    about: 'Whether the user agent belongs to a crawler, a tool or a monitor; false without a user agent.',
    example: false,
  },
  run: {
    type: 'string',
    about: 'The run of the traffic tool, whose user agents end in `clickstreamy/<run>`.',
    example: 'r7',
    absent: 'the request did not come from the traffic tool',
  },
  username: {
    type: 'string',
    about: 'The signed-in visitor, from the tail; always a string, even `"007"`.',
    example: 'josé',
    absent: 'the visitor is not signed in, or the log has no tail',
  },
  session: {
    type: 'string',
    about: 'The visitor’s session, from the tail.',
    example: '7f3c2a',
    absent: 'the visitor has none yet',
  },
  request_id: {
    type: 'string',
    about: 'Unique to each request (Apache’s UNIQUE_ID): two events with the same id are one click, delivered twice.',
    example: 'aSFxq38AAQEAAB2fKxkAAAAA',
    absent: 'the log has none',
  },
  duration_us: {
    type: 'integer',
    about: 'How long the server took to answer.',
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
    absent: 'the action is none of the three',
  },
} as const satisfies Readonly<Record<string, Field>>;

type Fields = typeof clickEventFields;
export type FieldName = keyof Fields;

type ValueOf<F extends Field> = F extends { values: readonly (infer V)[] }
  ? V
  : { string: string; integer: number; boolean: boolean }[F['type']];
type Required = { [N in FieldName]: Fields[N] extends { absent: string } ? never : N }[FieldName];

/** One request that the site answered. An unknown field is absent, never `-`, null or an empty string. */
export type ClickEvent = { readonly [N in Required]: ValueOf<Fields[N]> } & {
  readonly [N in Exclude<FieldName, Required>]?: ValueOf<Fields[N]>;
};
export type Action = (typeof ACTIONS)[number];
export type Outcome = (typeof OUTCOMES)[number];
