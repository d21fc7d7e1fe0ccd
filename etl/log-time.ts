/** Parses the time of an access line, `10/Oct/2026:13:55:36 +1000`. It must exist: 31 February does not. */

export interface LogTime {
  /** `2026-10-10T13:55:36+10:00`, or without the offset if the line has none. */
  readonly timestamp: string;
  /** `2026-10-10T03:55:36Z` */
  readonly utc?: string;
  /** `+1000` */
  readonly timezone?: string;
}

const SHAPE = /^\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d(?: [+-]\d{4})?$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** @returns undefined unless the text is a moment between 1970 and 9999 in UTC, with an offset under 24 hours. */
export function parseLogTime(text: string): LogTime | undefined {
  const month = MONTHS.indexOf(text.slice(3, 6));
  if (month === -1 || !SHAPE.test(text)) return undefined;
  const year = Number(text.slice(7, 11));
  const day = Number(text.slice(0, 2));
  const [hour, minute, second] = [Number(text.slice(12, 14)), Number(text.slice(15, 17)), Number(text.slice(18, 20))];
  if (day < 1 || day > daysOf(month, year) || hour > 23 || minute > 59 || second > 59) return undefined;

  const local = `${text.slice(7, 11)}-${twoDigits(month + 1)}-${text.slice(0, 2)}T${text.slice(12, 20)}`;
  if (text.length === 'dd/Mon/yyyy:hh:mm:ss'.length) return year < 1970 ? undefined : { timestamp: local };

  const timezone = text.slice(21);
  const [offsetHours, offsetMinutes] = [Number(timezone.slice(1, 3)), Number(timezone.slice(3))];
  if (offsetHours > 23 || offsetMinutes > 59) return undefined;
  const ahead = (offsetHours * 60 + offsetMinutes) * (timezone[0] === '-' ? -1 : 1);
  const utc = ahead === 0 ? local : new Date(Date.parse(`${local}Z`) - ahead * 60_000).toISOString();
  // A year after 9999 is written with a sign.
  if (utc < '1970' || utc.startsWith('+')) return undefined;
  return {
    timestamp: `${local}${timezone.slice(0, 3)}:${timezone.slice(3)}`,
    utc: `${utc.slice(0, 19)}Z`,
    timezone,
  };
}

function daysOf(month: number, year: number): number {
  const isLeap = month === 1 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return (DAYS[month] as number) + (isLeap ? 1 : 0);
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}
