/** Shown where there is no number. */
export const NONE = '–';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

const small = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 });

/** `12,345`; at most one decimal below 100, two significant digits below 1. */
export function toNumber(value: number): string {
  if (value < 1) return small.format(value);
  return (value < 100 ? fine : whole).format(value);
}

/** `12.3K`, for an axis label. */
export const toCompact = (value: number) => (value < 1 ? small : compact).format(value);

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** `12.3 kB`, in units of 1,000. */
export function toBytes(value: number): string {
  const step = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  return `${toNumber(value / 1000 ** step)} ${UNITS[step]}`;
}

export function toPercent(part: number, of: number): string {
  if (of === 0) return NONE;
  const percent = (100 * part) / of;
  if (percent > 0 && percent < 0.1) return '<0.1 %';
  return `${percent >= 10 || Number.isInteger(percent) ? whole.format(percent) : fine.format(percent)} %`;
}

const SECOND = 1000;
const DAY = 86_400 * SECOND;

type Form = Intl.DateTimeFormatOptions;
const dateTime = new Map<string, Intl.DateTimeFormat>();
function format(at: number, form: Form): string {
  const key = JSON.stringify(form);
  const known = dateTime.get(key) ?? new Intl.DateTimeFormat('en-GB', form);
  dateTime.set(key, known);
  return known.format(at);
}

const CLOCK: Form = { hour: '2-digit', minute: '2-digit' };
const SECONDS: Form = { ...CLOCK, second: '2-digit' };
const DATE: Form = { day: 'numeric', month: 'short' };
const YEAR: Form = { ...DATE, year: 'numeric' };

/** Label of a time axis that covers `spanMs`. */
export function toTick(at: number, spanMs: number): string {
  if (spanMs <= 5 * 60 * SECOND) return format(at, SECONDS);
  if (spanMs <= 1.5 * DAY) return format(at, CLOCK);
  if (spanMs <= 6 * DAY) return format(at, { weekday: 'short', ...CLOCK });
  return spanMs <= 300 * DAY ? format(at, DATE) : format(at, { month: 'short', year: 'numeric' });
}

/** Start of a bucket, as precise as its length requires. */
export function toBucket(at: number, bucketMs: number): string {
  if (bucketMs >= DAY) return format(at, YEAR);
  return format(at, { ...DATE, ...(bucketMs < 60 * SECOND ? SECONDS : CLOCK) });
}

export const toMoment = (at: number) => format(at, { ...YEAR, ...SECONDS });
export const toClock = (at: number) => format(at, SECONDS);
export const toDay = (at: number) => format(at, YEAR);

const STEPS: readonly (readonly [ms: number, unit: string])[] = [
  [365 * DAY, 'year'],
  [DAY, 'day'],
  [3600 * SECOND, 'hour'],
  [60 * SECOND, 'minute'],
  [SECOND, 'second'],
];

/** `3 minutes`, `11 years`: in the largest unit that fits. */
export function toDuration(ms: number): string {
  const [size, unit] = STEPS.find(([step]) => ms >= step) ?? [SECOND, 'second'];
  const count = Math.max(1, Math.floor(ms / size));
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** The browser's time zone, in which all times are shown: `GMT+2`. */
export function timeZoneName(at: number): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' }).formatToParts(at);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'local time';
}
