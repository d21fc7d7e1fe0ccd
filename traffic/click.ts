/** What one request is counted as: the words of the click event, from what was asked and what was answered. */
export type Action = 'page_view' | 'sign_up' | 'sign_in' | 'sign_out' | 'asset' | 'other';
export type Outcome = 'success' | 'failure';

/** What the site answers when all is well, and what the click is then counted as. */
export interface Expectation {
  readonly status: number;
  readonly action: Action;
  /** Of a sign-up, sign-in or sign-out. */
  readonly outcome?: Outcome | undefined;
}

/** The same for the status that came, by the rules of the click event: `click/action.ts`. */
export function toClick(method: 'GET' | 'POST', planned: Action, status: number): Expectation {
  if (planned === 'asset') return { status, action: planned };
  if (planned === 'page_view' || planned === 'other') {
    return { status, action: method === 'GET' && (status === 200 || status === 304) ? 'page_view' : 'other' };
  }
  // Sent to a page's old address, a form has been neither taken nor refused.
  if (status === 301 || status === 307 || status === 308) return { status, action: 'other' };
  return { status, action: planned, outcome: status === 302 || status === 303 ? 'success' : 'failure' };
}

/**
 * Who the access line names: somebody who has just signed up or in, else who was signed in before the request (a sign-out
 * is still theirs). The web server gives static files without the application: their lines name nobody.
 */
export function toUser(
  { action, outcome }: Expectation,
  user: string | undefined,
  signedIn: boolean,
): string | undefined {
  if (action === 'asset') return undefined;
  const enters = outcome === 'success' && (action === 'sign_up' || action === 'sign_in');
  return enters || signedIn ? user : undefined;
}

/** Whether the visitor is signed in after it. */
export function isSignedInAfter({ action, outcome }: Expectation, before: boolean): boolean {
  if (outcome !== 'success') return before;
  return action === 'sign_in' || (before && action !== 'sign_out');
}

/** The path, lower-cased, with one slash at its end: what the click events call `page`. */
export function toPage(path: string): string {
  const query = path.indexOf('?');
  const bare = (query < 0 ? path : path.slice(0, query)).toLowerCase();
  return bare.endsWith('/') ? bare : `${bare}/`;
}
