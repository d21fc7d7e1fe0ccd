/**
 * What the page shows, panel by panel: a title, a query and how its rows are drawn. Queries read `clicks`, the events of the chosen
 * range, with `t`: the start of the event's bucket in milliseconds; `$bucket` is the bucket's length, `$from` and `$to` are the range.
 */

/** How a number is meant: it picks the colour. */
export type Tone = 'main' | 'good' | 'bad' | 'quiet';

export interface Series {
  /** The row's column. */
  readonly column: string;
  readonly label: string;
  readonly tone: Tone;
}

/** `columns` and `line` go over time, by the rows' `t`; `ranking` has rows of `label` and `events`; `share` and `figures` have one row. */
export type Drawing =
  | { readonly as: 'columns' | 'line' | 'share' | 'figures'; readonly series: readonly Series[] }
  | { readonly as: 'ranking'; readonly of: string }
  | { readonly as: 'events' };

export interface Panel {
  readonly id: string;
  readonly title: string;
  readonly sql: string;
  readonly drawing: Drawing;
}

const attempts = (action: string) => `
  SELECT t, count(*) FILTER (outcome = 'success') AS success, count(*) FILTER (outcome = 'failure') AS failure
  FROM clicks WHERE action = '${action}' GROUP BY t`;

const attemptSeries: readonly Series[] = [
  { column: 'success', label: 'succeeded', tone: 'good' },
  { column: 'failure', label: 'failed', tone: 'bad' },
];

/** A client decides how long these are: one must not fill the page. */
const short = (column: string) => `left(${column}, 300)`;

const ranking = (column: string, where: string) => `
  SELECT ${short(`${column}::VARCHAR`)} AS label, count(*) AS events
  FROM clicks WHERE ${where} GROUP BY ${column} ORDER BY events DESC, ${column} LIMIT 8`;

export const panels: readonly Panel[] = [
  {
    id: 'figures',
    title: 'In this range',
    sql: `
      SELECT
        count(*) AS requests,
        count(*) FILTER (response >= 500) AS errors,
        count(*) FILTER (action = 'page_view') AS views,
        count(*) FILTER (action = 'sign_up' AND outcome = 'success') AS signups,
        count(*) FILTER (action = 'sign_in' AND outcome = 'success') AS signins,
        count(DISTINCT username) AS users
      FROM clicks`,
    drawing: {
      as: 'figures',
      series: [
        { column: 'requests', label: 'requests', tone: 'main' },
        { column: 'errors', label: 'server errors (5xx)', tone: 'bad' },
        { column: 'views', label: 'page views', tone: 'main' },
        { column: 'signups', label: 'sign-ups', tone: 'good' },
        { column: 'signins', label: 'sign-ins', tone: 'good' },
        { column: 'users', label: 'user names', tone: 'main' },
      ],
    },
  },
  {
    id: 'answers',
    title: '500 against 200',
    sql: `
      SELECT t, count(*) FILTER (response = 200) AS ok, count(*) FILTER (response = 500) AS error,
        count(*) FILTER (response NOT IN (200, 500)) AS other
      FROM clicks GROUP BY t`,
    drawing: {
      as: 'columns',
      series: [
        { column: 'error', label: '500', tone: 'bad' },
        { column: 'ok', label: '200', tone: 'main' },
        { column: 'other', label: 'others', tone: 'quiet' },
      ],
    },
  },
  {
    id: 'rate',
    title: 'Requests per second',
    sql: 'SELECT t, count(*) * 1000.0 / $bucket AS rate FROM clicks GROUP BY t',
    drawing: { as: 'line', series: [{ column: 'rate', label: 'requests/s', tone: 'main' }] },
  },
  {
    id: 'views',
    title: 'Page views',
    sql: `
      SELECT t, count(*) FILTER (NOT is_bot) AS people, count(*) FILTER (is_bot) AS bots
      FROM clicks WHERE action = 'page_view' GROUP BY t`,
    drawing: {
      as: 'columns',
      series: [
        { column: 'people', label: 'people', tone: 'main' },
        { column: 'bots', label: 'bots', tone: 'quiet' },
      ],
    },
  },
  {
    id: 'signups',
    title: 'Sign-ups',
    sql: attempts('sign_up'),
    drawing: { as: 'columns', series: attemptSeries },
  },
  {
    id: 'signins',
    title: 'Sign-ins',
    sql: attempts('sign_in'),
    drawing: { as: 'columns', series: attemptSeries },
  },
  {
    id: 'bots',
    title: 'Who asks',
    sql: 'SELECT count(*) FILTER (NOT is_bot) AS people, count(*) FILTER (is_bot) AS bots FROM clicks',
    drawing: {
      as: 'share',
      series: [
        { column: 'people', label: 'people', tone: 'main' },
        { column: 'bots', label: 'bots', tone: 'quiet' },
      ],
    },
  },
  {
    id: 'users',
    title: 'User names',
    sql: ranking('username', 'username IS NOT NULL'),
    drawing: { as: 'ranking', of: 'User name' },
  },
  {
    id: 'pages',
    title: 'Most viewed pages',
    sql: ranking('page', `action = 'page_view'`),
    drawing: { as: 'ranking', of: 'Page' },
  },
  {
    id: 'statuses',
    title: 'Answers by status',
    sql: ranking('response', 'response IS NOT NULL'),
    drawing: { as: 'ranking', of: 'Status' },
  },
  {
    id: 'events',
    title: 'Last requests',
    sql: `
      SELECT epoch_ms(time) AS at, ${short('username')} AS user, ${short('request')} AS request, response AS status,
        action, browser, is_bot AS bot
      FROM clicks ORDER BY time DESC, _id DESC LIMIT 15`,
    drawing: { as: 'events' },
  },
];
