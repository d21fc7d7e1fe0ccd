/**
 * The format of the access log: Apache's directive, and the renderer that the demo site and `traffic` use.
 *
 * The combined format, then a quoted tail of `key = value` pairs, the user first (the workshop's regex expects that):
 * `"user = alice; session = 7f3c…; id = aSFx…; us = 1834; site = shop.example.org"`.
 * In the tail's values, everything but letters, digits and `-_.!~*'()` is percent-encoded.
 */

/** One answered request, as a web server knows it. An absent value is logged as `-`, an empty one as empty. */
export interface LogEntry {
  /** The client's address (`203.0.113.7`, `::1`) or host name. */
  readonly host: string;
  readonly authuser?: string | undefined;
  readonly time: Date;
  /** The server's offset from UTC, in minutes; default 0. */
  readonly offsetMinutes?: number;
  /** The request line: `GET /products/ HTTP/1.1`. */
  readonly request?: string | undefined;
  /** 100 to 599. */
  readonly status: number;
  /** Size of the body; 0 is logged as `-`, as `%b` does. */
  readonly bytes: number;
  readonly referer?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly user?: string | undefined;
  readonly session?: string | undefined;
  /** Unique to each request; duplicates are counted by it. */
  readonly id?: string | undefined;
  readonly durationUs?: number | undefined;
  /** The host (with its port) that the visitor asked for; a referer on it is a page of this site. */
  readonly site?: string | undefined;
  /**
   * How `request`, `referer`, `userAgent` and `site` encode the client's bytes. `latin1` is one character per byte, as in
   * node:http's headers; with it any bytes are logged as Apache would.
   * @default 'utf8'
   */
  readonly encoding?: Encoding | undefined;
}

type Encoding = 'utf8' | 'latin1';

/**
 * Apache's `LogFormat`, for a server whose application sets the notes `clickuser` and `clicksession`.
 * `site` comes last: the client controls it, and the first of two equal keys counts.
 */
export function apacheLogFormat(name: string): string {
  const tail = 'user = %{clickuser}n; session = %{clicksession}n; id = %{UNIQUE_ID}e; us = %D; site = %{Host}i';
  return `LogFormat ${quoted(`%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" "${tail}"`)} ${name}`;
}

/** Renders a request's access line, without its newline: always one line of ASCII, whatever the values hold. */
export function renderLogLine(entry: LogEntry): string {
  const { host, authuser, time, offsetMinutes, request, status, bytes, referer, userAgent } = entry;
  const { user, session, id, durationUs, site, encoding } = entry;
  return (
    renderWho(host, authuser) +
    renderWhen(time, offsetMinutes) +
    renderHit(request, status, bytes, encoding) +
    renderReferer(referer, encoding) +
    renderAgent(userAgent, encoding) +
    renderUser(user) +
    renderSession(session) +
    renderId(id) +
    (durationUs ?? '-') +
    renderSite(site, encoding)
  );
}

// The line's pieces, in order. A writer of many lines caches the recurring ones, and puts the duration between the last two.

/** `203.0.113.7 - - [` */
export function renderWho(host: string, authuser?: string): string {
  return `${host === '' ? '-' : escapeLogItem(host)} - ${authuser === '' ? '""' : escapeLogItem(authuser ?? '-')} [`;
}

/** `10/Oct/2026:13:55:36 +0000] "` */
export function renderWhen(time: Date, offsetMinutes = 0): string {
  return `${renderTime(time, offsetMinutes)}] "`;
}

/** `GET /products/ HTTP/1.1" 200 2326 "` */
export function renderHit(request: string | undefined, status: number, bytes: number, encoding?: Encoding): string {
  return `${clientItem(request, encoding)}" ${status} ${bytes === 0 ? '-' : bytes} "`;
}

/** `https://shop.example.org/" "` */
export function renderReferer(referer: string | undefined, encoding?: Encoding): string {
  return `${clientItem(referer, encoding)}" "`;
}

/** `Mozilla/5.0 (X11)" "user = ` */
export function renderAgent(userAgent: string | undefined, encoding?: Encoding): string {
  return `${clientItem(userAgent, encoding)}" "user = `;
}

/** `alice; session = ` */
export function renderUser(user: string | undefined): string {
  return `${tailValue(user)}; session = `;
}

/** `bb1191ef669f483d; id = ` */
export function renderSession(session: string | undefined): string {
  return `${tailValue(session)}; id = `;
}

/** `aSFxq38AAQEAAB2fKxkAAAAA; us = ` */
export function renderId(id: string | undefined): string {
  return `${tailValue(id)}; us = `;
}

/** `; site = shop.example.org"` */
export function renderSite(site: string | undefined, encoding?: Encoding): string {
  return `; site = ${clientItem(site, encoding)}"`;
}

function clientItem(value: string | undefined, encoding?: Encoding): string {
  return value === undefined ? '-' : escapeLogItem(value, encoding);
}

function tailValue(value: string | undefined): string {
  if (value === undefined || value === '') return '-';
  // A visitor may be called `-`; unescaped, that would mean no user.
  return value === '-' ? '%2D' : encodeURIComponent(value.toWellFormed());
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The second rendered last: a busy log has thousands of lines in one second. */
let rendered = { second: Number.NaN, offsetMinutes: 0, text: '' };

/** `10/Oct/2026:13:55:36 +0000` */
function renderTime(time: Date, offsetMinutes: number): string {
  const second = Math.floor(time.getTime() / 1000);
  if (rendered.second !== second || rendered.offsetMinutes !== offsetMinutes) {
    rendered = { second, offsetMinutes, text: toApacheTime(second, offsetMinutes) };
  }
  return rendered.text;
}

function toApacheTime(second: number, offsetMinutes: number): string {
  const [year, month, day, clock] = new Date((second + offsetMinutes * 60) * 1000).toISOString().split(/[-T.]/);
  const minutes = Math.abs(offsetMinutes);
  const offset = `${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
  return `${day}/${MONTHS[Number(month) - 1]}/${year}:${clock} ${offsetMinutes < 0 ? '-' : '+'}${offset}`;
}

const two = (value: number) => String(value).padStart(2, '0');

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/**
 * Escapes what a client sent, as Apache does: `"` and `\` with a backslash, each byte outside printable ASCII as `\xhh`.
 *
 * @param encoding of the text's bytes; a character above U+00FF does not exist in `latin1` and is escaped as UTF-8.
 */
export function escapeLogItem(value: string, encoding: Encoding = 'utf8'): string {
  return value.replace(/[^ !#-[\]-~]+/g, (run) => {
    let escaped = '';
    for (const char of run) escaped += ESCAPES[char] ?? escapeBytes(char, char > '\xff' ? 'utf8' : encoding);
    return escaped;
  });
}

function escapeBytes(char: string, encoding: Encoding): string {
  return Buffer.from(char, encoding).reduce((text, byte) => `${text}\\x${byte.toString(16).padStart(2, '0')}`, '');
}

const quoted = (directive: string) => `"${directive.replaceAll('"', '\\"')}"`;
