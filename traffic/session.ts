/** What the site gave a visitor, and what the visitor is waiting for. */

import type { Reply } from './connection';
import { CookieJar } from './cookie-jar';
import type { Visitor } from './crowd';
import { isSignedInAfter, toClick, toUser } from './expected-click';
import type { Answer } from './output';
import type { PlannedRequest } from './plan';
import { type Sender, toRequestText, toVisitorHead } from './request-text';

export class Session {
  readonly visitor: Visitor;
  /** Requests that are due, and must wait for the reply to the one before. */
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

  /** As it was answered: who the access line names depends on what was answered before. */
  take({ method, expect }: PlannedRequest, { status, setCookies }: Extract<Reply, { ok: true }>): Answer['seen'] {
    for (const cookie of setCookies) this.#jar.keep(cookie);
    const { action, outcome } = toClick(method, expect.action, status);
    const seen = { status, action, outcome, user: undefined as string | undefined };
    seen.user = toUser(seen, this.visitor.user, this.#signedIn);
    this.#signedIn = isSignedInAfter(seen, this.#signedIn);
    return seen;
  }
}
