/** Random panels over random events: every measure, split, drawing and nested filter, with values that query languages stumble over. */
import fc from 'fast-check';
import type { Filter } from '../../../panels/filter';
import type { CountPanel, Drawing, Figure, Measure, Part, Split } from '../../../panels/panel';

const NASTY = [
  'a "quoted" name',
  'back\\slash',
  'ends in \\',
  '*',
  'a*b',
  'axb',
  'AND',
  'NOT x',
  '(x)',
  'a:b',
  '/re/',
  '-minus',
  '+plus',
  'ünï 😀',
  '{}',
  '[1 TO 2]',
  "it's",
  '~1',
  'a && b',
  'tab\there',
  '$1 ^2 !?',
] as const;

/** Each field's values; undefined is an event without it. */
const VALUES = {
  response: [200, 200, 200, 302, 404, 500, 503],
  status_class: ['2xx', '3xx', '5xx'],
  bytes: [0, 1, 2, 300, 4096, 70_000],
  duration_us: [undefined, 5, 100, 250, 1000, 90_000],
  is_bot: [true, false, false],
  action: ['page_view', 'page_view', 'asset', 'sign_up', 'sign_in'],
  outcome: [undefined, 'success', 'failure'],
  page: [undefined, '/', '/a/', '/b/', '/c/', '/d e/', '/"/'],
  referer_page: [undefined, '/', '/a/', '/b/'],
  username: [undefined, ...NASTY],
  'user-agent': [undefined, 'x', ...NASTY.slice(0, 5)],
  session: [undefined, 's1', 's2', 's3', 's4', 's5', 's6'],
} as const;

type Name = keyof typeof VALUES;
const NAMES = Object.keys(VALUES) as Name[];
const NUMBERS = ['response', 'bytes', 'duration_us'] as const;

export const FROM = Date.UTC(2026, 9, 10);
const SPAN_SECONDS = 2 * 86_400;

/** Events of two days from `FROM` on, each with its own request id; the same for the same seed. */
export function makeEvents(count: number, seed: number): readonly object[] {
  const fields = Object.fromEntries(
    NAMES.map((name) => [name, fc.constantFrom(...(VALUES[name] as readonly unknown[]))]),
  );
  const event = fc.record({ ...fields, second: fc.nat(SPAN_SECONDS - 1) });
  return fc.sample(event, { numRuns: count, seed }).map(({ second, ...event }, at) => {
    const time = new Date(FROM + second * 1000).toISOString().replace('.000Z', 'Z');
    return { ...event, '@timestamp': time, '@timestamp_utc': time, request_id: `r${at}` };
  });
}

function someValue(name: Name) {
  const known = (VALUES[name] as readonly (string | number | boolean | undefined)[]).filter(
    (value) => value !== undefined,
  );
  const others =
    typeof known[0] === 'number' ? [-1, 12_345_678_901] : typeof known[0] === 'string' ? ['no such value'] : [];
  return fc.constantFrom(...known, ...others);
}

const field = fc.constantFrom(...NAMES);
const is = field.chain((name) =>
  fc
    .oneof(someValue(name), fc.array(someValue(name), { minLength: 1, maxLength: 3 }))
    .map((is) => ({ field: name, is })),
);
const atLeast = fc.record({ field: fc.constantFrom(...NUMBERS), atLeast: fc.constantFrom(-5, 0, 1, 250, 400, 500) });
const exists = fc.record({
  field: fc.constantFrom(...NAMES, '@timestamp' as const, 'query' as const),
  exists: fc.constant(true as const),
});

const filter = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', maxDepth: 3 },
    is as fc.Arbitrary<Filter>,
    atLeast,
    exists,
    fc.record({ not: tie('filter') }),
    fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map((all) => ({ all }) as unknown as Filter),
    fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map((any) => ({ any }) as unknown as Filter),
  ),
})).filter;

