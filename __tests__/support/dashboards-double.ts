/**
 * A dashboards server that answers as Kibana 6.4, Kibana 7.10 and OpenSearch Dashboards 2.8 were recorded to answer: also where they
 * refuse, are down or starting. It keeps what it takes, by tenant and space.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Kind = 'kibana6' | 'kibana7' | 'osd';

export interface DoubleOptions {
  readonly kind: Kind;
  readonly version?: string;
  /** The path of the dashboards. A search engine then answers at the root, as on a domain of Amazon’s service. */
  readonly basePath?: string;
  readonly auth?: 'none' | 'basic' | 'sigv4' | 'cookie';
  /** Whether who has no cookie is sent to a page, as OpenSearch Dashboards does, or told 401. */
  readonly redirects?: boolean;
}

export interface Stored {
  readonly type: string;
  readonly id: string;
  readonly attributes: Record<string, unknown>;
  readonly references?: readonly { type: string; id: string; name: string }[];
  readonly migrationVersion?: Record<string, string>;
}

export interface Double {
  readonly url: string;
  /** `METHOD path` of each request, in order. */
  readonly requests: string[];
  /** By `<tenant>/<space>`: `global/` for the default ones. */
  readonly stores: Map<string, Map<string, Stored>>;
  readonly settings: Record<string, unknown>;
  /** Says before each request what is answered in its place: a status, a page, nothing at all. */
  intercept: (method: string, path: string) => Answer | undefined;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body: unknown;
  /** Answered by the search engine, or by something else in front: without the header that names dashboards. */
  readonly isForeign?: true;
}

export const USER = 'admin';
export const PASSWORD = 'correct horse';
const COOKIE = 'security_authentication=Fe26.2**c0ffee';
const VERSIONS: Readonly<Record<Kind, string>> = { kibana6: '6.4.2', kibana7: '7.10.2', osd: '2.8.0' };
const TYPES: Readonly<Record<string, string>> = {
  'index-pattern': 'title timeFieldName fields fieldFormatMap intervalName notExpandable sourceFilters type typeMeta',
  visualization:
    'title visState uiStateJSON description version kibanaSavedObjectMeta savedSearchId savedSearchRefName',
  search: 'title description hits columns sort version kibanaSavedObjectMeta',
  dashboard:
    'title hits description panelsJSON optionsJSON version timeRestore timeFrom timeTo refreshInterval kibanaSavedObjectMeta',
};

