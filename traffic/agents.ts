/** User agents, referers and addresses of visitors. */
import { pick, pickIndex, pickWeighted, type Random } from './random';

/**
 * User agents as browsers send them since they froze the details; the shares are rough.
 * @see https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/User-Agent
 * @see https://www.chromium.org/updates/ua-reduction/
 */
const BROWSERS = [
  {
    weight: 30,
    agent:
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36',
  },
  {
    weight: 22,
    agent:
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Mobile Safari/537.36',
  },
  {
    weight: 18,
    agent:
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1',
  },
  {
    weight: 9,
    agent:
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
  },
  {
    weight: 8,
    agent:
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36',
  },
  {
    weight: 7,
    agent:
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0',
  },
  { weight: 4, agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0' },
  { weight: 2, agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' },
];

/** @see https://developers.google.com/search/docs/crawling-indexing/google-common-crawlers, https://github.com/monperrus/crawler-user-agents */
const BOTS = [
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
  'Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)',
  'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)',
];

/** Where visits begin, as browsers send it: by default only the other site's origin (`strict-origin-when-cross-origin`). */
const REFERERS = [
  { weight: 45, referer: undefined },
  { weight: 30, referer: 'https://www.google.com/' },
  { weight: 6, referer: 'https://www.bing.com/' },
  { weight: 5, referer: 'https://duckduckgo.com/' },
  { weight: 5, referer: 'https://www.facebook.com/' },
  { weight: 4, referer: 'https://t.co/' },
  { weight: 3, referer: 'https://www.reddit.com/' },
  { weight: 2, referer: 'https://news.ycombinator.com/' },
];

/** Ranges reserved for documentation, so that no planned address belongs to anybody: RFC 5737 and RFC 3849. */
const IPV4_NETWORKS = ['192.0.2', '198.51.100', '203.0.113'];
const IPV6_SHARE = 0.2;

export function pickAgent(random: Random, kind: 'person' | 'bot'): string {
  return kind === 'bot' ? pick(random, BOTS) : pickWeighted(random, BROWSERS).agent;
}

/** The page that led the visitor here; undefined for people who typed the address, and for bots. */
export function pickReferer(random: Random, kind: 'person' | 'bot'): string | undefined {
  return kind === 'bot' ? undefined : pickWeighted(random, REFERERS).referer;
}

export function pickAddress(random: Random): string {
  if (random() >= IPV6_SHARE) return `${pick(random, IPV4_NETWORKS)}.${1 + pickIndex(random, 254)}`;
  const group = () => pickIndex(random, 0x1_0000).toString(16);
  return `2001:db8:${group()}:${group()}::${(1 + pickIndex(random, 0xffff)).toString(16)}`;
}
