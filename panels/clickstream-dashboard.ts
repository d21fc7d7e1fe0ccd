/** What the site sees: answers, views, sign-ups and sign-ins, and who and what is most frequent. */
import { countOf, didSucceed, distinct, events, overTime, pageView, serverError, topOf } from './figures';
import type { CountPanel, Dashboard, Figure } from './panel';

const attempts: readonly Figure[] = [
  countOf('success', 'succeeded', 'good', didSucceed),
  countOf('failure', 'failed', 'bad', { field: 'outcome', is: 'failure' }),
];

const percentile = (percent: number, tone: Figure['tone']): Figure => ({
  column: `p${percent}`,
  label: `${percent} % are faster`,
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
Each event is one answered request of the site. **500 against 200** is the first look, **Pages that fail** the second.

- Choose the time range at the top right; the controls beside this text filter every panel.
- A *page view* is a GET that showed a page: no assets, no health checks, no redirects, no error pages.
- **≈** marks numbers that the search engine estimates; all others are exact.
- Times on the axes are your browser's; *Hour by weekday* is in UTC.
- The dashboard **Visitor** has the funnel, the trail and the last errors.`;

export const clickstreamDashboard: Dashboard = {
  id: 'clickstream',
  title: 'Clickstream',
  about: 'Answers, page views, sign-ups and sign-ins of the site, and who and what is most frequent.',
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
      about: 'Lists to pick a status class, a page, a user or people without bots from.',
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
      title: 'In this range',
      about: 'Requests, answers of 500 and above, page views, and the sign-ups and sign-ins that succeeded.',
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
        'Different client addresses, sessions and user names. A search engine estimates them: close to exact below 40,000, within a few per cent above.',
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
      title: '500 against 200',
      about: 'Answers over time: 500, 200 and all others.',
      at: { x: 0, y: 18, w: 32, h: 12 },
      by: overTime,
      figures: [
        countOf('error', '500', 'bad', { field: 'response', is: 500 }),
        countOf('ok', '200', 'main', { field: 'response', is: 200 }),
        countOf('other', 'others', 'quiet', { not: { field: 'response', is: [200, 500] } }),
      ],
      drawing: { as: 'columns' },
    },
    {
      kind: 'count',
      id: 'error-rate',
      title: 'Error rate',
      about: 'The share of answers of 500 and above.',
      at: { x: 32, y: 18, w: 16, h: 12 },
      by: overTime,
      figures: [{ column: 'rate', label: '5xx', tone: 'bad', measure: { kind: 'share', of: serverError } }],
      drawing: { as: 'line' },
    },
    {
      kind: 'count',
      id: 'views',
      title: 'Page views',
      about: 'Page views over time, of people and of bots.',
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
      about: 'Sign-ups over time: those that succeeded and those that failed.',
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
      about: 'Sign-ins over time: those that succeeded and those that failed.',
      at: { x: 32, y: 30, w: 16, h: 11 },
      where: { field: 'action', is: 'sign_in' },
      by: overTime,
      figures: attempts,
      drawing: { as: 'columns' },
    },
    ranking(
      {
        id: 'pages',
        title: 'Most viewed pages',
        about: 'Pages by page views.',
        at: { x: 0, y: 41, w: 16, h: 14 },
        where: pageView,
        by: topOf('page', 'Page'),
      },
      'page views',
    ),
    ranking(
      {
        id: 'failing-pages',
        title: 'Pages that fail',
        about: 'Pages by answers of 500 and above.',
        at: { x: 16, y: 41, w: 16, h: 14 },
        where: serverError,
        by: topOf('page', 'Page'),
      },
      'server errors',
    ),
    ranking(
      {
        id: 'users',
        title: 'User names',
        about: 'Signed-in visitors by requests.',
        at: { x: 32, y: 41, w: 16, h: 14 },
        by: topOf('username', 'User name'),
      },
      'requests',
    ),
    ranking(
      {
        id: 'statuses',
        title: 'Answers by status',
        about: 'Status codes by requests.',
        at: { x: 0, y: 55, w: 12, h: 14 },
        by: topOf('response', 'Status'),
      },
      'requests',
    ),
    ranking(
      {
        id: 'referrers',
        title: 'Referrers',
        about: 'Addresses on other sites that visitors came from, by page views.',
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
        about: 'Browsers of people, by requests.',
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
      about: 'All requests, also assets and health checks.',
      at: { x: 0, y: 69, w: 16, h: 12 },
      by: overTime,
      figures: [{ column: 'rate', label: 'requests/s', tone: 'main', measure: { kind: 'rate' } }],
      drawing: { as: 'line' },
    },
    {
      kind: 'count',
      id: 'bandwidth',
      title: 'Bandwidth',
      about: 'Bytes of the answers’ bodies over time.',
      at: { x: 16, y: 69, w: 16, h: 12 },
      by: overTime,
      figures: [{ column: 'bytes', label: 'bytes', tone: 'main', measure: { kind: 'sum', field: 'bytes' } }],
      drawing: { as: 'columns' },
    },
    {
      kind: 'count',
      id: 'latency',
      title: 'Latency (µs)',
      about:
        'How long answers took, in microseconds: half, 95 and 99 of 100 were faster than this. Estimated by a search engine; empty without `us` in the log.',
      at: { x: 32, y: 69, w: 16, h: 12 },
      where: { field: 'duration_us', exists: true },
      by: overTime,
      figures: [percentile(50, 'main'), percentile(95, 'quiet'), percentile(99, 'bad')],
      drawing: { as: 'lines' },
    },
    {
      kind: 'count',
      id: 'hours',
      title: 'Hour by weekday (UTC)',
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
      title: 'Bots against people',
      about: 'Requests of crawlers, tools and monitors against those of people, by user agent.',
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