export async function startDouble(options: DoubleOptions): Promise<Double> {
  const { kind, basePath = '' } = options;
  const version = options.version ?? VERSIONS[kind];
  const isSix = kind === 'kibana6';
  const isOsd = kind === 'osd';
  const double = {
    requests: [] as string[],
    stores: new Map<string, Map<string, Stored>>(),
    settings: { buildNum: { userValue: 1 } } as Record<string, unknown>,
    intercept: (_method: string, _path: string): Answer | undefined => undefined,
  };

  function answer(request: IncomingMessage, body: string): Answer {
    const url = new URL(request.url ?? '/', 'http://double');
    const method = request.method ?? 'GET';
    double.requests.push(`${method} ${url.pathname}${url.search}`);
    const given = double.intercept(method, url.pathname);
    if (given !== undefined) return given;
    if (!url.pathname.startsWith(basePath)) return engine(options.auth ?? 'none');
    const path = url.pathname.slice(basePath.length);
    if (path === '/auth/login' && options.auth === 'cookie') return login(body);
    const refused = authorize(request, path);
    if (refused !== undefined) return refused;
    const [, space = '', rest = path] = /^\/s\/([^/]+)(\/.*)$/.exec(path) ?? [];
    if (method === 'GET' && rest === '/api/status') return status(version);
    const xsrf = isOsd ? 'osd-xsrf' : 'kbn-xsrf';
    if (method === 'POST' && request.headers[xsrf] === undefined) {
      return bad(400, `Request must contain ${isOsd ? 'the' : 'a'} ${xsrf} header.`);
    }
    const tenant = options.auth === 'cookie' ? String(request.headers['securitytenant'] ?? '__user__') : 'global';
    const name = `${tenant}/${space}`;
    const store = double.stores.get(name) ?? new Map<string, Stored>();
    double.stores.set(name, store);
    try {
      return route(method, rest, url.searchParams, body, store, String(request.headers['content-type']));
    } catch {
      return bad(400, 'Invalid request payload JSON format');
    }
  }

  function authorize(request: IncomingMessage, path: string): Answer | undefined {
    const { authorization = '', cookie = '' } = request.headers;
    if (options.auth === 'basic') {
      const wanted = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`;
      return authorization === wanted ? undefined : bad(401, 'Authentication required');
    }
    if (options.auth === 'sigv4') {
      const isSigned = /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d{8}\/eu-west-1\/es\/aws4_request,/.test(authorization);
      const message = 'User: anonymous is not authorized to perform: es:ESHttpGet';
      return isSigned ? undefined : { status: 403, body: { Message: message } };
    }
    if (options.auth !== 'cookie' || cookie.includes(COOKIE)) return undefined;
    if (options.redirects === true) {
      return {
        status: 302,
        headers: { location: `${basePath}/app/login?nextUrl=${encodeURIComponent(path)}` },
        body: '',
      };
    }
    return bad(401, 'Authentication required');
  }

  function login(body: string): Answer {
    const { username, password } = JSON.parse(body);
    if (username !== USER || password !== PASSWORD) return bad(401, 'Invalid username or password');
    return {
      status: 200,
      headers: { 'set-cookie': [`${COOKIE}; HttpOnly; Path=/`, 'security_preferences=x; Path=/'] },
      body: { username, tenants: { global_tenant: true } },
    };
  }

  function status(number: string): Answer {
    const overall = { state: 'green', title: 'Green' };
    return {
      status: 200,
      body: { name: 'double', version: { number, build_number: 1 }, status: { overall, statuses: [] } },
    };
  }

  function route(
    method: string,
    path: string,
    query: URLSearchParams,
    body: string,
    store: Map<string, Stored>,
    type: string,
  ): Answer {
    const settings = isOsd ? '/api/opensearch-dashboards/settings' : '/api/kibana/settings';
    const overwrite = query.get('overwrite') === 'true';
    if (path === '/api/saved_objects/_bulk_get') return bulkGet(JSON.parse(body), store);
    if (path === '/api/saved_objects/_bulk_create' && isSix) return bulkCreate(body, overwrite, store);
    if (path === '/api/saved_objects/_import' && !isSix) return importFile(type, body, overwrite, store);
    if (path === '/api/saved_objects/_export' && !isSix) return exportFile(JSON.parse(body).objects, store);
    if (path === '/api/kibana/dashboards/export' && isSix) return exportDashboard(query.get('dashboard') ?? '', store);
    if (path.startsWith(settings)) return useSettings(method, path.slice(settings.length), body);
    return bad(404, 'Not Found');
  }

  function useSettings(method: string, key: string, body: string): Answer {
    const given = method === 'POST' ? JSON.parse(body) : {};
    if (
      method === 'POST' &&
      (isSix ? key !== '/defaultIndex' || given.value === undefined : given.changes === undefined)
    ) {
      return bad(400, '[request body.defaultIndex]: definition for this key is missing');
    }
    const changed = isSix ? given.value : given.changes?.defaultIndex;
    if (changed !== undefined) double.settings['defaultIndex'] = { userValue: changed };
    return { status: 200, body: { settings: double.settings } };
  }

  function bulkGet(wanted: readonly { type: string; id: string }[], store: Map<string, Stored>): Answer {
    const found = wanted.map(({ type, id }) => store.get(`${type}/${id}`) ?? notFound(kind, type, id));
    return { status: 200, body: { saved_objects: found } };
  }

  function bulkCreate(body: string, overwrite: boolean, store: Map<string, Stored>): Answer {
    if (body.length > 1024 * 1024) return bad(400, 'Payload content length greater than maximum allowed: 1048576');
    const objects: Stored[] = JSON.parse(body);
    const foreign = objects
      .flatMap((object) => Object.keys(object))
      .filter((key) => !/^(id|type|attributes)$/.test(key));
    if (foreign.length > 0) return bad(400, `"value" at position 0 fails because ["${foreign[0]}" is not allowed]`);
    const results = objects.map((object) => {
      const { type, id } = object;
      const fault = strictFault(object);
      if (fault !== undefined) return { id, type, error: { message: fault } };
      if (store.has(`${type}/${id}`) && !overwrite) {
        return { id, type, error: { statusCode: 409, message: 'version conflict, document already exists' } };
      }
      store.set(`${type}/${id}`, object);
      return { ...object, updated_at: new Date().toISOString(), version: 1 };
    });
    return { status: 200, body: { saved_objects: results } };
  }

  function importFile(contentType: string, body: string, overwrite: boolean, store: Map<string, Stored>): Answer {
    const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(contentType)?.[1];
    if (boundary === undefined) return bad(415, 'Unsupported Media Type');
    const [, head = '', file = ''] =
      new RegExp(`^--${boundary}\r\n(.*?)\r\n\r\n(.*)\r\n--${boundary}--`, 's').exec(body) ?? [];
    const extension = /filename=".*?(\.\w+)?"/.exec(head)?.[1] ?? '';
    if (extension.toLowerCase() !== '.ndjson') return bad(400, `Invalid file extension ${extension}`);
    const objects: Stored[] = file.split('\n').flatMap((line) => (line.trim() === '' ? [] : [JSON.parse(line)]));
    for (const { id, migrationVersion = {} } of objects) {
      const newer = Object.entries(migrationVersion).find(([, number]) => isAfter(number, '7.10.0'));
      if (newer !== undefined) {
        const message = `Document "${id}" has property "${newer[0]}" which belongs to a more recent version of ${isOsd ? 'OpenSearch Dashboards' : 'Kibana'} [${newer[1]}]. The last known version is [7.10.0]`;
        return { status: 422, body: { statusCode: 422, error: 'Unprocessable Entity', message } };
      }
    }
    const there = (type: string, id: string) =>
      store.has(`${type}/${id}`) || objects.some((other) => other.type === type && other.id === id);
    const faults = objects.map((object) => {
      const missing = (object.references ?? []).filter(({ type, id }) => !there(type, id));
      if (TYPES[object.type] === undefined) return { type: 'unsupported_type' };
      if (missing.length > 0) {
        return { type: 'missing_references', references: missing.map(({ type, id }) => ({ type, id })) };
      }
      if (store.has(`${object.type}/${object.id}`) && !overwrite) return { type: 'conflict' };
      const message = strictFault(object);
      return message === undefined ? undefined : { message, type: 'unknown' };
    });
    const errors = objects.flatMap(({ type, id, attributes }, at) =>
      faults[at] === undefined ? [] : [{ type, id, title: attributes['title'], error: faults[at] }],
    );
    const good = objects.filter((_, at) => faults[at] === undefined);
    // A conflict or a missing reference, and nothing is written; an unknown type, and the others are.
    if (!faults.some((fault) => fault?.type === 'conflict' || fault?.type === 'missing_references')) {
      for (const object of good) store.set(`${object.type}/${object.id}`, object);
    }
    const rest = errors.length === 0 ? { success: true } : { success: false, errors };
    return { status: 200, body: { successCount: good.length, ...rest } };
  }

  function exportFile(wanted: readonly { type: string; id: string }[], store: Map<string, Stored>): Answer {
    const missing = wanted.filter(({ type, id }) => !store.has(`${type}/${id}`));
    if (missing.length > 0) {
      const objects = missing.map(({ type, id }) => notFound(kind, type, id));
      return {
        status: 400,
        body: { statusCode: 400, error: 'Bad Request', message: 'Bad Request', attributes: { objects } },
      };
    }
    const found = withReferences(wanted, store).map((object, at) => ({
      ...object,
      updated_at: new Date().toISOString(),
      version: `Wz${at}`,
    }));
    const summary = { exportedCount: found.length, missingRefCount: 0, missingReferences: [] };
    const headers = { 'content-type': 'application/ndjson' };
    return { status: 200, headers, body: [...found, summary].map((each) => JSON.stringify(each)).join('\n') };
  }

  function exportDashboard(id: string, store: Map<string, Stored>): Answer {
    const dashboard = store.get(`dashboard/${id}`);
    const panels: { type: string; id: string }[] =
      dashboard === undefined ? [] : JSON.parse(String(dashboard.attributes['panelsJSON']));
    const found = panels.map(({ type, id }) => store.get(`${type}/${id}`));
    const patterns = [...store.values()].filter(({ type }) => type === 'index-pattern');
    const objects = dashboard === undefined ? [notFound(kind, 'dashboard', id)] : [...found, ...patterns, dashboard];
    return { status: 200, body: { version, objects } };
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => send(response, answer(request, Buffer.concat(chunks).toString()), isOsd));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return Object.assign(double, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close });
}

function send(response: ServerResponse, { status, headers = {}, body, isForeign }: Answer, isOsd: boolean): void {
  const isText = typeof body === 'string';
  response.writeHead(status, {
    ...(isForeign ? {} : { [isOsd ? 'osd-name' : 'kbn-name']: 'double' }),
    'content-type': isText ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8',
    ...headers,
  } as Record<string, string>);
  response.end(isText ? body : JSON.stringify(body));
}

/** What a search engine says where dashboards were asked for. */
function engine(auth: string): Answer {
  if (auth === 'cookie') return { status: 401, body: 'Unauthorized', isForeign: true };
  const error = { type: 'illegal_argument_exception', reason: 'no handler' };
  return { status: 400, body: { error, status: 400 }, isForeign: true };
}

function isAfter(version: string, other: string): boolean {
  return version.localeCompare(other, 'en', { numeric: true }) > 0;
}

export const bad = (status: number, message: string): Answer => ({
  status,
  body: { statusCode: status, error: 'Bad Request', message },
});

/** An object that is not there, in a list. */
function notFound(kind: Kind, type: string, id: string) {
  if (kind === 'kibana6') return { id, type, error: { statusCode: 404, message: 'Not found' } };
  if (TYPES[type] !== undefined) {
    return {
      id,
      type,
      error: { statusCode: 404, error: 'Not Found', message: `Saved object [${type}/${id}] not found` },
    };
  }
  const message = `Unsupported saved object type: '${type}': Bad Request`;
  return { id, type, error: { statusCode: 400, error: 'Bad Request', message } };
}

function strictFault({ type, attributes }: Stored): string | undefined {
  const known = TYPES[type]?.split(' ');
  if (known === undefined)
    return `mapping set to strict, dynamic introduction of [${type}] within [doc] is not allowed`;
  const foreign = Object.keys(attributes).find((name) => !known.includes(name));
  return foreign === undefined
    ? undefined
    : `mapping set to strict, dynamic introduction of [${foreign}] within [${type}] is not allowed`;
}

function withReferences(
  wanted: readonly { type: string; id: string }[],
  store: Map<string, Stored>,
): readonly Stored[] {
  const found = new Map<string, Stored>();
  const add = ({ type, id }: { type: string; id: string }): void => {
    const object = store.get(`${type}/${id}`);
    if (object === undefined || found.has(`${type}/${id}`)) return;
    found.set(`${type}/${id}`, object);
    object.references?.forEach(add);
  };
  wanted.forEach(add);
  return [...found.values()];
}
