import type { PanelRow } from '../../panels/panel';
import type { Span, View } from '../overview-reply';
import { makeChart } from './chart';
import { makeEvents, makeFigures, makeHeat, makeShare } from './lists';
import { makeFunnel, makePairs, makeRanking } from './rankings';

export interface Drawn {
  readonly element: HTMLElement;
  show(rows: readonly PanelRow[], span: Span): void;
}

export function makeView(title: string, view: View): Drawn {
  switch (view.as) {
    case 'events':
      return makeEvents(title, view.fields);
    case 'columns':
    case 'line':
      return makeChart(title, view);
    case 'figures':
      return makeFigures(view.figures);
    case 'share':
      return makeShare(view);
    case 'heat':
      return makeHeat(title, view.figure);
    case 'funnel':
      return makeFunnel(title, view);
    case 'flow':
      return makePairs(title, view);
    case 'ranking':
      return makeRanking(title, view);
  }
}
