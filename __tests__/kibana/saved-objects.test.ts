import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { packageRoot } from '../../core/package-root';
import { fieldsOfPattern, lintObjects } from '../../kibana/lint';
import { parsed, searchSourceOf } from '../../kibana/object-parts';
import { objectId, type SavedObject, type Target, targets, toFile } from '../../kibana/saved-object';
import { toSavedObjects } from '../../kibana/to-saved-objects';
import { dashboards } from '../../panels/dashboards';
import type { Filter } from '../../panels/filter';
import type { CountPanel, Figure, Measure, Split } from '../../panels/panel';
import { eventMapping } from '../../store/search/index-template';

const targetOf = (name: Target['name']) => targets.find((target) => target.name === name) as Target;
const six = targetOf('kibana6');
const seven = targetOf('kibana7');

describe.each(targets.map((target) => [target.title, target] as const))('the saved objects for %s', (_, target) => {
  const objects = toSavedObjects(target, 'apache');
  const find = (id: string) => objects.find((object) => object.id === `apache.${id}`) as SavedObject;

  it('are up to date in their file (npm run kibana:build)', () => {
    const file = readFileSync(join(packageRoot, 'kibana', 'objects', target.file), 'utf8');

    expect(file).toBe(toFile(target, objects));
  });

  it('have no fault that the linter finds', () => {
    expect(lintObjects(objects)).toEqual([]);
  });

  it('list every field of the index template, sub-fields included', () => {
    const pattern = fieldsOfPattern(find('index'));

    expect([...pattern]).toEqual(expect.arrayContaining([...Object.keys(eventMapping), 'page.text', 'host.ip']));
  });

  it('come after the objects that they refer to', () => {
    const order = objects.map(({ type }) => type);

    expect(order[0]).toBe('index-pattern');
    expect(order.slice(-dashboards.length)).toEqual(dashboards.map(() => 'dashboard'));
  });

  it('refer to each other in the form that the server reads', () => {
    const text = JSON.stringify(objects);

    expect(text.includes('RefName')).toBe(target.hasReferences);
    expect(objects.every((object) => (object.references !== undefined) === target.hasReferences)).toBe(true);
    expect(objects.every((object) => (object.migrationVersion !== undefined) === target.hasReferences)).toBe(true);
  });

  it('use no format newer than the oldest server supports', () => {
    const newest = objects.flatMap(({ migrationVersion }) => Object.values(migrationVersion ?? {}));

    expect(newest.filter((version) => version > '7.0.0')).toEqual([]);
  });

  it('filter a number by its panel’s filter, in Lucene', () => {
    const { query } = searchSourceOf(find('figures-signups')) as { query: unknown };

    expect(query).toEqual({ query: 'action:"sign_up" AND outcome:"success"', language: 'lucene' });
  });

  it('draw 500 vs 200 as filtered series', () => {
    const { type, params } = parsed(find('answers').attributes['visState']);

    expect(type).toBe('metrics');
    expect(params.index_pattern).toBe('apache');
    expect(params.series.map((series: { label: string; filter: string }) => [series.label, series.filter])).toEqual([
      ['500', 'response:500'],
      ['200', 'response:200'],
      ['other', '(*:* AND NOT response:(200 OR 500))'],
    ]);
  });

  it('have a dashboard with a tile for each panel, a number one for each figure', () => {
    const tiles = parsed(find('clickstream').attributes['panelsJSON']);
    const figures = dashboards[0]?.panels.flatMap<unknown>((panel) =>
      panel.kind === 'count' && panel.drawing.as === 'figures' ? panel.figures : [panel],
    );

    expect(tiles).toHaveLength(figures?.length ?? 0);
  });
});

