/**
 * How many bytes each reply has, without a site: the demo site's own pages, made for what the plan expects. Only the
 * passwords are not asked, as the plan knows which are right.
 */

import { html } from '../../core/html';
import { ASSETS } from '../../site/demo/assets';
import { parseNewCredentials } from '../../site/demo/form';
import {
  addToCart,
  createRoutes,
  faultReply,
  type Reply,
  takenReply,
  unfitReply,
  wrongReply,
} from '../../site/demo/routes';
import { type Session, Sessions } from '../../site/demo/sessions';
import type { PlannedRequest } from '../plan';

/** @returns the size of the body that the demo site would answer the request with, 0 where there is none. */
export type ReplyBytes = (request: PlannedRequest) => number;

/** Replies remembered; a plan has a few dozen, and as many again for visitors who are signed in. */
const REMEMBERED = 10_000;
/** Who is signed in changes a page only by the name in it, so that one name's page tells the length of everybody's. */
const SOMEBODY = 'somebody';

/** To be asked in the order of the plan: what a visitor's cart holds comes from the requests before. */
export function createReplyBytes(): ReplyBytes {
  const routes = createRoutes(new Sessions(0));
  const measured = new Map<string, number>();
  const carts = new Map<number, Session>();

  const look = (target: string, session: Session): Reply => {
    const mark = target.indexOf('?');
    const [path, query] = mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
    // A GET is answered at once.
    return routes({ method: 'GET', path, query, session, onlyLooks: true, form: async () => undefined }) as Reply;
  };
  const measure = (name: string, toReply: () => Reply): number => {
    const known = measured.get(name);
    if (known !== undefined) return known;
    if (measured.size >= REMEMBERED) measured.clear();
    const bytes = bytesOf(toReply());
    measured.set(name, bytes);
    return bytes;
  };
  const measureFor = (user: string | undefined, name: string, toReply: (session: Session) => Reply): number => {
    if (user === undefined) return measure(name, () => toReply(toSession(undefined)));
    const bytes = measure(`${name} signed in`, () => toReply(toSession(SOMEBODY)));
    return bytes - SOMEBODY.length + nameBytes(user);
  };
  const cartOf = ({ visitor, method, path, form, expect, last }: PlannedRequest): Session | undefined => {
    const cart = carts.get(visitor.number);
    if (last) carts.delete(visitor.number);
    if (method !== 'POST' || path !== '/cart/' || expect.status !== 303) return cart;
    const filled = cart ?? toSession(undefined);
    addToCart({ session: filled }, new URLSearchParams(form));
    if (!last) carts.set(visitor.number, filled);
    return filled;
  };

  return (request) => {
    const { path, expect } = request;
    const { status, user } = expect;
    const cart = cartOf(request);
    if (status >= 300 && status < 400) return 0;
    const refusal = toRefusal(request);
    if (refusal !== undefined) return bytesOf(refusal);
    if (status >= 400) return measureFor(user, String(status), (session) => faultReply({ session }, status));
    const asset = ASSETS.get(path);
    if (asset !== undefined) return asset.body.length;
    if (cart !== undefined && path === '/cart/') return bytesOf(look(path, { ...cart, user }));
    return measureFor(user, path, (session) => look(path, session));
  };
}

/** To a form that the site refuses: the page shows again what was typed. */
function toRefusal({ path, form, expect: { status, user } }: PlannedRequest): Reply | undefined {
  if (form === undefined) return undefined;
  const fields = new URLSearchParams(form);
  const visit = { session: toSession(user) };
  const name = fields.get('user') ?? '';
  if (path === '/sign-in/' && status === 401) return wrongReply(visit, name);
  if (path === '/sign-up/' && status === 409) return takenReply(visit, name);
  if (path !== '/sign-up/' || status !== 422) return undefined;
  const given = parseNewCredentials(fields);
  return given.ok ? undefined : unfitReply(visit, given);
}

const toSession = (user: string | undefined): Session => ({ logId: '', secret: '', user, cart: new Map() });
const bytesOf = ({ body }: Reply) => Buffer.byteLength(body);
const nameBytes = (user: string) => Buffer.byteLength(html`${user}`.text);
