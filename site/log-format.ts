/**
 * The one home of the access log's format: Apache's directive, and the renderer of the demo site and of `traffic`.
 *
 * Combined, then one quoted tail of `key = value` pairs, the user first (as the workshop's regex wants it):
 * `"user = alice; session = 7f3c…; id = aSFx…; us = 1834; site = shop.example.org"`.
 * Values of the tail are percent-encoded where they hold anything but letters, digits and `-_.!~*'()`.
 */

/** One answered request, as a web server knows it. What is absent is logged as `-`. */
export interface LogEntry {
  /** The client's address (`203.0.113.7`, `::1`) or host name. */
  readonly host: string;
  readonly authuser?: string | undefined;
  readonly time: Date;
  /** Of the server's clock from UTC, in minutes; default 0. */
  readonly offsetMinutes?: number;
  /** The request line: `GET /products/ HTTP/1.1`. */
  readonly request?: string | undefined;
  /** 100 to 599. */
  readonly status: number;
  /** Of the body; 0 is logged as `-`, as `%b` does. */
  readonly bytes: number;
  readonly referer?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly user?: string | undefined;
  readonly session?: string | undefined;
  /** Unique for each request: what duplicates are counted by. */
  readonly id?: string | undefined;
  readonly durationUs?: number | undefined;
  /** The host (with its port) that the visitor asked for: a referer on it is the visitor's own trail. */
  readonly site?: string | undefined;
}

/**
 * Apache's `LogFormat`, for a server whose application sets the notes `clickuser` and `clicksession`.
 * `site` stands last: it is the client's word, and the first of two equal keys counts.
 */
export function apacheLogFormat(name: string): string {
  const tail = 'user = %{clickuser}n; session = %{clicksession}n; id = %{UNIQUE_ID}e; us = %D; site = %{Host}i';
  return `LogFormat ${quoted(`%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" "${tail}"`)} ${name}`;
}

/** The access line of one request, without its newline: ASCII, one line, whatever the values hold. */
export function renderLogLine(entry: LogEntry): string {
  const { host, authuser, request, status, bytes, referer, userAgent } = entry;
  const time = renderTime(entry.time, entry.offsetMinutes ?? 0);
  return (
    `${item(host)} - ${item(authuser)} [${time}] "${item(request)}" ${status} ${bytes === 0 ? '-' : bytes} ` +
    `"${item(referer)}" "${item(userAgent)}" "${renderTail(entry)}"`
  );
}

function renderTail({ user, session, id, durationUs, site }: LogEntry): string {
  return `user = ${tailValue(user)}; session = ${tailValue(session)}; id = ${tailValue(id)}; us = ${durationUs ?? '-'}; site = ${item(site)}`;
}

function tailValue(value: string | undefined): string {
  return value === undefined || value === '' ? '-' : encodeURIComponent(value.toWellFormed());
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `10/Oct/2026:13:55:36 +0000` */
function renderTime(time: Date, offsetMinutes: number): string {
  const [year, month, day, clock] = new Date(time.getTime() + offsetMinutes * 60_000).toISOString().split(/[-T.]/);
  const minutes = Math.abs(offsetMinutes);
  const offset = `${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${clock} ${offsetMinutes < 0 ? '-' : '+'}${offset}`;
}

const two = (value: number) => String(value).padStart(2, '0');

function item(value: string | undefined): string {
  return value === undefined || value === '' ? '-' : escapeLogItem(value);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** As Apache escapes what a client sent: `"` and `\` with a backslash, each byte outside printable ASCII as `\xhh`. */
export function escapeLogItem(value: string): string {
  return value.replace(/[^ !#-[\]-~]+/g, (run) => {
    let escaped = '';
    for (const char of run) escaped += ESCAPES[char] ?? escapeBytes(char);
    return escaped;
  });
}

function escapeBytes(char: string): string {
  return Buffer.from(char).reduce((text, byte) => `${text}\\x${byte.toString(16).padStart(2, '0')}`, '');
}

const quoted = (directive: string) => `"${directive.replaceAll('"', '\\"')}"`;
