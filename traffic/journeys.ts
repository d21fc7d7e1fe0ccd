/**
 * What visitors do on the site, as data: another journey is one more entry. In paths and forms, `{product}` and `{term}` stand for
 * a different one each time, `{user}` and `{password}` for the visitor's own.
 */

import type { Action } from '../click/click-event';
import { PRODUCTS as CATALOGUE } from '../site/catalogue';
import type { Expectation } from './expected-click';

export interface Step {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Sent URL-encoded. */
  readonly form?: Readonly<Record<string, string>> | undefined;
  readonly expect: Expectation;
}

/** An anonymous visitor has no name, a newcomer gets a new one, a member has signed up earlier in this run. */
export type VisitorKind = 'anonymous' | 'newcomer' | 'member' | 'bot';

export interface Journey {
  readonly name: string;
  /** Share of the visitors who take it, relative to the sum of all weights. */
  readonly weight: number;
  readonly visitor: VisitorKind;
  readonly steps: readonly Step[];
}

/** Mean time that a visitor looks at a page, in seconds. People take longer, but a run of ten seconds should show whole journeys. */
export const THINK_SECONDS = 2;

/** Products and searches that both the demo site and the WordPress site have. */
export const PRODUCTS = CATALOGUE.map(({ slug }) => slug);
export const SEARCH_TERMS = ['shoes', 'rain jacket', 'torch', 'socks', 'gift', 'café'];

/** Answers 500 if the site enables it. */
export const ERROR_PATH = '/demo-error/';
/** Pages that neither site has. */
export const MISSING_PATHS = ['/no-such-page/', '/old-catalogue/', '/products/sold-out/', '/blog/draft/'];

const view = (path: string): Step => ({ method: 'GET', path, expect: { status: 200, action: 'page_view' } });
const style: Step = { method: 'GET', path: '/assets/site.css', expect: { status: 200, action: 'asset' } };
const post = (path: string, action: Action, password: string, status: number): Step => ({
  method: 'POST',
  path,
  form: { user: '{user}', password },
  expect: { status, action, outcome: status === 303 ? 'success' : 'failure' },
});
const signUp = (status: 303 | 409 | 422) =>
  post('/sign-up/', 'sign_up', status === 422 ? 'short' : '{password}', status);
const signIn = (status: 303 | 401) => post('/sign-in/', 'sign_in', status === 401 ? 'forgotten' : '{password}', status);
const signOut: Step = {
  method: 'GET',
  path: '/sign-out/',
  expect: { status: 303, action: 'sign_out', outcome: 'success' },
};
const addToCart: Step = {
  method: 'POST',
  path: '/cart/',
  form: { product: '{product}' },
  expect: { status: 303, action: 'other' },
};
const home = view('/');
const products = view('/products/');
const product = view('/products/{product}/');

export const JOURNEYS: readonly Journey[] = [
  {
    name: 'browse',
    weight: 24,
    visitor: 'anonymous',
    steps: [home, style, products, product, product, view('/pricing/')],
  },
  { name: 'read', weight: 8, visitor: 'anonymous', steps: [view('/blog/'), style, home, products] },
  { name: 'search', weight: 10, visitor: 'anonymous', steps: [home, style, view('/?s={term}'), product, product] },
  { name: 'bounce', weight: 18, visitor: 'anonymous', steps: [product] },
  {
    name: 'sign up',
    weight: 12,
    visitor: 'newcomer',
    steps: [view('/sign-up/'), signUp(303), signIn(303), products, product, home],
  },
  {
    name: 'sign up, at the second attempt',
    weight: 2,
    visitor: 'newcomer',
    steps: [view('/sign-up/'), signUp(422), signUp(303), signIn(303), home, products],
  },
  {
    name: 'sign in',
    weight: 10,
    visitor: 'member',
    steps: [view('/sign-in/'), signIn(303), home, products, product, signOut, home],
  },
  {
    name: 'sign in, at the second attempt',
    weight: 3,
    visitor: 'member',
    steps: [view('/sign-in/'), signIn(401), signIn(303), home, products],
  },
  { name: 'sign up again', weight: 1, visitor: 'member', steps: [view('/sign-up/'), signUp(409), signIn(303), home] },
  {
    name: 'buy',
    weight: 8,
    visitor: 'member',
    steps: [home, view('/sign-in/'), signIn(303), products, product, addToCart, view('/cart/'), signOut],
  },
  {
    name: 'crawl',
    weight: 4,
    visitor: 'bot',
    steps: [home, products, product, product, view('/blog/'), view('/pricing/'), view('/about/')],
  },
];
