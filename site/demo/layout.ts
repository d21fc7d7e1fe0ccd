import { type Html, html } from '../../core/html';
import { SHOP } from '../catalogue';

export interface Page {
  readonly title: string;
  readonly main: Html;
}

const LINKS = [
  ['/products/', 'Products'],
  ['/pricing/', 'Pricing'],
  ['/blog/', 'Blog'],
  ['/about/', 'About'],
  ['/cart/', 'Cart'],
] as const;

const links = LINKS.map(([path, name]) => html`<li><a href="${path}">${name}</a></li>`);

/** Renders a whole document. @param user who is signed in. */
export function renderDocument({ title, main }: Page, user: string | undefined): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${SHOP.name}</title>
<link rel="stylesheet" href="/assets/site.css">
<link rel="icon" href="/assets/logo.svg" type="image/svg+xml">
</head>
<body>
<header>
<a class="brand" href="/"><img src="/assets/logo.svg" alt="" width="32" height="32">${SHOP.name}</a>
<nav aria-label="Site"><ul>${links}${account(user)}</ul></nav>
</header>
<main>
<h1>${title}</h1>
${main}
</main>
<footer><p>${SHOP.note}</p></footer>
</body>
</html>
`.text;
}

function account(user: string | undefined): Html {
  return user === undefined
    ? html`<li><a href="/sign-in/">Sign in</a></li><li><a href="/sign-up/">Sign up</a></li>`
    : html`<li>Signed in as <strong>${user}</strong></li><li><a href="/sign-out/">Sign out</a></li>`;
}
