/** A visitor's state on the site: cookies, sign-in and requests that wait for a reply. */
import type { Reply } from './connection';
import { CookieJar } from './cookie-jar';
import type { Visitor } from './crowd';
import { isSignedInAfter, toClick, toUser } from './expected-click';
import type { Answer } from './output';
import type { PlannedRequest } from './plan';
import { type Sender, toRequestText, toVisitorHead } from './request-text';

export class Session {
  readonly visitor: Visitor;
  /** Requests that are due but must wait for the previous reply. */
  readonly late: PlannedRequest[] = [];
  waits = false;
  readonly #sender: Sender;
  readonly #head: string;
  readonly #jar = new CookieJar();
  #signedIn = false;

  constructor(visitor: Visitor, sender: Sender) {
    this.visitor = visitor;
    this.#sender = sender;
    this.#head = toVisitorHead(visitor, sender);
  }

  toText(request: PlannedRequest): string {
    return toRequestText(request, this.#head, this.#jar.header, this.#sender);
  }

  /** Takes in a reply. @returns how the request counts; the user in the access line depends on earlier replies. */
  take({ method, expect }: PlannedRequest, { status, setCookies }: Extract<Reply, { ok: true }>): Answer['seen'] {
    for (const cookie of setCookies) this.#jar.keep(cookie);
    const { action, outcome } = toClick(method, expect.action, status);
    const seen = { status, action, outcome, user: undefined as string | undefined };
    seen.user = toUser(seen, this.visitor.user, this.#signedIn);
    this.#signedIn = isSignedInAfter(seen, this.#signedIn);
    return seen;
  }
}
