/** Number formats by unit. */
import type { Unit } from '../measure';
import { NONE, toBytes, toCompact, toNumber, toPercent } from './format';

interface NumberFormat {
  /** null, where there is no number, is a dash. */
  readonly toNumber: (value: number | null) => string;
  /** For an axis label. */
  readonly toCompact: (value: number) => string;
}

const percent = (share: number) => toPercent(share, 1);

type Format = (value: number) => string;

const FORMATS: Readonly<Record<Unit, readonly [number: Format, compact: Format]>> = {
  number: [toNumber, toCompact],
  share: [percent, percent],
  bytes: [toBytes, toCompact],
};

export function formatOf(unit: Unit): NumberFormat {
  const [format, compact] = FORMATS[unit];
  return { toNumber: (value) => (value === null ? NONE : format(value)), toCompact: compact };
}
