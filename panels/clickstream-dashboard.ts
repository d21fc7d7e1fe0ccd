/** The site as a whole: responses, page views, sign-ups and sign-ins, top pages, users and referrers. */
import { countOf, didSucceed, distinct, events, overTime, pageView, serverError, topOf } from './figures';
import type { CountPanel, Dashboard, Figure } from './panel';

const attempts: readonly Figure[] = [
  countOf('success', 'succeeded', 'good', didSucceed),
  countOf('failure', 'failed', 'bad', { field: 'outcome', is: 'failure' }),
];

const percentile = (percent: number, tone: Figure['tone']): Figure => ({
  column: `p${percent}`,
  label: `p${percent}`,
  tone,
  measure: { kind: 'percentile', field: 'duration_us', percent },
});

const ranking = (panel: Omit<CountPanel, 'kind' | 'drawing' | 'figures'>, counted: string): CountPanel => ({
  kind: 'count',
  drawing: { as: 'ranking' },
  figures: events(counted),
  ...panel,
});

const GUIDE = `### Clickstream
Each event is one request to the site and its response. Start with **Responses: 500 vs 200**, then look at **Failing pages**.

- Choose the time range at the top right; the filters beside this text apply to every panel.
- A *page view* is a GET that showed a page: assets, health checks, redirects and error pages don’t count.
- **≈** marks numbers that the search engine estimates; all others are exact.
- Time axes use your browser’s time zone; *Page views by weekday and hour* is in UTC.
- The dashboard **Visitor** has the funnel, the session trail and recent errors.`;

