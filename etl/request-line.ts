/** Parses the request line of an access line: `GET /products/?color=red HTTP/1.1`. */

export interface RequestLine {
  readonly verb?: string;
  readonly path?: string | undefined;
  readonly query?: string | undefined;
  readonly protocol?: string | undefined;
}

const METHOD = /^[A-Za-z][A-Za-z0-9_-]*$/;
const PROTOCOL = /^HTTP\/\d(?:\.\d)?$/;
const ORIGIN = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?]*/;

/** @returns no fields if this isn't an HTTP request (`GARBAGE`, a TLS handshake); no `protocol` for HTTP/0.9 and lines that were cut off. */
export function parseRequestLine(request: string): RequestLine {
  const verbEnd = request.indexOf(' ');
  const verb = request.slice(0, Math.max(0, verbEnd));
  if (!METHOD.test(verb)) return {};

  const targetEnd = request.lastIndexOf(' ');
  const protocol = request.slice(targetEnd + 1);
  const isProtocol = targetEnd > verbEnd && PROTOCOL.test(protocol);
  const target = request.slice(verbEnd + 1, isProtocol ? targetEnd : undefined);
  return { verb, ...parseTarget(target), protocol: isProtocol ? protocol : undefined };
}

/** Parses `/path?query`, `*` and `http://host/path?query`. @returns no fields for a target without a path (CONNECT's `host:port`). */
function parseTarget(target: string): Pick<RequestLine, 'path' | 'query'> {
  if (target === '*') return { path: target };
  const local = target.startsWith('/') ? target : withoutOrigin(target);
  if (local === undefined) return {};
  const mark = local.indexOf('?');
  if (mark === -1) return { path: local };
  return { path: local.slice(0, mark), query: local.slice(mark + 1) || undefined };
}

function withoutOrigin(address: string): string | undefined {
  const origin = ORIGIN.exec(address)?.[0];
  if (origin === undefined) return undefined;
  const rest = address.slice(origin.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}
