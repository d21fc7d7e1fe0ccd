/** The click that a planned request should make, and the one that its answer made of it, by the rules of the click event. */
import { isViewed, toSignResult } from '../click/action';
import type { Action, Outcome } from '../click/click-event';

/** The site's answer when all is well, and how the click then counts. */
export interface Expectation {
  readonly status: number;
  readonly action: Action;
  /** Only for a sign-up, sign-in or sign-out. */
  readonly outcome?: Outcome | undefined;
}

/** How the click counts, given the status of the answer. */
export function toClick(method: 'GET' | 'POST', planned: Action, status: number): Expectation {
  if (planned === 'asset' || planned === 'health') return { status, action: planned };
  if (planned === 'page_view' || planned === 'other') {
    return { status, action: isViewed(method, status) ? 'page_view' : 'other' };
  }
  return { status, ...toSignResult(planned, status) };
}

/**
 * The user in the access line: a visitor who has just signed up or in, or who was signed in before the request (a sign-out
 * still counts). The web server serves static files without the application, so their lines name nobody.
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

/** Whether the visitor is signed in after the click. */
export function isSignedInAfter({ action, outcome }: Expectation, before: boolean): boolean {
  if (outcome !== 'success') return before;
  return action === 'sign_in' || (before && action !== 'sign_out');
}
