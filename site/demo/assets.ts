/** The demo site's static files, kept in the code so that the built package needs no further files. */
import { createHash } from 'node:crypto';

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly etag: string;
}

const CSS = `:root{color-scheme:light dark;--ink:#1d2a26;--paper:#fbfaf6;--line:#d5d2c4;--accent:#0b6b50;--soft:#eef3ee;--bad:#a3201d}
@media (prefers-color-scheme:dark){:root{--ink:#e9ece8;--paper:#151a18;--line:#38423e;--accent:#6fd0ae;--soft:#1e2623;--bad:#ff9c92}}
*{box-sizing:border-box}
body{margin:0;font:1.0625rem/1.6 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
header,main,footer{max-width:60rem;margin:0 auto;padding:1rem 1.25rem}
header{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;align-items:center;border-bottom:1px solid var(--line)}
header .brand{display:flex;gap:.5rem;align-items:center;font-weight:700;color:inherit;text-decoration:none}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;margin:0;padding:0}
a{color:var(--accent)}
a:focus-visible,button:focus-visible,input:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
h1{line-height:1.2;font-size:2rem;margin:1.5rem 0 .5rem}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(15rem,1fr));gap:1rem;list-style:none;padding:0}
.cards li{padding:1rem 1.25rem;border:1px solid var(--line);border-radius:.75rem;background:var(--soft)}
.cards h2{margin:0;font-size:1.125rem}
form{max-width:24rem}
form.search{display:flex;gap:.5rem;align-items:end}
label{display:block;margin:.75rem 0 .25rem;font-weight:600}
input{width:100%;font:inherit;padding:.5rem .75rem;color:inherit;background:transparent;border:1px solid currentColor;border-radius:.5rem}
button{font:inherit;margin-top:1rem;padding:.5rem 1.25rem;border:0;border-radius:.5rem;color:var(--paper);background:var(--accent);cursor:pointer}
table{border-collapse:collapse}th,td{text-align:left;padding:.5rem 1.5rem .5rem 0;border-bottom:1px solid var(--line)}
[role=alert]{padding:.75rem 1rem;border-left:4px solid var(--bad);background:var(--soft)}
[role=status]{padding:.75rem 1rem;border-left:4px solid var(--accent);background:var(--soft)}
footer{border-top:1px solid var(--line);margin-top:3rem;font-size:.9375rem}
`;

const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32"><rect width="32" height="32" rx="8" fill="#0b6b50"/><path d="M5 23 13 9l5 8 3-4 6 10z" fill="#fbfaf6"/></svg>
`;

/** Static files by path. They have no session: a web server serves them without the application. */
export const ASSETS: ReadonlyMap<string, Asset> = new Map([
  ['/assets/site.css', toAsset('text/css; charset=utf-8', CSS)],
  ['/assets/logo.svg', toAsset('image/svg+xml', LOGO)],
]);

function toAsset(type: string, text: string): Asset {
  return { type, body: Buffer.from(text), etag: `"${createHash('sha256').update(text).digest('hex').slice(0, 16)}"` };
}
