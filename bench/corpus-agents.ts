/** User agents as they appear in logs, and the truth about each, written by hand. */

export interface CorpusAgent {
  readonly text: string;
  readonly browser?: string;
  readonly os?: string;
  readonly isBot: boolean;
  /** Whether it is the health check of a load balancer or an orchestrator. */
  readonly isMonitor?: boolean;
}

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const SAFARI = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';

/** Browsers, the most frequent first. */
export const BROWSERS: readonly CorpusAgent[] = [
  browser('Chrome', 'Windows', `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/129.0.0.0 Safari/537.36`),
  browser(
    'Safari',
    'iOS',
    `Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) ${SAFARI} Version/17.6 Mobile/15E148 Safari/604.1`,
  ),
  browser('Chrome', 'Android', `Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/129.0.0.0 Mobile Safari/537.36`),
  browser(
    'Chrome',
    'macOS',
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Chrome/128.0.0.0 Safari/537.36`,
  ),
  browser('Safari', 'macOS', `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${SAFARI} Version/17.6 Safari/605.1.15`),
  browser(
    'Microsoft Edge',
    'Windows',
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/129.0.0.0 Safari/537.36 Edg/129.0.0.0`,
  ),
  browser('Firefox', 'Windows', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0'),
  browser('Firefox', 'Linux', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'),
  browser('Chrome', 'Linux', `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Chrome/129.0.0.0 Safari/537.36`),
  browser(
    'Samsung Internet for Android',
    'Android',
    `Mozilla/5.0 (Linux; Android 14; SM-S918B) ${WEBKIT} SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36`,
  ),
  browser('Firefox', 'Android', 'Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0'),
  browser('Firefox', 'macOS', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:130.0) Gecko/20100101 Firefox/130.0'),
  browser(
    'Chrome',
    'iOS',
    `Mozilla/5.0 (iPad; CPU OS 17_6 like Mac OS X) ${SAFARI} CriOS/129.0.6668.46 Mobile/15E148 Safari/604.1`,
  ),
  browser(
    'Opera',
    'Windows',
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/127.0.0.0 Safari/537.36 OPR/113.0.0.0`,
  ),
  browser('Chrome', 'Chrome OS', `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/129.0.0.0 Safari/537.36`),
  browser(
    'Yandex Browser',
    'Windows',
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/124.0.0.0 YaBrowser/24.6.0.0 Safari/537.36`,
  ),
  browser(
    'Vivaldi',
    'Linux',
    `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Chrome/128.0.0.0 Safari/537.36 Vivaldi/6.9.3447.37`,
  ),
  browser('Internet Explorer', 'Windows', 'Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko'),
];

/** Crawlers and tools. */
export const BOTS: readonly CorpusAgent[] = [
  bot('Googlebot', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'),
  bot(
    'Googlebot',
    `Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) ${WEBKIT} Chrome/128.0.6613.137 Mobile Safari/537.36 ` +
      '(compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'Android',
  ),
  bot(
    'BingCrawler',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) ' +
      'Chrome/116.0.1938.76 Safari/537.36',
  ),
  bot('YandexBot', 'Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)'),
  bot(
    'GPTBot',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)',
  ),
  bot(
    'ClaudeBot',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)',
  ),
  bot('FacebookExternalHit', 'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)'),
  bot('AhrefsBot', 'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)'),
  bot('Chrome', `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} HeadlessChrome/129.0.0.0 Safari/537.36`, 'Linux'),
  bot('curl', 'curl/8.5.0'),
  bot('Wget', 'Wget/1.21.4'),
  bot('python-requests', 'python-requests/2.31.0'),
  bot('Go-http-client', 'Go-http-client/1.1'),
];

export const MONITORS: readonly CorpusAgent[] = [
  { ...bot('ELB-HealthChecker', 'ELB-HealthChecker/2.0'), isMonitor: true },
  { ...bot('kube-probe', 'kube-probe/1.29'), isMonitor: true },
  { ...bot('GoogleHC', 'GoogleHC/1.0'), isMonitor: true },
];

function browser(name: string, os: string, text: string): CorpusAgent {
  return { text, browser: name, os, isBot: false };
}

function bot(name: string, text: string, os?: string): CorpusAgent {
  return { text, browser: name, isBot: true, ...(os === undefined ? {} : { os }) };
}