export const clickstreamDashboard: Dashboard = {
  id: 'clickstream',
  title: 'Clickstream',
  about: 'Responses, page views, sign-ups and sign-ins of the site, and its top pages, users and referrers.',
  panels: [
    {
      kind: 'text',
      id: 'guide',
      title: 'Guide',
      about: 'What the dashboard shows and how to read it.',
      at: { x: 0, y: 0, w: 28, h: 11 },
      markdown: GUIDE,
    },
    {
      kind: 'controls',
      id: 'controls',
      title: 'Filters',
      about: 'Filters by status class, page, user name, and people or bots.',
      at: { x: 28, y: 0, w: 20, h: 11 },
      controls: [
        { field: 'status_class', label: 'Status' },
        { field: 'page', label: 'Page' },
        { field: 'username', label: 'User name' },
        { field: 'is_bot', label: 'Bot' },
      ],
    },
    {
      kind: 'count',
      id: 'figures',
      title: 'Overview',
      about: 'Requests, responses with status 500 or above, page views, and successful sign-ups and sign-ins.',
      at: { x: 0, y: 11, w: 30, h: 7 },
      by: [],
      figures: [
        countOf('requests', 'requests', 'main'),
        countOf('errors', 'server errors (5xx)', 'bad', serverError),
        countOf('views', 'page views', 'main', pageView),
        countOf('signups', 'sign-ups', 'good', { all: [{ field: 'action', is: 'sign_up' }, didSucceed] }),
        countOf('signins', 'sign-ins', 'good', { all: [{ field: 'action', is: 'sign_in' }, didSucceed] }),
      ],
      drawing: { as: 'figures' },
    },
    {
      kind: 'count',
      id: 'visitors',
      title: 'Visitors',
      about:
        'Distinct client addresses, sessions and user names. A search engine estimates them: close to exact below 40,000, within a few per cent above.',
      at: { x: 30, y: 11, w: 18, h: 7 },
      by: [],
      figures: [
        distinct('visitors', 'unique visitors', 'host'),
        distinct('sessions', 'sessions', 'session'),
        distinct('users', 'user names', 'username'),
      ],
      drawing: { as: 'figures' },
    },
    {
      kind: 'count',
      id: 'answers',
      title: 'Responses: 500 vs 200',
      about: 'Responses over time: 500, 200 and all other statuses.',
      at: { x: 0, y: 18, w: 32, h: 12 },
      by: overTime,
      figures: [
        countOf('error', '500', 'bad', { field: 'response', is: 500 }),
        countOf('ok', '200', 'main', { field: 'response', is: 200 }),
        countOf('other', 'other', 'quiet', { not: { field: 'response', is: [200, 500] } }),
      ],
      drawing: { as: 'columns' },
    },
    {
      kind: 'count',
      id: 'error-rate',
      title: 'Error rate',
      about: 'Share of responses with status 500 or above.',
      at: { x: 32, y: 18, w: 16, h: 12 },
      by: overTime,
      figures: [{ column: 'rate', label: '5xx', tone: 'bad', measure: { kind: 'share', of: serverError } }],
      drawing: { as: 'line' },
    },
    {
      kind: 'count',
      id: 'views',
      title: 'Page views',
      about: 'Page views over time, by people and by bots.',
      at: { x: 0, y: 30, w: 16, h: 11 },
      where: pageView,
      by: overTime,
      figures: [
        countOf('people', 'people', 'main', { field: 'is_bot', is: false }),
        countOf('bots', 'bots', 'quiet', { field: 'is_bot', is: true }),
      ],
      drawing: { as: 'columns' },
    },
    {
      kind: 'count',
      id: 'signups',
      title: 'Sign-ups',
      about: 'Sign-ups over time, succeeded and failed.',
      at: { x: 16, y: 30, w: 16, h: 11 },
      where: { field: 'action', is: 'sign_up' },
      by: overTime,
      figures: attempts,
      drawing: { as: 'columns' },
    },
    {
      kind: 'count',
      id: 'signins',
      title: 'Sign-ins',
      about: 'Sign-ins over time, succeeded and failed.',
      at: { x: 32, y: 30, w: 16, h: 11 },
      where: { field: 'action', is: 'sign_in' },
      by: overTime,
      figures: attempts,
      drawing: { as: 'columns' },
    },
    ranking(
      {
        id: 'pages',
        title: 'Top pages',
        about: 'Pages with the most page views.',
        at: { x: 0, y: 41, w: 16, h: 14 },
        where: pageView,
        by: topOf('page', 'Page'),
      },
      'page views',
    ),
    ranking(
      {
        id: 'failing-pages',
        title: 'Failing pages',
        about: 'Pages with the most responses of status 500 or above.',
        at: { x: 16, y: 41, w: 16, h: 14 },
        where: serverError,
        by: topOf('page', 'Page'),
      },
      'server errors',
    ),
    ranking(
      {
        id: 'users',
        title: 'Top users',
        about: 'Signed-in users with the most requests.',
        at: { x: 32, y: 41, w: 16, h: 14 },
        by: topOf('username', 'User name'),
      },
      'requests',
    ),
    ranking(
      {
        id: 'statuses',
        title: 'Responses by status',
        about: 'Requests by status code.',
        at: { x: 0, y: 55, w: 12, h: 14 },
        by: topOf('response', 'Status'),
      },
      'requests',
    ),
    ranking(
      {
        id: 'referrers',
        title: 'Referrers',
        about: 'Pages of other sites that visitors came from, by page views.',
        at: { x: 12, y: 55, w: 20, h: 14 },
        where: { all: [pageView, { not: { field: 'referer_page', exists: true } }] },
        by: topOf('referer', 'Referrer'),
      },
      'page views',
    ),
    ranking(
      {
        id: 'browsers',
        title: 'Browsers',
        about: 'Browsers by requests, without bots.',
        at: { x: 32, y: 55, w: 16, h: 14 },
        where: { field: 'is_bot', is: false },
        by: topOf('browser', 'Browser'),
      },
      'requests',
    ),
    {
      kind: 'count',
      id: 'rate',
      title: 'Requests per second',
      about: 'All requests, including assets and health checks.',
      at: { x: 0, y: 69, w: 16, h: 12 },
      by: overTime,
      figures: [{ column: 'rate', label: 'requests/s', tone: 'main', measure: { kind: 'rate' } }],
      drawing: { as: 'line' },
    },
    {
      kind: 'count',
      id: 'bandwidth',
      title: 'Bandwidth',
      about: 'Bytes of response bodies over time.',
      at: { x: 16, y: 69, w: 16, h: 12 },
      by: overTime,
      figures: [{ column: 'bytes', label: 'bytes', tone: 'main', measure: { kind: 'sum', field: 'bytes' } }],
      drawing: { as: 'columns' },
    },
    {
      kind: 'count',
      id: 'latency',
      title: 'Response time: p50 / p95 / p99 (µs)',
      about:
        'Percentiles of the response time over time, in microseconds. Estimated by a search engine; empty without `us` in the log.',
      at: { x: 32, y: 69, w: 16, h: 12 },
      where: { field: 'duration_us', exists: true },
      by: overTime,
      figures: [percentile(50, 'main'), percentile(95, 'quiet'), percentile(99, 'bad')],
      drawing: { as: 'lines' },
    },
    {
      kind: 'count',
      id: 'hours',
      title: 'Page views by weekday and hour (UTC)',
      about: 'Page views by weekday and hour of the day, in UTC; weekday 1 is Monday.',
      at: { x: 0, y: 81, w: 32, h: 14 },
      where: pageView,
      by: [{ by: 'weekday' }, { by: 'hour' }],
      figures: events('page views'),
      drawing: { as: 'heat' },
    },
    {
      kind: 'count',
      id: 'bots',
      title: 'Bots vs people',
      about: 'Requests by crawlers, tools and monitors compared with those by people, told apart by user agent.',
      at: { x: 32, y: 81, w: 16, h: 14 },
      by: [{ by: 'field', field: 'is_bot', size: 2, column: 'label', heading: 'Bot' }],
      figures: events('requests'),
      drawing: {
        as: 'share',
        parts: [
          { value: 'false', label: 'people', tone: 'main' },
          { value: 'true', label: 'bots', tone: 'quiet' },
        ],
      },
    },
  ],
};
