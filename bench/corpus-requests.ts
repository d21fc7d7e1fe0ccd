/** Requests to a WordPress shop, usual and unusual, and the truth about each. */
import type { Action } from '../click/click-event';
import type { Random } from './corpus-random';
import { asApache, asRaw } from './corpus-text';
import { type CorpusRequest, chooseUnusual, type RequestTruth } from './corpus-unusual-requests';

const SECTIONS = ['products', 'pricing', 'about', 'blog', 'contact', 'cart', 'checkout', 'shop', 'news', 'help'];
const TOPICS = ['shoes', 'hats', 'gloves', 'coats', 'socks', 'bags', 'belts', 'scarves', 'boots', 'shirts'];

/** Pages in the canonical form of the event's `page`. */
const PAGES: readonly string[] = [
  '/',
  ...SECTIONS.map((section) => `/${section}/`),
  ...SECTIONS.flatMap((section) => TOPICS.map((topic) => `/${section}/${topic}/`)),
  '/caf%c3%a9/',
  '/a-b_c.d~e/',
  '/index.php/',
  '/wp-admin/',
  '/.env/',
  '/wp-config.php/',
  '/no-such-page/',
];
const ASSETS: readonly string[] = [
  '/wp-includes/css/dashicons.min.css',
  '/wp-includes/js/jquery/jquery.min.js',
  '/wp-content/themes/twentytwentythree/assets/fonts/inter.woff2',
  '/favicon.ico',
  '/robots.txt',
  '/wp-sitemap.xml',
  '/manifest.json',
  '/app.mjs',
  '/app.js.map',
  ...TOPICS.map((topic) => `/wp-content/uploads/${topic}.jpg`),
  ...[
    'png',
    'jpeg',
    'gif',
    'webp',
    'avif',
    'svg',
    'woff',
    'ttf',
    'otf',
    'eot',
    'mp4',
    'webm',
    'mp3',
    'pdf',
    'zip',
    'gz',
  ].map((extension) => `/files/a.${extension}`),
];
const SIGN_UP = ['/sign-up/', '/signup/', '/register/'];
const SIGN_IN = ['/sign-in/', '/signin/', '/login/', '/wp-login.php/'];
const SIGN_OUT = ['/sign-out/', '/signout/', '/logout/'];
const HEALTH = ['/health/', '/healthz/', '/ping/', '/status/'];
const QUERIES = [
  'color=red',
  's=shoes',
  'utm_source=x&utm_medium=mail',
  'p=1&q=a%20b',
  'a=1?b=2',
  'new=1',
  'x=%22%3Cb%3E',
];

/** @param fromMonitor whether a monitor sends it: then it is a health check, whatever it asks for. */
export function chooseRequest(random: Random, fromMonitor: boolean): CorpusRequest {
  if (random.chance(0.03)) return chooseUnusual(random, fromMonitor);
  const made = random.weighted(
    [50, viewPage],
    [26, fetchAsset],
    [4, signUp],
    [6, signIn],
    [3, signOut],
    [2, askHealth],
    [2, callApi],
    [1, viewForeign],
  )(random);
  return fromMonitor ? { ...made, truth: withoutOutcome(made.truth, 'health') } : made;
}

function withoutOutcome({ outcome: _, ...truth }: RequestTruth, action: Action): RequestTruth {
  return { ...truth, action };
}

function viewPage(random: Random): CorpusRequest {
  const verb = random.weighted([94, 'GET'], [3, 'HEAD'], [2, 'POST'], [1, 'PUT']);
  const status = random.weighted([82, 200], [6, 304], [4, 404], [3, 500], [2, 301], [1, 302], [1, 206], [1, 403]);
  return build(
    random,
    verb,
    random.popular(PAGES),
    status,
    verb === 'GET' && (status === 200 || status === 304) ? 'page_view' : 'other',
  );
}

function fetchAsset(random: Random): CorpusRequest {
  const page = `${random.popular(ASSETS)}/`;
  return build(random, 'GET', page, random.weighted([85, 200], [12, 304], [2, 404], [1, 206]), 'asset', ['ver=6.1.9']);
}

