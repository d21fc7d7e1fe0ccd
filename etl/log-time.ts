/** The time of an access line, `10/Oct/2026:13:55:36 +1000`, checked: 31 February is no day. */

export interface LogTime {
  /** `2026-10-10T13:55:36+10:00`; without the offset where the line has none. */
  readonly timestamp: string;
  /** `2026-10-10T03:55:36Z` */
  readonly utc?: string;
  /** `+1000` */
  readonly timezone?: string;
}

const SHAPE = /^(\d\d)\/(\w{3})\/(\d{4}):(\d\d):(\d\d):(\d\d)(?: ([+-])(\d\d)(\d\d))?$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** @returns undefined for what is not a moment between 1970 and 9999 in UTC, with an offset under 24 hours. */
export function parseLogTime(text: string): LogTime | undefined {
  const [whole, dd, monthName = '', yyyy, hh, mm, ss, sign, offsetHours, offsetMinutes] = SHAPE.exec(text) ?? [];
  const month = MONTHS.indexOf(monthName);
  if (whole === undefined || month === -1) return undefined;

  // Date.UTC would roll 31 February over to March, so what it made is compared with what was asked.
  const local = `${yyyy}-${String(month + 1).padStart(2, '0')}-${dd}T${hh}:${mm}:${ss}`;
  const moment = new Date(`${local}Z`);
  if (Number.isNaN(moment.getTime()) || moment.toISOString().slice(0, 19) !== local) return undefined;
  if (sign === undefined) return moment.getTime() < 0 ? undefined : { timestamp: local };

  const ahead = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === '-' ? -60_000 : 60_000);
  const utc = new Date(moment.getTime() - ahead).toISOString();
  // A year past 9999 has a sign before it.
  if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59 || utc < '1970' || utc.startsWith('+')) return undefined;
  return {
    timestamp: `${local}${sign}${offsetHours}:${offsetMinutes}`,
    utc: `${utc.slice(0, 19)}Z`,
    timezone: `${sign}${offsetHours}${offsetMinutes}`,
  };
}
