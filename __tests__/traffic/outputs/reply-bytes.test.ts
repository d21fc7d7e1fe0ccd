import { describe, expect, it } from '@jest/globals';
import { toReplyBytes } from '../../../traffic/outputs/reply-bytes';
import { type PlannedRequest, planRequests } from '../../../traffic/plan';

const requests: readonly PlannedRequest[] = [
  ...planRequests({ seed: 'monday', rate: 50, errors: 0.1, notFound: 0.1, users: 100, requests: 3000 }),
];
const [first] = requests as [PlannedRequest];
const make = (path: string, expected: Partial<PlannedRequest['expect']> = {}, form?: string): PlannedRequest => ({
  ...first,
  path,
  form,
  expect: { status: 200, action: 'page_view', page: path, user: undefined, ...expected },
});
const sizesOf = (matches: (request: PlannedRequest) => boolean) => requests.filter(matches).map(toReplyBytes);
const paths = Array.from({ length: 500 }, (_, place) => `/products/${place}/`);
const median = (values: readonly number[]) => values.toSorted((one, other) => one - other)[values.length / 2] ?? 0;

describe('the size of a reply', () => {
  it('is 0 for a redirect, and for a reply without a body', () => {
    const redirects = sizesOf(({ expect: { status } }) => status === 303);

    expect(new Set(redirects)).toEqual(new Set([0]));
    expect([204, 304].map((status) => toReplyBytes(make('/', { status })))).toEqual([0, 0]);
  });

  it('is the same for the same page, whatever else is in the plan', () => {
    const isCrawled = ({ path, expect: { status, user } }: PlannedRequest) =>
      path === '/products/' && status === 200 && user === undefined;

    const seen = new Set(sizesOf(isCrawled));

    expect([...seen]).toEqual([toReplyBytes(make('/products/'))]);
  });

  it('differs from page to page, with a few much larger than most', () => {
    const sizes = paths.map((path) => toReplyBytes(make(path)));

    expect(new Set(sizes).size).toBeGreaterThan(200);
    expect(median(sizes)).toBeGreaterThan(10_000);
    expect(median(sizes)).toBeLessThan(20_000);
    expect(Math.max(...sizes)).toBeGreaterThan(2 * median(sizes));
  });

  it('is a whole number that is smaller for every asset and error than for any page', () => {
    const pages = paths.map((path) => toReplyBytes(make(path)));
    const assets = paths.map((path) => toReplyBytes(make(path, { action: 'asset' })));
    const errors = [404, 500, 503].map((status) => toReplyBytes(make('/', { status, action: 'other' })));

    expect(Math.max(...assets, ...errors)).toBeLessThan(Math.min(...pages));
    expect(Math.min(...assets, ...errors)).toBeGreaterThan(0);
    expect([...pages, ...assets, ...errors].every(Number.isInteger)).toBe(true);
  });

  it('is a little more for a signed-in visitor, whose name is in the page', () => {
    const [anonymous, zoe, longName, umlaut] = [undefined, 'zoe-x1y2', 'zoe-x1y2-and-more', 'zoë-x1y2'].map((user) =>
      toReplyBytes(make('/products/', { user })),
    ) as [number, number, number, number];

    expect(zoe).toBeGreaterThan(anonymous);
    expect(zoe).toBeLessThan(anonymous + 200);
    expect(longName - zoe).toBe('-and-more'.length);
    // Two bytes in UTF-8.
    expect(umlaut - zoe).toBe(1);
  });

  it('is that of the form’s page and a sentence for a form that is refused', () => {
    const shown = toReplyBytes(make('/sign-in/'));

    const refused = toReplyBytes(make('/sign-in/', { status: 401, action: 'sign_in' }, 'user=zoe&password=x'));

    expect(refused).toBeGreaterThan(shown);
    expect(refused).toBeLessThan(shown + 200);
  });
});
