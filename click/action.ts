/** The action rule: what the visitor did, from method, page and status. The transform and the traffic plan both use it. */
import type { Action, Outcome } from './click-event';

/** The pages of our sites (site/), common spellings elsewhere, and WordPress's stock page. */
const ACCOUNT_PAGES: ReadonlyMap<string, Action> = new Map([
  ['/sign-up/', 'sign_up'],
  ['/signup/', 'sign_up'],
  ['/register/', 'sign_up'],
  ['/sign-in/', 'sign_in'],
  ['/signin/', 'sign_in'],
  ['/login/', 'sign_in'],
  ['/wp-login.php/', 'sign_in'],
  ['/sign-out/', 'sign_out'],
  ['/signout/', 'sign_out'],
  ['/logout/', 'sign_out'],
]);

const HEALTH_PAGES: ReadonlySet<string> = new Set(['/health/', '/healthz/', '/ping/', '/status/']);

const ASSET =
  /\.(?:css|m?js|map|json|xml|txt|png|jpe?g|gif|webp|avif|svg|ico|woff2?|ttf|otf|eot|mp4|webm|mp3|pdf|zip|gz)\/$/;

export interface ClickedAction {
  readonly action: Action;
  readonly outcome?: Outcome;
}

/**
 * @param page from `toPage`; undefined if the request has no path.
 * @param fromMonitor whether the user agent is the health check of a load balancer or an orchestrator.
 */
export function toAction(
  verb: string | undefined,
  page: string | undefined,
  query: string | undefined,
  status: number,
  fromMonitor: boolean,
): ClickedAction {
  if (page === undefined || verb === undefined) return { action: fromMonitor ? 'health' : 'other' };
  if (fromMonitor || HEALTH_PAGES.has(page)) return { action: 'health' };
  const accountAction = toAccountAction(verb, page, query);
  if (accountAction !== undefined) return toSignResult(accountAction, status);
  if (ASSET.test(page)) return { action: 'asset' };
  return { action: isViewed(verb, status) && !page.startsWith('/wp-json/') ? 'page_view' : 'other' };
}

/** Submitting the form is a sign-up or sign-in; looking at it is a page view. */
function toAccountAction(verb: string, page: string, query: string | undefined): Action | undefined {
  let action = ACCOUNT_PAGES.get(page);
  if (page === '/wp-login.php/' && query?.startsWith('action=register')) action = 'sign_up';
  if (page === '/wp-login.php/' && query?.startsWith('action=logout')) action = 'sign_out';
  return verb === 'POST' || (verb === 'GET' && action === 'sign_out') ? action : undefined;
}

/** Whether the visitor saw a page. 304 counts: the browser showed its cached copy. */
export function isViewed(verb: string, status: number): boolean {
  return verb === 'GET' && (status === 200 || status === 304);
}

/**
 * The outcome of a sign-up, sign-in or sign-out. A form sent to a page's old address (301, 307, 308) was neither accepted nor refused.
 */
export function toSignResult(action: Action, status: number): ClickedAction {
  if (status === 301 || status === 307 || status === 308) return { action: 'other' };
  return { action, outcome: status === 302 || status === 303 ? 'success' : 'failure' };
}
