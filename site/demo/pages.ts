/** The pages that a visitor may GET, and the forms. */

import { type Html, html } from '../../core/html';
import { POSTS, type Post, PRODUCTS, type Product, SHOP } from '../catalogue';
import type { Page } from './layout';

const searchForm = html`<form class="search" action="/" method="get" role="search">
<div><label for="s">Search</label><input id="s" name="s" type="search" maxlength="100"></div><button>Search</button></form>`;

/** Pages by path, each with a slash at its end. */
export const PAGES: ReadonlyMap<string, Page> = new Map<string, Page>([
  [
    '/',
    {
      title: SHOP.welcome,
      main: html`<p>${SHOP.invitation}</p>${searchForm}${productCards(PRODUCTS.slice(0, 3))}
<p><a href="/products/">All products</a></p>`,
    },
  ],
  ['/products/', { title: 'Products', main: productCards(PRODUCTS) }],
  ...PRODUCTS.map((product) => [`/products/${product.slug}/`, productPage(product)] as const),
  ['/blog/', { title: 'Blog', main: postCards(POSTS) }],
  ...POSTS.map((post) => [`/blog/${post.slug}/`, postPage(post)] as const),
  [
    '/pricing/',
    {
      title: 'Pricing',
      main: html`<table><thead><tr><th scope="col">Product</th><th scope="col">Price</th></tr></thead><tbody>${PRODUCTS.map(
        ({ name, price }) => html`<tr><td>${name}</td><td>${price}</td></tr>`,
      )}</tbody></table><p>${SHOP.delivery}</p>`,
    },
  ],
  [
    '/about/',
    {
      title: 'About us',
      main: html`<p>${SHOP.about}</p>`,
    },
  ],
]);

const QUERY_CHARACTERS = 100;

export function searchPage(query: string): Page {
  const words = query.trim().slice(0, QUERY_CHARACTERS);
  const holds = (text: string) => text.toLowerCase().includes(words.toLowerCase());
  const products = PRODUCTS.filter(({ name, about }) => holds(name) || holds(about));
  const posts = POSTS.filter(({ title, text }) => holds(title) || holds(text));
  const found = products.length + posts.length;
  return {
    title: `Search: ${words}`,
    main: html`<p role="status">${found === 0 ? 'Nothing was found.' : `${found} found.`}</p>${searchForm}
${products.length > 0 ? productCards(products) : undefined}${posts.length > 0 ? postCards(posts) : undefined}`,
  };
}

/** @param cart number of pieces by the product's slug. */
export function cartPage(cart: ReadonlyMap<string, number>): Page {
  const rows = PRODUCTS.filter(({ slug }) => cart.has(slug)).map(
    ({ slug, name, price }) =>
      html`<tr><td><a href="/products/${slug}/">${name}</a></td><td>${price}</td><td>${cart.get(slug)}</td></tr>`,
  );
  const main =
    rows.length === 0
      ? html`<p>Your cart is empty. <a href="/products/">Look at the products</a>.</p>`
      : html`<table><thead><tr><th scope="col">Product</th><th scope="col">Price</th><th scope="col">Pieces</th></tr></thead><tbody>${rows}</tbody></table>`;
  return { title: 'Cart', main };
}

export function signUpPage(user = '', fault?: string): Page {
  const note = html`<p>At least 8 characters of password. Have an account? <a href="/sign-in/">Sign in</a>.</p>`;
  return { title: 'Sign up', main: accountForm('/sign-up/', 'Sign up', 'new-password', user, fault, note) };
}

export function signInPage(user = '', fault?: string, isNew = false): Page {
  const note = isNew
    ? html`<p role="status">Welcome! Your account is ready: sign in.</p>`
    : html`<p>No account yet? <a href="/sign-up/">Sign up</a>.</p>`;
  return { title: 'Sign in', main: accountForm('/sign-in/', 'Sign in', 'current-password', user, fault, note) };
}

export function faultPage(title: string, text: string): Page {
  return { title, main: html`<p>${text}</p><p><a href="/">To the front page</a></p>` };
}

function accountForm(
  action: string,
  button: string,
  autocomplete: string,
  user: string,
  fault: string | undefined,
  note: Html,
): Html {
  return html`${fault === undefined ? undefined : html`<p role="alert">${fault}</p>`}${note}
<form action="${action}" method="post">
<label for="user">Name</label><input id="user" name="user" value="${user}" required maxlength="60" autocomplete="username">
<label for="password">Password</label><input id="password" name="password" type="password" required autocomplete="${autocomplete}">
<button>${button}</button>
</form>`;
}

function productCards(products: readonly Product[]): Html {
  return html`<ul class="cards">${products.map(
    ({ slug, name, price, about }) =>
      html`<li><h2><a href="/products/${slug}/">${name}</a></h2><p>${about}</p><p>${price}</p></li>`,
  )}</ul>`;
}

function postCards(posts: readonly Post[]): Html {
  return html`<ul class="cards">${posts.map(
    ({ slug, title, date }) =>
      html`<li><h2><a href="/blog/${slug}/">${title}</a></h2><p><time datetime="${date}">${date}</time></p></li>`,
  )}</ul>`;
}

function productPage({ slug, name, price, about }: Product): Page {
  return {
    title: name,
    main: html`<p>${about}</p><p><strong>${price}</strong></p>
<form action="/cart/" method="post"><input type="hidden" name="product" value="${slug}"><button>Add to cart</button></form>`,
  };
}

function postPage({ title, date, text }: Post): Page {
  return { title, main: html`<article><p><time datetime="${date}">${date}</time></p><p>${text}</p></article>` };
}
