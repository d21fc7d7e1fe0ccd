import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { packageRoot } from '../../core/package-root';
import { fieldsOfPattern, lintObjects } from '../../kibana/lint';
import { parsed, searchSourceOf } from '../../kibana/object-parts';
import { objectId, type SavedObject, type Target, targets, toFile } from '../../kibana/saved-object';
import { toSavedObjects } from '../../kibana/to-saved-objects';
import { dashboards } from '../../panels/dashboards';
import { eventMapping } from '../../store/search/index-template';

const targetOf = (name: Target['name']) => targets.find((target) => target.name === name) as Target;
const six = targetOf('kibana6');
const seven = targetOf('kibana7');

describe.each(targets.map((target) => [target.title, target] as const))('the saved objects for %s', (_, target) => {
  const objects = toSavedObjects(target, 'apache');
  const find = (id: string) => objects.find((object) => object.id === `apache.${id}`) as SavedObject;

  it('stand in their file as the definition has them now (npm run kibana:build)', () => {
    const file = readFileSync(join(packageRoot, 'kibana', 'objects', target.file), 'utf8');

    expect(file).toBe(toFile(target, objects));
  });

  it('have no fault that the linter knows', () => {
    expect(lintObjects(objects)).toEqual([]);
  });

  it('know every field of the index template, also those within a field', () => {
    const pattern = fieldsOfPattern(find('index'));

    expect([...pattern]).toEqual(expect.arrayContaining([...Object.keys(eventMapping), 'page.text', 'host.ip']));
  });

  it('come after what they name', () => {
    const order = objects.map(({ type }) => type);

    expect(order[0]).toBe('index-pattern');
    expect(order.slice(-dashboards.length)).toEqual(dashboards.map(() => 'dashboard'));
  });

  it('name each other in the one way that the server reads', () => {
    const text = JSON.stringify(objects);

    expect(text.includes('RefName')).toBe(target.hasReferences);
    expect(objects.every((object) => (object.references !== undefined) === target.hasReferences)).toBe(true);
    expect(objects.every((object) => (object.migrationVersion !== undefined) === target.hasReferences)).toBe(true);
  });

  it('are in no format newer than the oldest server that the file is for', () => {
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

describe('an object’s id', () => {
  it('is another for each index and panel, so that two pipelines live side by side', () => {
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

  it('finds an id that is there twice', () => {
    expect(lintObjects([...objects, ...objects.slice(1, 2)])).toEqual(['visualization apache.guide is defined twice.']);
  });

  it.each([six, seven])('finds what is named and not there ($name)', (target) => {
    const without = toSavedObjects(target, 'apache').filter(({ id }) => id !== 'apache.answers');

    expect(lintObjects(without)).toEqual([
      'dashboard apache.clickstream refers to visualization apache.answers, which does not exist.',
    ]);
  });

  it('finds a reference’s name without the reference', () => {
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

  it('finds panels that overlap, stand outside, or lack what Kibana needs', () => {
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
  it('says of each panel what the definition says', () => {
    const text = readFileSync(join(packageRoot, 'docs', 'dashboards.md'), 'utf8');
    const rows = dashboards.flatMap(({ panels }) => panels.map(({ title, about }) => `| ${title} | ${about} |`));

    expect(text.split('\n')).toEqual(expect.arrayContaining(rows));
  });
});
