/** The dashboards as saved objects: one index pattern, a visualization or saved search for each panel, the dashboards. */
import { dashboards } from '../panels/dashboards';
import { toLucene } from '../panels/filter';
import type { ControlsPanel, CountPanel, Dashboard, EventsPanel, Panel, Place, TextPanel } from '../panels/panel';
import { isApproximate } from '../panels/panel';
import { toIndexPattern } from './index-pattern';
import { toSankey } from './sankey';
import { makeObject, objectId, type Reference, type SavedObject, type Target } from './saved-object';
import { toTimeChart } from './time-chart';
import { toBars, toControls, toHeatmap, toNumber, toPie, toTable, toText, type VisState } from './visualization';

/** An object of a dashboard, and where it stands there. */
interface Tile {
  readonly object: SavedObject;
  readonly title: string;
  readonly at: Place;
}

/**
 * All that a server needs to show the dashboards of an index, in an order in which each object comes after what it names.
 *
 * @param index the index's name or a pattern, such as `apache` or `apache-*`.
 */
export function toSavedObjects(target: Target, index: string): readonly SavedObject[] {
  const pattern = makeObject(target, 'index-pattern', objectId(index, 'index'), () => toIndexPattern(index, target));
  const compile = createCompiler(target, index, pattern.id);
  const boards = dashboards.map((dashboard) => ({ dashboard, tiles: dashboard.panels.flatMap(compile) }));
  return [
    pattern,
    ...boards.flatMap(({ tiles }) => tiles.map(({ object }) => object)),
    ...boards.map(({ dashboard, tiles }) => toDashboard(target, index, dashboard, tiles)),
  ];
}

/** So that the lists of a server with several pipelines can be read. */
const named = (index: string, title: string) => `[${index}] ${title}`;

const SEARCH_INDEX = 'kibanaSavedObjectMeta.searchSourceJSON.index';

function createCompiler(target: Target, index: string, patternId: string): (panel: Panel) => readonly Tile[] {
  const pattern: Reference = { name: SEARCH_INDEX, type: 'index-pattern', id: patternId };

  return (panel) => {
    switch (panel.kind) {
      case 'count': {
        if (panel.drawing.as === 'figures') return toNumbers(panel);
        const shown = isApproximate(panel) ? { ...panel, title: `${panel.title} ≈` } : panel;
        return [toVisualization(shown, toVisState(panel))];
      }
      case 'events':
        return [toSavedSearch(panel)];
      case 'text':
        return [toVisualization(panel, toText(panel.markdown), false)];
      case 'controls':
        return [toControlLists(panel)];
    }
  };

  /** Numbers stand side by side: each is an object of its own, since none can filter one figure and not the next. */
  function toNumbers(panel: CountPanel): readonly Tile[] {
    const { at, figures } = panel;
    const w = Math.floor(at.w / figures.length);
    return figures.map((figure, place) => {
      const part = {
        ...panel,
        id: `${panel.id}-${figure.column}`,
        title: figure.label,
        at: { ...at, x: at.x + place * w, w },
        where: panel.where ?? figure.where,
      };
      return toVisualization(part, toNumber(figure));
    });
  }

  function toVisState(panel: CountPanel): VisState {
    switch (panel.drawing.as) {
      case 'columns':
      case 'line':
      case 'lines':
        return { type: 'metrics', params: toTimeChart(panel, index), aggs: [] };
      case 'share':
        return toPie(panel);
      case 'heat':
        return toHeatmap(panel);
      case 'funnel':
        return toBars(panel);
      case 'flow':
        return { type: 'vega', params: { spec: JSON.stringify(toSankey(panel, index, target.vegaMajor)) }, aggs: [] };
      case 'ranking':
      case 'figures':
        return toTable(panel);
    }
  }

  /** @param reads whether it reads the index by itself: then its filter is the search's. */
  function toVisualization(
    panel: CountPanel | TextPanel | (Omit<CountPanel, 'where'> & { readonly where: CountPanel['where'] | undefined }),
    visState: VisState,
    reads = visState.type !== 'metrics' && visState.type !== 'vega',
  ): Tile {
    const { id, title, about, at } = panel;
    const where = panel.kind === 'count' && reads ? panel.where : undefined;
    const object = makeObject(target, 'visualization', objectId(index, id), (link) =>
      toAttributes(title, about, visState, {
        query: { query: where === undefined ? '' : toLucene(where), language: 'lucene' },
        filter: [],
        ...(reads ? link('index', pattern) : {}),
      }),
    );
    return { object, title, at };
  }

  function toControlLists(panel: ControlsPanel): Tile {
    const { id, title, about, at } = panel;
    const object = makeObject(target, 'visualization', objectId(index, id), (link) =>
      toAttributes(title, about, toControls(panel, patternId, link), {}),
    );
    return { object, title, at };
  }

  function toAttributes(title: string, about: string, visState: VisState, searchSource: object) {
    return {
      title: named(index, title),
      visState: JSON.stringify({ title: named(index, title), ...visState }),
      uiStateJSON: '{}',
      description: about,
      version: 1,
      kibanaSavedObjectMeta: { searchSourceJSON: JSON.stringify(searchSource) },
    };
  }

  function toSavedSearch({ id, title, about, at, where, fields }: EventsPanel): Tile {
    const object = makeObject(target, 'search', objectId(index, id), (link) => ({
      title: named(index, title),
      description: about,
      hits: 0,
      columns: fields,
      sort: ['@timestamp', 'desc'],
      version: 1,
      kibanaSavedObjectMeta: {
        searchSourceJSON: JSON.stringify({
          query: { query: where === undefined ? '' : toLucene(where), language: 'lucene' },
          filter: [],
          ...link('index', pattern),
          highlightAll: true,
          version: true,
        }),
      },
    }));
    return { object, title, at };
  }
}

/** What Kibana 6 shows for an interval, and the group of its menu. */
const REFRESH_6 = { display: '10 seconds', section: 1 };

function toDashboard(
  target: Target,
  index: string,
  { id, title, about }: Dashboard,
  tiles: readonly Tile[],
): SavedObject {
  return makeObject(target, 'dashboard', objectId(index, id), (link) => {
    const panels = tiles.map(({ object, title, at }, place) => {
      const reference = { name: `panel_${place}`, type: object.type, id: object.id };
      return {
        panelIndex: String(place + 1),
        gridData: { ...at, i: String(place + 1) },
        embeddableConfig: {},
        version: target.hasReferences ? '7.0.0' : '6.3.0',
        title,
        ...(target.hasReferences ? link('panel', reference) : { type: object.type, ...link('id', reference) }),
      };
    });
    return {
      title: named(index, title),
      hits: 0,
      description: about,
      panelsJSON: JSON.stringify(panels),
      optionsJSON: JSON.stringify({ useMargins: true, hidePanelTitles: false }),
      version: 1,
      timeRestore: true,
      timeFrom: 'now-1h',
      timeTo: 'now',
      refreshInterval: { ...(target.hasReferences ? {} : REFRESH_6), pause: false, value: 10_000 },
      kibanaSavedObjectMeta: {
        searchSourceJSON: JSON.stringify({ query: { query: '', language: 'lucene' }, filter: [] }),
      },
    };
  });
}
