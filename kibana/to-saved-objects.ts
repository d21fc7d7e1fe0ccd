/** The dashboards as saved objects: one index pattern, a visualization or saved search for each panel, the dashboards. */
import { dashboards } from '../panels/dashboards';
import { both, type Filter } from '../panels/filter';
import {
  type ControlsPanel,
  type CountPanel,
  type Dashboard,
  type EventsPanel,
  faultOf,
  isApproximate,
  type Panel,
  type Place,
} from '../panels/panel';
import { PanelError, unreachable } from '../panels/panel-error';
import { toIndexPattern } from './index-pattern';
import { toSankey } from './sankey';
import { makeObject, objectId, type Reference, type SavedObject, type Target } from './saved-object';
import { toTimeChart } from './time-chart';
import { toLucene } from './to-lucene';
import { toBars, toControls, toHeatmap, toNumber, toPie, toTable, toText, type VisState } from './visualization';

/** An object of a dashboard and its place there. */
interface Tile {
  readonly object: SavedObject;
  readonly title: string;
  readonly at: Place;
}

/**
 * Everything that a server needs to show the dashboards of an index. Each object comes after those that it refers to.
 *
 * @param index the index's name or a pattern, such as `apache` or `apache-*`.
 * @throws PanelError if the target cannot show a panel, or would show another number.
 */
export function toSavedObjects(
  target: Target,
  index: string,
  shown: readonly Dashboard[] = dashboards,
): readonly SavedObject[] {
  const pattern = makeObject(target, 'index-pattern', objectId(index, 'index'), () => toIndexPattern(index, target));
  const compile = createCompiler(target, index, pattern.id);
  const boards = shown.map((dashboard) => ({ dashboard, tiles: dashboard.panels.flatMap(compile) }));
  return [
    pattern,
    ...boards.flatMap(({ tiles }) => tiles.map(({ object }) => object)),
    ...boards.map(({ dashboard, tiles }) => toDashboard(target, index, dashboard, tiles)),
  ];
}

/** Tells the objects of several pipelines apart in a server's lists. */
const named = (index: string, title: string) => `[${index}] ${title}`;

const SEARCH_INDEX = 'kibanaSavedObjectMeta.searchSourceJSON.index';

function createCompiler(target: Target, index: string, patternId: string): (panel: Panel) => readonly Tile[] {
  const pattern: Reference = { name: SEARCH_INDEX, type: 'index-pattern', id: patternId };

  return (panel) => {
    switch (panel.kind) {
      case 'count':
        return toTiles(panel);
      case 'events':
        return [toSavedSearch(panel)];
      case 'text':
        return [toVisualization(panel, toText(panel.markdown))];
      case 'controls':
        return [toControlLists(panel)];
      default:
        return unreachable(panel);
    }
  };

  function toTiles(panel: CountPanel): readonly Tile[] {
    const fault = faultOf(panel);
    if (fault !== undefined) throw new PanelError(panel, target.title, fault);
    const shown = isApproximate(panel) ? { ...panel, title: `${panel.title} ≈` } : panel;
    const { as } = panel.drawing;
    switch (as) {
      case 'figures':
        return toNumbers(panel);
      case 'columns':
      case 'line':
      case 'lines':
        return [toVisualization(shown, { type: 'metrics', params: toTimeChart(panel, target, index), aggs: [] })];
      case 'flow': {
        const params = { spec: JSON.stringify(toSankey(panel, target, index)) };
        return [toVisualization(shown, { type: 'vega', params, aggs: [] })];
      }
      case 'ranking':
        return [toVisualization(shown, toTable(panel, target), panel)];
      case 'funnel':
        return [toVisualization(shown, toBars(panel, target), panel)];
      case 'share': {
        const merged = mergeFilters(panel);
        return [toVisualization(shown, toPie(merged, target), merged)];
      }
      case 'heat': {
        const merged = mergeFilters(panel);
        return [toVisualization(shown, toHeatmap(merged, target), merged)];
      }
      default:
        return unreachable(as);
    }
  }

  /** Numbers stand side by side: each is an object of its own, since none can filter one figure and not the next. */
  function toNumbers(panel: CountPanel): readonly Tile[] {
    const { id, at, by, figures } = panel;
    if (by.length > 0) throw new PanelError(panel, target.title, 'numbers side by side have no split');
    const w = Math.floor(at.w / figures.length);
    return figures.map((figure, place) => {
      const part = {
        id: `${id}-${figure.column}`,
        title: figure.label,
        about: panel.about,
        at: { ...at, x: at.x + place * w, w },
      };
      return toVisualization(part, toNumber(panel, figure, target), { where: both(panel.where, figure.where) });
    });
  }

  /** @param search its filter, where the visualization reads the index by Kibana's search rather than a search within its params. */
  function toVisualization(
    { id, title, about, at }: Pick<Panel, 'id' | 'title' | 'about' | 'at'>,
    visState: VisState,
    search?: { readonly where?: Filter | undefined },
  ): Tile {
    const where = search?.where;
    const object = makeObject(target, 'visualization', objectId(index, id), (link) =>
      toAttributes(title, about, visState, {
        query: { query: where === undefined ? '' : toLucene(where), language: 'lucene' },
        filter: [],
        ...(search === undefined ? {} : link('index', pattern)),
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

/** Where no split ranks values, a lone figure's filter may join the panel's: a part without events is as absent as one of 0. */
function mergeFilters(panel: CountPanel): CountPanel {
  const [figure, ...others] = panel.figures;
  const isRanked = panel.by.some((split) => split.by === 'field');
  if (figure?.where === undefined || others.length > 0 || isRanked) return panel;
  const { where: filter, ...unfiltered } = figure;
  const where = both(panel.where, filter);
  return { ...panel, figures: [unfiltered], ...(where === undefined ? {} : { where }) };
}

/** The name of the interval in Kibana 6, and its group in the menu. */
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