const measure: fc.Arbitrary<Measure> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: 'count' } as const) },
  fc.constant({ kind: 'rate' } as const),
  fc.record({ kind: fc.constant('distinct' as const), field }),
  fc.record({ kind: fc.constant('sum' as const), field: fc.constantFrom(...NUMBERS) }),
  fc.record({
    kind: fc.constant('percentile' as const),
    field: fc.constantFrom(...NUMBERS),
    percent: fc.constantFrom(1, 50, 95, 99.9),
  }),
  fc.record({ kind: fc.constant('share' as const), of: filter }),
);

const optional = (some: fc.Arbitrary<Filter>) =>
  fc.oneof(
    fc.constant({}),
    some.map((where) => ({ where })),
  );

const figures = (mostly: number) =>
  fc
    .oneof(
      fc.array(fc.tuple(measure, optional(filter)), { minLength: 1, maxLength: mostly }),
      // The same measure under several filters, as the filters of a table need it.
      fc
        .tuple(measure, fc.array(optional(filter), { minLength: 1, maxLength: mostly }))
        .map(([one, filters]) => filters.map((where) => [one, where] as const)),
    )
    .map((parts) =>
      parts.map(
        ([measure, where], at): Figure => ({
          column: `n${at}`,
          label: `number ${at}`,
          tone: 'main',
          measure,
          ...where,
        }),
      ),
    );

const byField = fc
  .tuple(field, fc.integer({ min: 1, max: 5 }))
  .map(([field, size]): Split => ({ by: 'field', field, size, column: '', heading: '' }));
const clock = fc.constantFrom<Split>({ by: 'weekday' }, { by: 'hour' });
const time = fc.constant<Split>({ by: 'time' });
const anySplit = fc.oneof(byField, clock, time);
const anySplits = fc.uniqueArray(anySplit, { maxLength: 3, selector: (split) => JSON.stringify(split) });

/** Each field's own column; a flow's are those that Vega draws by. */
const named = (splits: readonly Split[], isFlow: boolean) =>
  splits.map((split, at): Split => {
    const name = isFlow && at < 2 ? (['from', 'to'] as const)[at as 0 | 1] : `split ${at}`;
    return split.by === 'field' ? { ...split, column: name, heading: name } : split;
  });

const shapes: Readonly<Record<Drawing['as'], readonly [by: fc.Arbitrary<readonly Split[]>, figures: number]>> = {
  columns: [fc.tuple(time), 3],
  line: [fc.tuple(time), 3],
  lines: [fc.tuple(time), 3],
  figures: [fc.constant([]), 3],
  ranking: [fc.oneof(fc.tuple(byField), fc.tuple(byField, byField)), 3],
  funnel: [fc.tuple(byField), 1],
  share: [fc.tuple(fc.oneof(byField, clock)), 1],
  heat: [fc.oneof(fc.tuple(clock, clock), fc.tuple(byField, clock), fc.tuple(byField, byField)), 1],
  flow: [fc.tuple(byField, byField), 1],
};

const drawings = Object.keys(shapes) as Drawing['as'][];

/** Up to so many of the values that a split has, as the parts that a drawing names. */
function someParts(split: Split | undefined, most: number): readonly Part[] {
  const values = split?.by === 'field' ? VALUES[split.field as Name] : [1, 5, 12];
  const known = new Set((values as readonly unknown[]).filter((value) => value !== undefined).map(String));
  return [...known].slice(0, most).map((value, at) => ({ value, label: `part ${at}`, tone: 'main' }));
}

/** Valid or not: most have the splits and figures that suit their drawing. */
export const randomPanel: fc.Arbitrary<CountPanel> = fc.constantFrom(...drawings).chain((as) => {
  const [by, most] = shapes[as];
  return fc
    .record({
      by: fc.oneof({ weight: 5, arbitrary: by }, { weight: 1, arbitrary: anySplits }),
      figures: fc.oneof({ weight: 5, arbitrary: figures(most) }, { weight: 1, arbitrary: figures(3) }),
      filtered: optional(filter),
      parts: fc.nat(4),
    })
    .map(({ by, figures, filtered, parts }) => ({
      kind: 'count',
      id: 'random',
      title: 'Random',
      about: 'A random panel.',
      at: { x: 0, y: 0, w: 48, h: 10 },
      ...filtered,
      by: named(by, as === 'flow'),
      figures,
      drawing: toDrawing(as, someParts(by[0], parts)),
    }));
});

