/** What one visitor does: from the first page to sign-up and sign-in, step by step, and the errors on the way. */
import { didSucceed, distinct, events, pageView, serverError, topOf } from './figures';
import type { Dashboard } from './panel';

const GUIDE = `### Visitor
Pick a user name or a session on the right: **Session trail** then lists its requests, the latest first.

- The *funnel* counts the sessions that took each step, in any order; ≈ because the search engine estimates.
- *Entry pages* are page views that didn’t come from a page of this site.
- *Page flow* draws page views from the previous page (left) to the next one (right).`;

export const visitorDashboard: Dashboard = {
  id: 'visitor',
  title: 'Visitor',
  about: 'Funnel, entry pages, page flow, errors by user, and the trail of one session.',
  panels: [
    {
      kind: 'text',
      id: 'visitor-guide',
      title: 'Visitor guide',
      about: 'What the dashboard shows and how to read it.',
      at: { x: 0, y: 0, w: 28, h: 9 },
      markdown: GUIDE,
    },
    {
      kind: 'controls',
      id: 'visitor-controls',
      title: 'Visitor filters',
      about: 'Filters by user name, session and address.',
      at: { x: 28, y: 0, w: 20, h: 9 },
      controls: [
        { field: 'username', label: 'User name' },
        { field: 'session', label: 'Session' },
        { field: 'host', label: 'Address' },
      ],
    },
    {
      kind: 'count',
      id: 'funnel',
      title: 'Funnel',
      about:
        'Sessions that viewed a page, signed up and signed in. Estimated by a search engine; needs `session` in the log.',
      at: { x: 0, y: 9, w: 24, h: 14 },
      where: { any: [pageView, { all: [{ field: 'action', is: ['sign_up', 'sign_in'] }, didSucceed] }] },
      by: [{ by: 'field', field: 'action', size: 3, column: 'label', heading: 'Step' }],
      figures: [distinct('sessions', 'sessions', 'session')],
      drawing: {
        as: 'funnel',
        steps: [
          { value: 'page_view', label: 'visited', tone: 'main' },
          { value: 'sign_up', label: 'signed up', tone: 'main' },
          { value: 'sign_in', label: 'signed in', tone: 'main' },
        ],
      },
    },
    {
      kind: 'count',
      id: 'entries',
      title: 'Entry pages',
      about: 'Pages that visitors reached from elsewhere: the referrer is on another site or empty.',
      at: { x: 24, y: 9, w: 24, h: 14 },
      where: { all: [pageView, { not: { field: 'referer_page', exists: true } }] },
      by: topOf('page', 'Page'),
      figures: events('entries'),
      drawing: { as: 'ranking' },
    },
    {
      kind: 'count',
      id: 'flow',
      title: 'Page flow',
      about: 'Page views by previous page: the 8 most frequent next pages for each of the 8 most frequent ones.',
      at: { x: 0, y: 23, w: 48, h: 20 },
      where: { all: [pageView, { field: 'referer_page', exists: true }] },
      by: [
        { by: 'field', field: 'referer_page', size: 8, column: 'from', heading: 'From' },
        { by: 'field', field: 'page', size: 8, column: 'to', heading: 'To' },
      ],
      figures: events('page views'),
      drawing: { as: 'flow' },
    },
    {
      kind: 'count',
      id: 'user-errors',
      title: 'Errors by user',
      about: 'Signed-in users with the most responses of status 400 or above: client and server errors.',
      at: { x: 0, y: 43, w: 16, h: 15 },
      where: { field: 'response', atLeast: 400 },
      by: topOf('username', 'User name'),
      figures: events('errors'),
      drawing: { as: 'ranking' },
    },
    {
      kind: 'events',
      id: 'last-errors',
      title: 'Recent errors',
      about: 'The latest responses with status 500 or above: who requested what.',
      at: { x: 16, y: 43, w: 32, h: 15 },
      where: serverError,
      fields: ['username', 'request', 'response', 'browser', 'is_bot'],
      size: 15,
    },
    {
      kind: 'events',
      id: 'trail',
      title: 'Session trail',
      about: 'Page views, sign-ups, sign-ins and sign-outs with a session: pick one above to follow it.',
      at: { x: 0, y: 58, w: 48, h: 15 },
      where: {
        all: [
          { field: 'session', exists: true },
          { field: 'action', is: ['page_view', 'sign_up', 'sign_in', 'sign_out'] },
        ],
      },
      fields: ['session', 'username', 'action', 'referer_page', 'page', 'response'],
      size: 15,
    },
    {
      kind: 'events',
      id: 'events',
      title: 'Recent activity',
      about: 'The latest requests of any kind.',
      at: { x: 0, y: 73, w: 48, h: 15 },
      fields: ['username', 'request', 'response', 'action', 'browser', 'is_bot'],
      size: 15,
    },
  ],
};
