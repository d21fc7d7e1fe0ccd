/** What the page needs to know about a measure, on its server and in the browser. */
import type { Figure, Measure, PanelRow } from '../panels/panel';

interface Traits {
  /** Whether the numbers of all parts add up to the number of the whole. */
  readonly addsUp: boolean;
  /** Its number where there are no events. */
  readonly withoutEvents: 0 | null;
}

const TRAITS: Readonly<Record<Measure['kind'], Traits>> = {
  count: { addsUp: true, withoutEvents: 0 },
  sum: { addsUp: true, withoutEvents: 0 },
  rate: { addsUp: false, withoutEvents: 0 },
  distinct: { addsUp: false, withoutEvents: 0 },
  percentile: { addsUp: false, withoutEvents: null },
  share: { addsUp: false, withoutEvents: null },
};

export const addsUp = ({ kind }: Measure) => TRAITS[kind].addsUp;

/** How numbers are written: as they are, in per cent, in bytes. */
export type Unit = 'number' | 'share' | 'bytes';

export function unitOf(measure: Measure): Unit {
  if (measure.kind === 'share') return 'share';
  const isOfBytes = (measure.kind === 'sum' || measure.kind === 'percentile') && measure.field === 'bytes';
  return isOfBytes ? 'bytes' : 'number';
}

/** The figure's number in a row; undefined is a row that is missing because no event belongs to it. */
export function numberIn(row: PanelRow | undefined, { column, measure }: Figure): number | null {
  if (row === undefined) return TRAITS[measure.kind].withoutEvents;
  const value = row[column];
  return typeof value === 'number' ? value : null;
}