function toDrawing(as: Drawing['as'], parts: readonly Part[]): Drawing {
  return as === 'funnel' ? { as, steps: parts } : as === 'share' ? { as, parts } : { as };
}

/** Whether the panel has a meaning at all: each column once, and a rate only over time. */
export function isValid({ by, figures }: CountPanel): boolean {
  const isOnce = by.every((split, at) => split.by === 'field' || by.findIndex((other) => other.by === split.by) === at);
  return isOnce && (by.some((split) => split.by === 'time') || figures.every(({ measure }) => measure.kind !== 'rate'));
}

/** Whether the dashboards of a server can show a panel: the limits of their visualizations, written down by hand. */
export function isShownBy(hasFilters: boolean, { by, figures, drawing }: CountPanel): boolean {
  const kinds = new Set(figures.map(({ measure }) => measure.kind));
  const isFiltered = figures.some(({ where }) => where !== undefined);
  const measuresOneThing = new Set(figures.map(({ measure }) => JSON.stringify(measure))).size === 1;
  const isRanked = by.some((split) => split.by === 'field');
  const hasRatio = kinds.has('share') || kinds.has('rate');
  switch (drawing.as) {
    case 'columns':
    case 'line':
    case 'lines':
      // Its distinct counts cannot have the precision that all others have.
      return by.length === 1 && by[0]?.by === 'time' && !kinds.has('distinct');
    case 'figures':
      return by.length === 0 && !hasRatio;
    case 'ranking':
      return by.length > 0 && !hasRatio && (!isFiltered || (hasFilters && measuresOneThing));
    case 'funnel':
      return by.length === 1 && figures.length === 1 && !hasRatio && (!isFiltered || hasFilters);
    case 'share':
    case 'heat': {
      const fits = by.length === (drawing.as === 'share' ? 1 : 2) && figures.length === 1;
      return fits && !hasRatio && !kinds.has('percentile') && !(isFiltered && isRanked);
    }
    case 'flow': {
      const isByFields = by.length === 2 && by.every((split) => split.by === 'field');
      return isByFields && figures.length === 1 && !hasRatio && !kinds.has('percentile');
    }
  }
}

/** Whether the local page can show a panel: the limits of its drawings, written down by hand. */
export function isShownByPage({ by, figures, drawing }: CountPanel): boolean {
  const kinds = new Set(figures.map(({ measure }) => measure.kind));
  const units = new Set(figures.map(({ measure }) => unitInWords(measure)));
  const isOverTime = by.length === 1 && by[0]?.by === 'time';
  const isByFields = by.length > 0 && by.every((split) => split.by === 'field');
  const isAddable = [...kinds].every((kind) => kind === 'count' || kind === 'sum');
  switch (drawing.as) {
    case 'columns':
      return isOverTime && units.size === 1 && isAddable;
    case 'line':
    case 'lines':
      return isOverTime && units.size === 1;
    case 'figures':
      return by.length === 0;
    case 'ranking':
      return isByFields;
    case 'flow':
      return isByFields && by.length === 2 && figures.length === 1;
    case 'funnel': {
      const isCounted = !kinds.has('percentile') && !kinds.has('share');
      return isByFields && by.length === 1 && figures.length === 1 && isCounted && drawing.steps.length > 0;
    }
    case 'share': {
      const isSplitOnce = by.length === 1 && !isOverTime;
      return isSplitOnce && figures.length === 1 && isAddable && drawing.parts.length > 0;
    }
    case 'heat': {
      const clocks = by.map((split) => split.by).sort();
      return clocks.join() === 'hour,weekday' && figures.length === 1;
    }
  }
}

/** What the page writes after a number. */
export function unitInWords(measure: Measure): '%' | 'B' | '' {
  if (measure.kind === 'share') return '%';
  return (measure.kind === 'sum' || measure.kind === 'percentile') && measure.field === 'bytes' ? 'B' : '';
}
