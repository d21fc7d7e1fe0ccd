/** What each address of the demo site answers. The WordPress site keeps the same contract. */
import type { OutgoingHttpHeaders } from 'node:http';
import { PRODUCTS } from '../catalogue';
import { type Accounts, createAccounts } from './accounts';
import { type Credentials, parseCredentials, parseNewCredentials } from './form';
import { type Page, renderDocument } from './layout';
import { cartPage, faultPage, PAGES, searchPage, signInPage, signUpPage } from './pages';
import type { Session, Sessions } from './sessions';

/** One request as the application sees it. */
export interface Visit {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query: string;
  readonly session: Session;
  /** A HEAD request, or one from another site's page: it must change nothing. */
  readonly onlyLooks: boolean;
  /** @returns undefined if the body is too large. */
  form(): Promise<URLSearchParams | undefined>;
}

export interface Reply {
  readonly status: number;
  readonly body: string | Buffer;
  readonly headers?: OutgoingHttpHeaders;
  /** The user in the log line, after a sign-up or sign-in. @default the user who was signed in before */
  readonly user?: string;
}

export type Routes = (visit: Visit) => Reply | Promise<Reply>;

type FormHandler = (visit: Visit, fields: URLSearchParams) => Reply | Promise<Reply>;

/** Accounts kept at most; the oldest are dropped first. */
const ACCOUNTS = 50_000;
const CART_PIECES = 99;

export function createRoutes(sessions: Sessions): Routes {
  const accounts = createAccounts(ACCOUNTS);
  const handlers: ReadonlyMap<string, FormHandler> = new Map<string, FormHandler>([
    ['/sign-up/', (visit, fields) => signUp(accounts, visit, fields)],
    ['/sign-in/', (visit, fields) => signIn(accounts, sessions, visit, fields)],
    ['/sign-out/', signOut],
    ['/cart/', addToCart],
  ]);

  return (visit) => {
    if (visit.method === 'GET') return get(visit);
    const handler = handlers.get(visit.path);
    if (handler !== undefined) return handleForm(handler, visit);
    return isPage(visit.path) ? faultReply(visit, 405, { allow: 'GET, HEAD' }) : faultReply(visit, 404);
  };
}

const FAULTS: Readonly<Record<number, readonly [title: string, text: string]>> = {
  400: ['Bad request', 'The server did not understand this request.'],
  403: ['Not from here', 'This was sent by a page of another site.'],
  404: ['Not found', 'There is no such page.'],
  405: ['Not allowed', 'This page cannot do that.'],
  413: ['Too large', 'A form may hold 64 KiB.'],
  414: ['Address too long', 'No page here has so long an address.'],
  500: ['Server error', 'Something broke on our side, as it was asked to.'],
};

/** The page of an error status. */
export function faultReply(visit: Pick<Visit, 'session'>, status: number, headers: OutgoingHttpHeaders = {}): Reply {
  const [title, text] = FAULTS[status] ?? ['Error', 'That did not work.'];
  return { ...pageReply(visit, faultPage(title, text), status), headers };
}

const anonymous = new Map<Page, Buffer>();

function get(visit: Visit): Reply | Promise<Reply> {
  const { path, query, session } = visit;
  const search = path === '/' && query !== '' ? new URLSearchParams(query).get('s') : null;
  if (search !== null) return pageReply(visit, searchPage(search));
  if (path === '/sign-up/') return pageReply(visit, signUpPage());
  if (path === '/sign-in/') return pageReply(visit, signInPage('', undefined, new URLSearchParams(query).has('new')));
  if (path === '/sign-out/') return signOut(visit);
  if (path === '/cart/') return pageReply(visit, cartPage(session.cart));
  const page = PAGES.get(path);
  if (page !== undefined) return session.user === undefined ? anonymousReply(page) : pageReply(visit, page);
  if (isPage(`${path}/`)) return redirect(`${path}/${query === '' ? '' : `?${query}`}`, 301);
  return faultReply(visit, 404);
}

const isPage = (path: string) => PAGES.has(path) || ['/sign-up/', '/sign-in/', '/sign-out/', '/cart/'].includes(path);

async function handleForm(handler: FormHandler, visit: Visit): Promise<Reply> {
  if (visit.onlyLooks) return faultReply(visit, 403);
  const fields = await visit.form();
  return fields === undefined ? faultReply(visit, 413) : handler(visit, fields);
}

async function signUp(accounts: Accounts, visit: Visit, fields: URLSearchParams): Promise<Reply> {
  const given = parseNewCredentials(fields);
  if (!given.ok) return unfitReply(visit, given);
  const outcome = await accounts.signUp(given.user, given.password);
  if (outcome === 'taken') return takenReply(visit, given.user);
  return { ...redirect('/sign-in/?new=1'), user: given.user };
}

async function signIn(accounts: Accounts, sessions: Sessions, visit: Visit, fields: URLSearchParams): Promise<Reply> {
  const given = parseCredentials(fields);
  if (!given.ok) return pageReply(visit, signInPage(given.user, given.fault), 422);
  const user = await accounts.signIn(given.user, given.password);
  if (user === undefined) return wrongReply(visit, given.user);
  visit.session.user = user;
  sessions.renew(visit.session);
  return { ...redirect('/'), user };
}

/** The reply to a sign-up with an invalid name or password. */
function unfitReply(visit: Pick<Visit, 'session'>, given: Extract<Credentials, { ok: false }>): Reply {
  return pageReply(visit, signUpPage(given.user, given.fault), 422);
}

/** The reply to a sign-up with a name that is taken. */
function takenReply(visit: Pick<Visit, 'session'>, user: string): Reply {
  return pageReply(visit, signUpPage(user, 'That name is taken.'), 409);
}

/** The reply to a sign-in with a wrong name or password. */
function wrongReply(visit: Pick<Visit, 'session'>, user: string): Reply {
  return pageReply(visit, signInPage(user, 'Name or password is wrong.'), 401);
}

function signOut(visit: Visit): Reply {
  if (!visit.onlyLooks) visit.session.user = undefined;
  return redirect('/');
}

/** Changes the session and nothing else. */
function addToCart(visit: Pick<Visit, 'session'>, fields: URLSearchParams): Reply {
  const { cart } = visit.session;
  const slug = fields.get('product') ?? '';
  if (!PRODUCTS.some((product) => product.slug === slug)) return faultReply(visit, 422);
  cart.set(slug, Math.min(CART_PIECES, (cart.get(slug) ?? 0) + 1));
  return redirect('/cart/');
}

function pageReply({ session }: Pick<Visit, 'session'>, page: Page, status = 200): Reply {
  return { status, body: renderDocument(page, session.user) };
}

/** Most visits are anonymous ones to a fixed page, so that is rendered once. */
function anonymousReply(page: Page): Reply {
  const body = anonymous.get(page) ?? Buffer.from(renderDocument(page, undefined));
  anonymous.set(page, body);
  return { status: 200, body };
}

function redirect(location: string, status = 303): Reply {
  return { status, body: '', headers: { location } };
}
