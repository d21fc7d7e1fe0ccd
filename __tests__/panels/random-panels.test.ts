/** Every panel compiles for a target, or is refused by name: nothing is turned into another number silently. */
import fc from 'fast-check';
import { lintObjects } from '../../kibana/lint';
import { targets } from '../../kibana/saved-object';
import { toSavedObjects } from '../../kibana/to-saved-objects';
import { toView } from '../../page/to-view';
import type { CountPanel, Dashboard } from '../../panels/panel';
import { PanelError } from '../../panels/panel-error';
import { toSql } from '../../store/duckdb/to-sql';
import { toSearch } from '../../store/search/to-search';
import { isShownBy, isShownByPage, isValid, randomPanel } from '../support/panels/random-panels';

const boardOf = (panel: CountPanel): Dashboard => ({
  id: 'board',
  title: 'Board',
  about: 'One panel.',
  panels: [panel],
});
const RANGE = { from: 0, to: 60_000, bucketMs: 60_000 };

describe.each(targets.map((target) => [target.title, target] as const))('a random panel for %s', (title, target) => {
  it('becomes objects that the linter accepts, or is refused if the server cannot show it', () => {
    fc.assert(
      fc.property(randomPanel, (panel) => {
        if (isValid(panel) && isShownBy(target.hasFiltersBucket, panel)) {
          expect(lintObjects(toSavedObjects(target, 'apache', [boardOf(panel)]))).toEqual([]);
          return;
        }
        const compile = () => toSavedObjects(target, 'apache', [boardOf(panel)]);
        expect(compile).toThrow(PanelError);
        expect(compile).toThrow(`“random” cannot be compiled for ${title}`);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a random panel', () => {
  it('becomes SQL and a search, unless it has no meaning', () => {
    fc.assert(
      fc.property(randomPanel, (panel) => {
        const compilers = [
          () => toSql(panel),
          () => toSearch(panel, { family: 'opensearch', major: 2 }, 'apache', RANGE),
        ];
        for (const compile of compilers) {
          if (isValid(panel)) expect(compile).not.toThrow();
          else expect(compile).toThrow(PanelError);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('becomes a view of the local page, or is refused if the page cannot show it', () => {
    fc.assert(
      fc.property(randomPanel, (panel) => {
        if (isValid(panel) && isShownByPage(panel)) {
          expect(toView(panel)).toMatchObject({ as: panel.drawing.as.replace('lines', 'line') });
          return;
        }
        expect(() => toView(panel)).toThrow(PanelError);
        expect(() => toView(panel)).toThrow('“random” cannot be compiled for the local page');
      }),
      { numRuns: 500 },
    );
  });
});