describe('a panel as a saved object', () => {
  const failed: Filter = { field: 'outcome', is: 'failure' };
  const panelWith = (part: Pick<CountPanel, 'by' | 'figures' | 'drawing'>): CountPanel => ({
    kind: 'count',
    id: 'tried',
    title: 'Tried',
    about: 'A panel.',
    at: { x: 0, y: 0, w: 48, h: 10 },
    where: { field: 'action', is: 'sign_in' },
    ...part,
  });
  const figure = (measure: Measure, where?: Filter): Figure => ({
    column: measure.kind,
    label: measure.kind,
    tone: 'main',
    measure,
    ...(where === undefined ? {} : { where }),
  });
  const byHour: Split = { by: 'hour' };
  const byPage: Split = { by: 'field', field: 'page', size: 8, column: 'label', heading: 'Page' };
  const compile = (target: Target, part: Pick<CountPanel, 'by' | 'figures' | 'drawing'>) => {
    const board = { id: 'board', title: 'Board', about: 'One panel.', panels: [panelWith(part)] };
    const object = toSavedObjects(target, 'apache', [board])[1] as SavedObject;
    return { aggs: parsed(object.attributes['visState']).aggs, query: searchSourceOf(object)['query'] };
  };

  it('filters a number by the panel’s filter and the figure’s', () => {
    const { query } = compile(six, {
      by: [],
      figures: [figure({ kind: 'count' }, failed)],
      drawing: { as: 'figures' },
    });

    expect(query).toEqual({ query: 'action:"sign_in" AND outcome:"failure"', language: 'lucene' });
  });

  it('filters a heat map by both, too, since it ranks no values', () => {
    const figures = [figure({ kind: 'count' }, failed)];
    const { query } = compile(six, { by: [{ by: 'weekday' }, byHour], figures, drawing: { as: 'heat' } });

    expect(query).toEqual({ query: 'action:"sign_in" AND outcome:"failure"', language: 'lucene' });
  });

  it('measures a ranking, and orders it by events', () => {
    const percentile: Measure = { kind: 'percentile', field: 'duration_us', percent: 95 };
    const figures = [figure({ kind: 'sum', field: 'bytes' }), figure(percentile)];
    const { aggs } = compile(six, { by: [byPage], figures, drawing: { as: 'ranking' } });

    expect(aggs).toMatchObject([
      { id: '1', type: 'sum', params: { field: 'bytes' } },
      { id: '2', type: 'percentiles', params: { field: 'duration_us', percents: [95] } },
      { id: '3', type: 'terms', params: { field: 'page', orderBy: 'custom', orderAgg: { type: 'count' } } },
    ]);
  });

  it('splits a ranking by its figures’ filters', () => {
    const figures = [figure({ kind: 'count' }), { ...figure({ kind: 'count' }, failed), column: 'bad', label: 'bad' }];
    const { aggs } = compile(seven, { by: [byPage], figures, drawing: { as: 'ranking' } });

    expect(aggs).toHaveLength(3);
    expect(aggs[2]).toMatchObject({
      type: 'filters',
      params: {
        filters: [
          { input: { query: '*', language: 'lucene' }, label: 'count' },
          { input: { query: 'outcome:"failure"', language: 'lucene' }, label: 'bad' },
        ],
      },
    });
  });

  it.each<[string, Target, Pick<CountPanel, 'by' | 'figures' | 'drawing'>]>([
    [
      'a filtered figure beside a split',
      six,
      { by: [byPage], figures: [figure({ kind: 'count' }, failed)], drawing: { as: 'ranking' } },
    ],
    [
      'labels, and two are equal',
      seven,
      {
        by: [byPage],
        figures: [figure({ kind: 'count' }, failed), { ...figure({ kind: 'count' }), column: 'other' }],
        drawing: { as: 'ranking' },
      },
    ],
    [
      'a share is shown only',
      six,
      { by: [byPage], figures: [figure({ kind: 'share', of: failed })], drawing: { as: 'ranking' } },
    ],
    [
      'a rate needs a split by time',
      seven,
      { by: [byPage], figures: [figure({ kind: 'rate' })], drawing: { as: 'ranking' } },
    ],
    [
      'a pie cannot filter a figure',
      seven,
      { by: [byPage], figures: [figure({ kind: 'count' }, failed)], drawing: { as: 'share', parts: [] } },
    ],
    [
      'exactly one split, by time',
      seven,
      { by: [byPage], figures: [figure({ kind: 'count' })], drawing: { as: 'line' } },
    ],
    [
      'a percentile does not add up',
      seven,
      {
        by: [byPage, { ...byPage, column: 'to' }],
        figures: [figure({ kind: 'percentile', field: 'bytes', percent: 50 })],
        drawing: { as: 'flow' },
      },
    ],
  ])('is refused by name where the server cannot show it: %s', (why, target, part) => {
    expect(() => compile(target, part)).toThrow(`The panel “tried” cannot be compiled for ${target.title}: `);
    expect(() => compile(target, part)).toThrow(why);
  });
});

