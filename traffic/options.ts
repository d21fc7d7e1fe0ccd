/** What may be asked of `traffic`: ranges, what belongs together and what does not. One sentence for each fault. */
import { z } from 'zod';
import { THINK_SECONDS } from './journeys';
import type { RatePoint } from './schedule';

/** Of the options that have one; the run's name and the seed are random. */
export const DEFAULTS = {
  url: 'http://127.0.0.1:8080',
  rate: 50,
  seconds: 10,
  errors: 0,
  errorMode: 'route',
  notFound: 0,
  slow: 0,
  slowMs: 1000,
  users: 10_000,
  think: THINK_SECONDS,
  timeout: 10,
} as const;

const MAX_RATE = 100_000;
const MAX_SECONDS = 31 * 86_400;

/** A number given twice is an array to yargs, and an unreadable one NaN. */
const number = () => z.number('must be one number');
const whole = () => z.int('must be a whole number');
const text = (what: string) => z.string('must be given once').min(1, what);
const share = () => number().min(0, 'must be 0 to 1').max(1, 'must be 0 to 1 (0.2: every fifth)');
const rate = () => number().positive('must be more than 0').max(MAX_RATE, 'must be 100,000 or less');

const Url = z
  .url({ protocol: /^https?$/, error: ({ input }) => `'${input}' is no http or https address` })
  .refine((url) => URL.canParse(url) && new URL(url).pathname === '/', 'give the site without a path');

const Time = text('must be a time').transform((value, context) => {
  const isTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$/.test(value);
  // A date alone is midnight UTC by ECMAScript's rule; a time without its offset would be the machine's.
  const date = new Date(/T.*\d$/.test(value) && !/[+-]\d\d:\d\d$/.test(value) ? `${value}Z` : value);
  if (isTime && !Number.isNaN(date.getTime())) return date;
  context.addIssue(`'${value}' is no time; write 2026-11-01 or 2026-11-01T10:31:00Z`);
  return z.NEVER;
});

const Ramp = text('must be points, as 0:10,60:100').transform((value, context): readonly RatePoint[] => {
  const points = value.split(',').map((point) => /^(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)$/.exec(point.trim()));
  const ramp = points.map((point) => ({ seconds: Number(point?.[1]), rate: Number(point?.[2]) }));
  const fault = faultOfRamp(ramp, points.includes(null));
  if (fault === undefined) return ramp;
  context.addIssue(`'${value}' ${fault}`);
  return z.NEVER;
});

function faultOfRamp(ramp: readonly RatePoint[], isUnreadable: boolean): string | undefined {
  if (isUnreadable) return 'is no ramp; write SECONDS:RATE points, as 0:10,60:100';
  if (ramp[0]?.seconds !== 0) return 'must begin at 0 seconds, as 0:10,60:100';
  if (ramp.some(({ seconds }, place) => seconds < (ramp[place - 1]?.seconds ?? 0))) return 'must go forward in time';
  if (ramp.some(({ rate }) => rate > MAX_RATE)) return 'must stay at 100,000 a second or less';
  if (ramp.at(-1)?.seconds === 0) return 'must last longer than 0 seconds';
  if ((ramp.at(-1)?.seconds ?? 0) > MAX_SECONDS) return 'must last 31 days or less';
  return ramp.every(({ rate }) => rate === 0) ? 'must reach a rate of more than 0' : undefined;
}

const Shard = z
  .string('must be given once')
  .regex(/^[1-9]\d{0,2}\/[1-9]\d{0,2}$/, {
    error: ({ input }) => `'${input}' is no shard; write 2/8 for the second of eight`,
  })
  .transform((value) => value.split('/').map(Number) as [number, number])
  .refine(([number, count]) => number <= count, 'must be one of its shards: 1/8 to 8/8')
  .transform(([number, count]) => ({ number, count }));

