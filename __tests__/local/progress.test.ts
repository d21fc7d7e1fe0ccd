import { renderReport } from '../../local/progress';
import type { LocalReport } from '../../local/report';

const report = (count: number): LocalReport => ({
  read: count,
  accepted: count,
  stored: count,
  processingFailed: 0,
  deliveryFailed: 0,
  dropped: 0,
  waiting: 0,
  damagedBytes: 0,
  nulBytes: 0,
  seconds: 1,
  reasons: {},
  byStatus: { '200': count },
  pageViews: count,
  signUps: count,
  signIns: count,
  users: count,
});

it('counts one of each, and several', () => {
  expect(renderReport(report(1), 'data')).toContain('1 page view, 1 sign-up, 1 sign-in, 1 user name;');
  expect(renderReport(report(1), 'data')).toMatch(/^1 line in 1\.0 s/);
  expect(renderReport(report(2), 'data')).toContain('2 page views, 2 sign-ups, 2 sign-ins, 2 user names;');
});
