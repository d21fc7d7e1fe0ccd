/** What one visitor does: from the first page to sign-up and sign-in, step by step, and what went wrong on the way. */
import { didSucceed, distinct, events, pageView, serverError, topOf } from './figures';
import type { Dashboard } from './panel';

const GUIDE = `### Visitor
Pick a user name or a session on the right: **The trail** then has its requests, the last at the top.

- The *funnel* counts sessions that did each step, in any order; ≈ because the search engine estimates.
- *Entry pages* are page views that did not come from a page of this site.
- *Where visitors go next* draws page views from the page before (left) to the page (right).`;

export const visitorDashboard: Dashboard = {
  id: 'visitor',
  title: 'Visitor',
  about: 'Funnel, entry pages, the way through the site, errors by user, and the trail of one session.',
  panels: [
    {
      kind: 'text',
      id: 'visitor-guide',
      title: 'Guide to visitors',
      about: 'What the dashboard shows and how to read it.',
      at: { x: 0, y: 0, w: 28, h: 9 },
      markdown: GUIDE,
    },
    {
      kind: 'controls',
      id: 'visitor-controls',
      title: 'One visitor',
      about: 'Lists to pick one user name, session or address from.',
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
      about: 'Pages that visitors came to from elsewhere: the referrer is another site’s or empty.',
      at: { x: 24, y: 9, w: 24, h: 14 },
      where: { all: [pageView, { not: { field: 'referer_page', exists: true } }] },
      by: topOf('page', 'Page'),
      figures: events('entries'),
      drawing: { as: 'ranking' },
    },
    {
      kind: 'count',
      id: 'flow',
      title: 'Where visitors go next',
      about: 'Page views by the page before: of the 8 most frequent pages, the 8 most frequent next ones.',
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
      about: 'Signed-in visitors by answers of 400 and above: theirs and the server’s errors.',
      at: { x: 0, y: 43, w: 16, h: 15 },
      where: { field: 'response', atLeast: 400 },
      by: topOf('username', 'User name'),
      figures: events('errors'),
      drawing: { as: 'ranking' },
    },
    {
      kind: 'events',
      id: 'last-errors',
      title: 'Last errors',
      about: 'The last answers of 500 and above, with who asked for what.',
      at: { x: 16, y: 43, w: 32, h: 15 },
      where: serverError,
      fields: ['username', 'request', 'response', 'browser', 'is_bot'],
      size: 15,
    },
    {
      kind: 'events',
      id: 'trail',
      title: 'The trail',
      about: 'Page views, sign-ups, sign-ins and sign-outs with a session: pick one above, and this is its way.',
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
      title: 'Last requests',
      about: 'The last events, whatever they are.',
      at: { x: 0, y: 73, w: 48, h: 15 },
      fields: ['username', 'request', 'response', 'action', 'browser', 'is_bot'],
      size: 15,
    },
  ],
};
