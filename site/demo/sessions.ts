import { randomBytes } from 'node:crypto';

export interface Session {
  /** What the log names the session by. Not the cookie: who reads the log must not be able to take a session over. */
  readonly logId: string;
  /** The secret that the cookie holds, 128 random bits in hex. */
  secret: string;
  user: string | undefined;
  /** Slugs of products and how many of each. */
  readonly cart: Map<string, number>;
}

/** Sessions in memory. Beyond `limit` the one unused for longest is forgotten. */
export class Sessions {
  private readonly bySecret = new Map<string, Session>();
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** The session of a `Cookie` header; undefined where it names none that this site gave out. */
  find(cookies: string | undefined): Session | undefined {
    const secret = cookies === undefined ? undefined : SESSION_COOKIE.exec(cookies)?.[1];
    const session = secret === undefined ? undefined : this.bySecret.get(secret);
    if (session !== undefined) this.remember(session);
    return session;
  }

  create(): Session {
    const session = { logId: randomHex(), secret: randomHex(), user: undefined, cart: new Map() };
    this.remember(session);
    if (this.bySecret.size > this.limit) this.bySecret.delete(this.bySecret.keys().next().value ?? '');
    return session;
  }

  /** Gives the session a new secret: one that somebody planted in the visitor's browser must not become signed in. */
  renew(session: Session): void {
    this.bySecret.delete(session.secret);
    session.secret = randomHex();
    this.remember(session);
  }

  /** As the newest: a Map keeps the order in which its keys came. */
  private remember(session: Session): void {
    this.bySecret.delete(session.secret);
    this.bySecret.set(session.secret, session);
  }
}

/** The `Set-Cookie` that hands a session out. Without `Secure`: the demo site speaks plain HTTP. */
export function toSetCookie(session: Session): string {
  return `session=${session.secret}; Path=/; HttpOnly; SameSite=Lax`;
}

const SESSION_COOKIE = /(?:^|;)\s*session=([0-9a-f]{32})\s*(?:;|$)/;

const randomHex = () => randomBytes(16).toString('hex');
