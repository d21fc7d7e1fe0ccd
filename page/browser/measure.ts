/** Number formats by what a figure measures. */
import type { Figure } from '../../panels/panel';
import { toBytes, toCompact, toNumber, toPercent } from './format';

interface NumberFormat {
  readonly toNumber: (value: number) => string;
  /** For an axis label. */
  readonly toCompact: (value: number) => string;
}

const percent = (share: number) => toPercent(share, 1);

export function formatOf(measure: Figure['measure'] | undefined): NumberFormat {
  if (measure?.kind === 'share') return { toNumber: percent, toCompact: percent };
  if (measure?.kind === 'sum' && measure.field === 'bytes') return { toNumber: toBytes, toCompact };
  return { toNumber, toCompact };
}
