import { toView } from '../../page/to-view';
import { panels } from '../../panels/dashboards';
import type { CountPanel, Figure, Measure, Split } from '../../panels/panel';
import { PanelError } from '../../panels/panel-error';

const figure = (measure: Measure, column = 'n'): Figure => ({ column, label: column, tone: 'main', measure });
const COUNT = figure({ kind: 'count' });
const SHARE = figure({ kind: 'share', of: { field: 'response', atLeast: 500 } });
const P99 = figure({ kind: 'percentile', field: 'duration_us', percent: 99 });
const USERS = figure({ kind: 'distinct', field: 'username' });
const BYTES = figure({ kind: 'sum', field: 'bytes' }, 'bytes');
const RATE = figure({ kind: 'rate' });

const TIME: Split = { by: 'time' };
const PAGE: Split = { by: 'field', field: 'page', size: 8, column: 'page', heading: 'Page' };
const USER: Split = { by: 'field', field: 'username', size: 8, column: 'user', heading: 'User' };
const PART = { value: '/', label: 'home', tone: 'main' } as const;

const panelOf = (drawing: CountPanel['drawing'], by: readonly Split[], ...figures: readonly Figure[]): CountPanel => ({
  kind: 'count',
  id: 'tried',
  title: 'Tried',
  about: 'A panel.',
  at: { x: 0, y: 0, w: 48, h: 10 },
  by,
  figures,
  drawing,
});

const COLUMNS = { as: 'columns' } as const;
const RANKING = { as: 'ranking' } as const;
const FUNNEL = { as: 'funnel', steps: [PART] } as const;
const SHARES = { as: 'share', parts: [PART] } as const;

describe('a panel on the local page', () => {
  it('keeps of a dashboard’s panels what their drawing needs', () => {
    for (const panel of panels) expect(toView(panel)).toHaveProperty('as');
  });

  it('takes every split and every figure of a ranking', () => {
    expect(toView(panelOf(RANKING, [PAGE, USER], COUNT, BYTES))).toEqual({
      as: 'ranking',
      by: [PAGE, USER],
      figures: [COUNT, BYTES],
    });
  });

  it.each<[string, CountPanel]>([
    ['the total of a share', panelOf(COLUMNS, [TIME], SHARE)],
    ['the total of a percentile', panelOf(COLUMNS, [TIME], P99)],
    ['the total of distinct values', panelOf(COLUMNS, [TIME], COUNT, { ...USERS, column: 'users' })],
    ['the total of a rate', panelOf(COLUMNS, [TIME], RATE)],
    ['two units on one axis', panelOf({ as: 'lines' }, [TIME], COUNT, BYTES)],
    ['a chart without time', panelOf({ as: 'line' }, [PAGE], COUNT)],
    ['a chart of each page over time', panelOf({ as: 'line' }, [TIME, PAGE], COUNT)],
    ['numbers side by side of each page', panelOf({ as: 'figures' }, [PAGE], COUNT)],
    ['a ranking of moments', panelOf(RANKING, [TIME], COUNT)],
    ['a ranking of nothing', panelOf(RANKING, [], COUNT)],
    ['a ranking without a number', panelOf(RANKING, [PAGE])],
    ['a flow of one page', panelOf({ as: 'flow' }, [PAGE], COUNT)],
    ['a flow with two numbers', panelOf({ as: 'flow' }, [PAGE, USER], COUNT, BYTES)],
    ['a funnel without steps', panelOf({ as: 'funnel', steps: [] }, [PAGE], COUNT)],
    ['a funnel with a step twice', panelOf({ as: 'funnel', steps: [PART, PART] }, [PAGE], COUNT)],
    ['a funnel by two fields', panelOf(FUNNEL, [PAGE, USER], COUNT)],
    ['a percentile as a share of the first step’s', panelOf(FUNNEL, [PAGE], P99)],
    ['a share as a share of the first step’s', panelOf(FUNNEL, [PAGE], SHARE)],
    ['distinct values as parts of a whole', panelOf(SHARES, [PAGE], USERS)],
    ['percentiles as parts of a whole', panelOf(SHARES, [PAGE], P99)],
    ['a whole without parts', panelOf({ as: 'share', parts: [] }, [PAGE], COUNT)],
    ['the parts of each moment', panelOf(SHARES, [TIME], COUNT)],
    ['a heat map by two fields', panelOf({ as: 'heat' }, [PAGE, USER], COUNT)],
    ['a heat map by weekday alone', panelOf({ as: 'heat' }, [{ by: 'weekday' }], COUNT)],
    ['a heat map with two numbers', panelOf({ as: 'heat' }, [{ by: 'weekday' }, { by: 'hour' }], COUNT, BYTES)],
  ])('is refused by name: %s', (_, panel) => {
    expect(() => toView(panel)).toThrow(PanelError);
    expect(() => toView(panel)).toThrow('The panel “tried” cannot be compiled for the local page: ');
  });
});
