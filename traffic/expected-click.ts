/** What a planned request should count as, and what an answer made of it, by the rules of the click event. */
import { isViewed, toSignResult } from '../click/action';
import type { Action, Outcome } from '../click/click-event';

/** What the site answers when all is well, and what the click then counts as. */
export interface Expectation {
  readonly status: number;
  readonly action: Action;
  /** Only for a sign-up, sign-in or sign-out. */
  readonly outcome?: Outcome | undefined;
}

/** What the click counts as with the status that came. */
export function toClick(method: 'GET' | 'POST', planned: Action, status: number): Expectation {
  if (planned === 'asset' || planned === 'health') return { status, action: planned };
  if (planned === 'page_view' || planned === 'other') {
    return { status, action: isViewed(method, status) ? 'page_view' : 'other' };
  }
  return { status, ...toSignResult(planned, status) };
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
