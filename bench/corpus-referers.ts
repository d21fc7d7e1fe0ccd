/** Referers, and whether each is a page of the same site. */
import type { ClickEvent } from '../click/click-event';
import type { Random } from './corpus-random';
import { choosePage, spellPage } from './corpus-requests';
import { asApache, BROKEN } from './corpus-text';

/** Hosts that the corpus's visitors ask for: the tail's `site`. */
export const SITES = ['shop.example.org', 'shop.example.org:8443', '203.0.113.80', '[2001:db8::80]:8080'];

/** Hosts of the site, whatever a line says. */
export const CORPUS_SITE_HOSTS = ['www.shop.example.net', 'old.shop.example.net:8080'];

const LOOPBACK = ['127.0.0.1:8096', 'localhost', 'localhost:3000', '[::1]:8080', '127.0.0.1'];

const ELSEWHERE = [
  'https://www.google.com/',
  'https://www.bing.com/search?q=shoes',
  'https://elsewhere.example/products/',
  'https://shop.example.org.elsewhere.example/products/',
  'https://shop.example.org@elsewhere.example/products/',
  'https://www.shop.example.net:8080/products/',
  'android-app://com.google.android.googlequicksearchbox/',
  '//shop.example.org/products/',
  'http://x/?q="a b"',
  'ftp://localhost/products/',
  'about:blank',
  'products/',
];

export interface CorpusReferer {
  readonly logged: string;
  readonly truth: Pick<ClickEvent, 'referer' | 'referer_page'>;
}

/** @param site that the line names. */
export function chooseReferer(random: Random, site: string | undefined): CorpusReferer {
  const kind = random.weighted([30, 'none'], [45, 'site'], [4, 'path'], [18, 'elsewhere'], [1, 'broken']);
  if (kind === 'none') return { logged: random.weighted([95, '-'], [5, '']), truth: {} };
  if (kind === 'broken') return elsewhere(random.any(BROKEN));
  if (kind === 'elsewhere') return elsewhere(asApache(random.popular(ELSEWHERE)));

  const page = choosePage(random);
  const path = spellPage(random, page);
  // A bare path that begins with two slashes would name a host.
  if (kind === 'path') return { logged: path === '//' || path === '///' ? '/' : path, truth: bare(path, page) };
  const host = random.any([...(site === undefined ? [] : [site, site, site]), ...CORPUS_SITE_HOSTS, ...LOOPBACK]);
  const address = `${random.any(['http', 'https', 'https', 'HTTPS'])}://${random.chance(0.1) ? host.toUpperCase() : host}`;
  const query = random.weighted([85, ''], [10, '?color=red'], [5, '?a=/b/?c']);
  // A host without a path means its front page.
  const rest = path === '/' && random.chance(0.1) ? query : `${path}${query}`;
  const { logged, value } = asApache(`${address}${rest}`);
  return { logged, truth: { referer: value as string, referer_page: page } };
}

function bare(path: string, page: string): CorpusReferer['truth'] {
  return path === '//' || path === '///' ? { referer: '/', referer_page: '/' } : { referer: path, referer_page: page };
}

function elsewhere({ logged, value }: { readonly logged: string; readonly value?: string | undefined }): CorpusReferer {
  return { logged, truth: { referer: value as string } };
}