function askHealth(random: Random): CorpusRequest {
  return build(random, random.any(['GET', 'HEAD']), random.any(HEALTH), random.weighted([95, 200], [5, 503]), 'health');
}

function callApi(random: Random): CorpusRequest {
  return build(random, random.any(['GET', 'POST']), '/wp-json/wp/v2/posts/', random.any([200, 201, 401]), 'other');
}

function signUp(random: Random): CorpusRequest {
  if (random.chance(0.1)) return form(random, 'POST', '/wp-login.php/', 'sign_up', ['action=register']);
  return form(random, random.weighted([70, 'POST'], [30, 'GET']), random.popular(SIGN_UP), 'sign_up');
}

function signIn(random: Random): CorpusRequest {
  return form(random, random.weighted([70, 'POST'], [30, 'GET']), random.popular(SIGN_IN), 'sign_in');
}

function signOut(random: Random): CorpusRequest {
  const verb = random.any(['GET', 'POST']);
  if (random.chance(0.2))
    return form(random, verb, '/wp-login.php/', 'sign_out', ['action=logout&_wpnonce=0a1b2c3d4e']);
  return form(random, verb, random.popular(SIGN_OUT), 'sign_out');
}

/** A form is viewed with GET and submitted with POST; signing out also works with a link. */
function form(random: Random, verb: string, page: string, action: Action, queries?: readonly string[]): CorpusRequest {
  if (verb === 'GET' && action !== 'sign_out') {
    const status = random.weighted([9, 200], [1, 404]);
    return build(random, verb, page, status, status === 200 ? 'page_view' : 'other', queries ?? []);
  }
  const status = random.weighted(
    [60, 303],
    [15, 302],
    [6, 409],
    [5, 422],
    [6, 401],
    [3, 500],
    [2, 200],
    [1, 301],
    [1, 307],
    [1, 308],
  );
  if ([301, 307, 308].includes(status)) return build(random, verb, page, status, 'other', queries ?? []);
  const made = build(random, verb, page, status, action, queries ?? []);
  const outcome = status === 302 || status === 303 ? 'success' : 'failure';
  return { ...made, truth: { ...made.truth, outcome } };
}

/** A page whose path was sent unencoded. */
function viewForeign(random: Random): CorpusRequest {
  const page = random.any(['/café/', '/東京/駅/', '/"quoted"/', '/back\\slash/']);
  return build(random, 'GET', page, 200, 'page_view');
}

/** @param queries possible queries. @default those of a page. A single `action=` query is always used. */
function build(
  random: Random,
  verb: string,
  page: string,
  status: number,
  action: Action,
  queries: readonly string[] = QUERIES,
): CorpusRequest {
  const path = spellPage(random, page);
  const isFixed = queries.length === 1 && queries[0]?.startsWith('action=') === true;
  const query = queries.length > 0 && (isFixed || random.chance(0.15)) ? random.popular(queries) : undefined;
  const protocol = random.weighted([90, 'HTTP/1.1'], [5, 'HTTP/2.0'], [3, 'HTTP/1.0'], [1, 'HTTP/2'], [1, 'HTTP/3']);
  const mark = query === undefined ? (random.chance(0.01) ? '?' : '') : `?${query}`;
  const request = `${verb} ${path}${mark} ${protocol}`;
  const { logged } = random.chance(0.1) ? asRaw(request) : asApache(request);
  const asked = query === undefined ? {} : { query };
  return { logged, status, truth: { request, verb, path, ...asked, protocol, page, action } };
}

/** Spells the same page in one of several ways. */
export function spellPage(random: Random, page: string): string {
  const bare = page.slice(0, -1);
  // An asset rarely ends with a slash; a page mostly does.
  const isFile = /\.\w+\/$/.test(page);
  const slashes =
    bare === '' ? '/' : random.weighted([isFile ? 0 : 90, '/'], [isFile ? 98 : 8, ''], [1, '//'], [1, '///']);
  return `${random.chance(0.03) ? bare.toUpperCase() : bare}${slashes}`;
}

/** Chooses a page of the site, for referers. */
export function choosePage(random: Random): string {
  return random.popular(PAGES);
}
