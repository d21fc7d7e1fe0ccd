import { randomBytes } from 'node:crypto';

export interface Session {
  /** The session's id in the log. Not the cookie: reading the log must not be enough to take a session over. */
  readonly logId: string;
  /** The cookie's value, 128 random bits in hex. */
  secret: string;
  user: string | undefined;
  /** Number of pieces by the product's slug. */
  readonly cart: Map<string, number>;
}

/** Sessions in memory. Beyond `limit`, the least recently used one is dropped. */
export class Sessions {
  readonly #bySecret = new Map<string, Session>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The session of a `Cookie` header; undefined if this site did not issue it. */
  find(cookies: string | undefined): Session | undefined {
    const secret = cookies === undefined ? undefined : SESSION_COOKIE.exec(cookies)?.[1];
    const session = secret === undefined ? undefined : this.#bySecret.get(secret);
    if (session !== undefined) this.#remember(session);
    return session;
  }

  create(): Session {
    const session = { logId: randomHex(), secret: randomHex(), user: undefined, cart: new Map() };
    this.#remember(session);
    if (this.#bySecret.size > this.#limit) this.#bySecret.delete(this.#bySecret.keys().next().value ?? '');
    return session;
  }

  /** Gives the session a new secret, so that one planted in the visitor's browser never becomes signed in (session fixation). */
  renew(session: Session): void {
    this.#bySecret.delete(session.secret);
    session.secret = randomHex();
    this.#remember(session);
  }

  /** Makes the session the newest: a Map keeps its keys in insertion order. */
  #remember(session: Session): void {
    this.#bySecret.delete(session.secret);
    this.#bySecret.set(session.secret, session);
  }
}

/** The `Set-Cookie` header of a session. Without `Secure`, since the demo site speaks plain HTTP. */
export function toSetCookie(session: Session): string {
  return `session=${session.secret}; Path=/; HttpOnly; SameSite=Lax`;
}

const SESSION_COOKIE = /(?:^|;)\s*session=([0-9a-f]{32})\s*(?:;|$)/;

const randomHex = () => randomBytes(16).toString('hex');