describe('an object’s id', () => {
  it('differs for each index and panel, so that two pipelines can share a server', () => {
    const index = fc.stringMatching(/^[a-z0-9_.*,-]{1,12}$/);
    const panel = fc.stringMatching(/^[a-z][a-z-]{0,8}$/);

    fc.assert(
      fc.property(index, panel, index, panel, (a, x, b, y) => {
        expect(objectId(a, x) === objectId(b, y)).toBe(a === b && x === y);
      }),
    );
  });

  it('needs no escape in an address', () => {
    expect(objectId('apache-*', 'clickstream')).toBe('apache-.2a.clickstream');
    expect(encodeURIComponent(objectId('logs.été-*', 'pages'))).toBe(objectId('logs.été-*', 'pages'));
  });
});

describe('the linter', () => {
  const objects = toSavedObjects(seven, 'apache');
  const change = (id: string, attributes: object): readonly SavedObject[] =>
    objects.map((object) =>
      object.id === `apache.${id}` ? { ...object, attributes: { ...object.attributes, ...attributes } } : object,
    );
  const panelsOf = (id: string) => parsed(objects.find((object) => object.id === id)?.attributes['panelsJSON']);

  it('finds an id that is defined twice', () => {
    expect(lintObjects([...objects, ...objects.slice(1, 2)])).toEqual(['visualization apache.guide is defined twice.']);
  });

  it.each([six, seven])('finds a reference to an object that does not exist ($name)', (target) => {
    const without = toSavedObjects(target, 'apache').filter(({ id }) => id !== 'apache.answers');

    expect(lintObjects(without)).toEqual([
      'dashboard apache.clickstream refers to visualization apache.answers, which does not exist.',
    ]);
  });

  it('finds the name of a reference that is missing', () => {
    const bare = objects.map((object) => (object.id === 'apache.pages' ? { ...object, references: [] } : object));

    expect(lintObjects(bare)).toEqual([
      'visualization apache.pages has no reference named kibanaSavedObjectMeta.searchSourceJSON.index.',
    ]);
  });

  it('finds an attribute that a strict mapping refuses', () => {
    expect(lintObjects(change('clickstream', { controlGroupInput: {} }))).toEqual([
      'dashboard apache.clickstream has an attribute controlGroupInput, which not every server accepts.',
    ]);
  });

  it.each([
    ['an aggregation', 'pages', { visState: JSON.stringify({ aggs: [{ params: { field: 'pagge' } }] }) }],
    ['a column', 'events', { columns: ['pagge'] }],
    [
      'a query',
      'pages',
      { kibanaSavedObjectMeta: { searchSourceJSON: '{"query":{"query":"a AND (NOT pagge:\\"x:y\\")"}}' } },
    ],
    [
      'a series’ filter',
      'answers',
      { visState: JSON.stringify({ params: { series: [{ filter: 'pagge:[5 TO *]', metrics: [] }] } }) },
    ],
    [
      'a ratio',
      'answers',
      { visState: JSON.stringify({ params: { series: [{ metrics: [{ numerator: '_exists_:pagge' }] }] } }) },
    ],
    ['a control', 'controls', { visState: JSON.stringify({ params: { controls: [{ fieldName: 'pagge' }] } }) }],
    [
      'a Vega search',
      'flow',
      {
        visState: JSON.stringify({
          params: { spec: JSON.stringify({ data: [{ url: { body: { query: { terms: { pagge: ['a'] } } } } }] }) },
        }),
      },
    ],
  ])('finds a field that the index does not have in %s', (_, id, attributes) => {
    const [fault] = lintObjects(change(id, attributes));

    expect(fault).toMatch(/reads pagge, which the index does not have\.$/);
  });

  it('finds panels that overlap, are outside the grid, or lack what Kibana needs', () => {
    const [first, second, ...rest] = panelsOf('apache.visitor');
    const panels = [
      { ...first, gridData: { ...first.gridData, w: 49 } },
      { ...second, panelIndex: undefined, panelRefName: undefined },
      ...rest,
    ];

    expect(lintObjects(change('visitor', { panelsJSON: JSON.stringify(panels) }))).toEqual([
      'Panel 1 of dashboard apache.visitor is outside the 48 columns.',
      'Panel 1 of dashboard apache.visitor overlaps panel 2.',
      'Panel 2 of dashboard apache.visitor has no panelIndex.',
      'Panel 2 of dashboard apache.visitor has no type.',
    ]);
  });
});

describe('docs/dashboards.md', () => {
  it('describes each panel as its definition does', () => {
    const text = readFileSync(join(packageRoot, 'docs', 'dashboards.md'), 'utf8');
    const rows = dashboards.flatMap(({ panels }) => panels.map(({ title, about }) => `| ${title} | ${about} |`));

    expect(text.split('\n')).toEqual(expect.arrayContaining(rows));
  });
});