/** The options of the command line. */
export const TrafficOptions = z
  .strictObject({
    /** The site's origin. */
    url: Url.optional(),
    /** In place of `url`: the file that cdktf's `--outputs-file` left. */
    outputs: text('must name a file').optional(),
    /** Requests a second. */
    rate: rate().optional(),
    /** In place of `rate`. */
    ramp: Ramp.optional(),
    /** No rate: as fast as the site answers. */
    max: z.boolean('must be given once').default(false),
    /** At most; with `max`, so many all the time. @default 10,000, with `max` 64 */
    connections: whole().min(1, 'must be 1 to 60,000').max(60_000, 'must be 1 to 60,000').optional(),
    /** The share of requests that the site answers with 500. */
    errors: share().default(DEFAULTS.errors),
    /** By requests to the site's error route, or spread over its pages and forms. */
    errorMode: z.enum(['route', 'spread'], "must be 'route' or 'spread'").default(DEFAULTS.errorMode),
    /** The share of requests for pages that are not there. */
    notFound: share().default(DEFAULTS.notFound),
    /** The share of requests that the site is asked to answer `slowMs` later. */
    slow: share().default(DEFAULTS.slow),
    slowMs: number().min(1, 'must be 1 to 10,000').max(10_000, 'must be 1 to 10,000').optional(),
    seconds: number().positive('must be more than 0').max(MAX_SECONDS, 'must be 31 days or less').optional(),
    requests: whole().positive('must be 1 or more').optional(),
    /** @default random */
    seed: text('must not be empty').optional(),
    /** How many names there are to sign up with. */
    users: whole().min(1, 'must be 1 or more').max(1_000_000, 'must be 1,000,000 or less').default(DEFAULTS.users),
    /** How long a visitor looks at a page, on average, in seconds. */
    think: number().min(0.01, 'must be 0.01 to 3,600').max(3600, 'must be 0.01 to 3,600').default(DEFAULTS.think),
    /** A file of journeys of one's own. */
    journeys: text('must name a file').optional(),
    token: text('must not be empty').optional(),
    /** How long to wait for a reply, in seconds. */
    timeout: number().min(0.1, 'must be 0.1 to 600').max(600, 'must be 0.1 to 600').default(DEFAULTS.timeout),
    /** @default random */
    run: z
      .string('must be given once')
      .regex(/^[A-Za-z0-9_-]{1,32}$/, 'must be 1 to 32 letters, digits, - or _')
      .optional(),
    ledger: text('must name a file').optional(),
    /** A report with charts to this file. */
    html: text('must name a file').optional(),
    /** Thresholds: see expect.ts. */
    expect: z.array(z.string()).default([]),
    json: z.boolean('must be given once').default(false),
    /** Access lines to this file, in place of HTTP. */
    out: text('must name a file').optional(),
    /** The time span of the lines that are made, in place of now. */
    from: Time.optional(),
    to: Time.optional(),
    /** Access lines to this Firehose stream, in place of HTTP. */
    stream: z
      .string('must be given once')
      .regex(/^[a-zA-Z0-9_.-]{1,64}$/, {
        error: ({ input }) => `'${input}' is no name of a stream: 1 to 64 letters, digits, _, . or -`,
      })
      .optional(),
    endpoint: Url.optional(),
    region: z
      .string('must be given once')
      .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, { error: ({ input }) => `'${input}' is no region; write us-east-1` })
      .optional(),
    shard: Shard.optional(),
  })
  .check(({ value, issues }) => {
    for (const message of contradictionsOf(value)) issues.push({ code: 'custom', message, input: value });
  });
export type TrafficOptions = z.output<typeof TrafficOptions>;

/** `slowMs` on the command line: `--slow-ms`. */
export const flagOf = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

type Given = Readonly<Record<string, unknown>>;

/** Two that exclude each other. */
const EITHER: readonly (readonly [string, string])[] = [
  ['url', 'outputs'],
  ['seconds', 'requests'],
  ['rate', 'ramp'],
  ['max', 'rate'],
  ['max', 'ramp'],
  ['max', 'shard'],
  ['max', 'from'],
  ['out', 'stream'],
  ['to', 'seconds'],
  ['to', 'requests'],
];

/** The first means nothing without one of the others. */
const NEEDS: readonly (readonly [string, ...string[]])[] = [
  ['from', 'out', 'stream'],
  ['to', 'from'],
  ['endpoint', 'stream'],
  ['region', 'stream'],
  ['slowMs', 'slow'],
];

/** What an option has that was not asked for. */
const ABSENT = new Set<unknown>([undefined, 0, false]);

function contradictionsOf(given: Given): readonly string[] {
  const has = (name: string) => !ABSENT.has(given[name]);
  const faults = [
    ...EITHER.filter((pair) => pair.every(has)).map(
      ([one, other]) => `give --${flagOf(one)} or --${flagOf(other)}, not both`,
    ),
    ...NEEDS.filter(([name, ...others]) => has(name) && !others.some(has)).map(
      ([name, ...others]) => `--${flagOf(name)} belongs to ${others.map((other) => `--${flagOf(other)}`).join(' or ')}`,
    ),
  ];
  const { from, to, errors, notFound, out, ledger } = given;
  if (has('shard') && !(has('seed') && has('run'))) faults.push('--shard needs --seed and --run, alike for all shards');
  if (has('out') && out === ledger) faults.push('--out and --ledger are one file');
  // 0.8 + 0.2 is 1 in doubles; 0.7 + 0.3 could be a little more.
  if (Number(errors) + Number(notFound) > 1 + 1e-9) faults.push('--errors and --not-found are more than all requests');
  if (from instanceof Date && to instanceof Date && from >= to) faults.push('--to must be later than --from');
  return faults;
}
