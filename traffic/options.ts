/** The options of `traffic`: kinds, ranges, which belong together and which do not. */
import { z } from 'zod';
import { optionName } from '../core/command/options';
import {
  choice,
  file,
  flag,
  inGroup,
  list,
  milliseconds,
  number,
  readSeconds,
  seconds,
  share,
  text,
  time,
  whole,
} from '../core/command/values';
import { MAX_STREAM_NAME_LENGTH, STREAM_NAME } from '../core/firehose-limits';
import { THINK_SECONDS } from './journeys';
import type { RatePoint } from './schedule';

/** The run's name and the seed are missing here: by default they are random. */
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

const Url = () =>
  z
    .url({ protocol: /^https?$/, error: 'isn’t an http or https address' })
    .refine((url) => URL.canParse(url) && new URL(url).pathname === '/', 'must be the site without a path')
    .meta({ value: 'URL' });

const Ramp = text('POINTS').transform((value, context): readonly RatePoint[] => {
  const points = value.split(',').map((point) => /^([\d.]\w*(?:\.\w+)?):(\d+(?:\.\d+)?)$/.exec(point.trim()));
  const ramp = points.map((point) => ({ seconds: readSeconds(point?.[1] ?? ''), rate: Number(point?.[2]) }));
  const fault = faultOfRamp(
    ramp,
    ramp.some(({ seconds }) => Number.isNaN(seconds)),
  );
  if (fault === undefined) return ramp;
  context.addIssue(fault);
  return z.NEVER;
});

function faultOfRamp(ramp: readonly RatePoint[], isUnreadable: boolean): string | undefined {
  if (isUnreadable) return 'must be TIME:RATE points, such as 0:10,60:100 or 0s:10,5m:100';
  if (ramp[0]?.seconds !== 0) return 'must begin at 0 seconds, such as 0:10,60:100';
  if (ramp.some(({ seconds }, place) => seconds < (ramp[place - 1]?.seconds ?? 0))) return 'must go forward in time';
  if (ramp.some(({ rate }) => rate > MAX_RATE)) return 'must stay at 100,000 a second or less';
  if (ramp.at(-1)?.seconds === 0) return 'must last longer than 0 seconds';
  if ((ramp.at(-1)?.seconds ?? 0) > MAX_SECONDS) return 'must last 31 days or less';
  return ramp.every(({ rate }) => rate === 0) ? 'must reach a rate of more than 0' : undefined;
}

const Shard = text('I/N')
  .regex(/^[1-9]\d{0,2}\/[1-9]\d{0,2}$/, 'must be a shard, such as 2/8 for the second of eight')
  .transform((value) => value.split('/').map(Number) as [number, number])
  .refine(([number, count]) => number <= count, 'must be one of its shards: 1/8 to 8/8')
  .transform(([number, count]) => ({ number, count }));

export const RunName = () => text('NAME').regex(/^[A-Za-z0-9_-]{1,32}$/, 'must be 1 to 32 letters, digits, - or _');

export const TrafficOptions = z
  .strictObject({
    ...inGroup('Site', {
      url: Url().optional().describe('The site').meta({ otherwise: DEFAULTS.url }),
      outputs: file()
        .optional()
        .describe('The deployed site: the file that `cdktf deploy --outputs-file` wrote (siteUrl)'),
      token: text()
        .optional()
        .describe('Token for the site’s errors and forms; in the environment it stays out of the shell’s history')
        .meta({ otherwise: '$CLICKSTREAMY_TOKEN' }),
      timeout: seconds({ min: 0.1, max: 600 }).default(DEFAULTS.timeout).describe('How long to wait for a reply'),
      connections: whole({ min: 1, max: 60_000 })
        .optional()
        .describe('Most connections at once; with --max the number of connections')
        .meta({ otherwise: '10,000; with --max 64' }),
    }),
    ...inGroup('Load', {
      rate: number({ above: 0, max: MAX_RATE })
        .optional()
        .describe('Requests a second')
        .meta({ otherwise: DEFAULTS.rate }),
      ramp: Ramp.optional().describe(
        'TIME:RATE points instead of --rate: 0:10,60:100; linear between points, a jump where two have the same time',
      ),
      max: flag().describe('No rate: as fast as the site answers'),
      seconds: seconds({ above: 0, max: MAX_SECONDS })
        .optional()
        .describe('Length of the run')
        .meta({ otherwise: `${DEFAULTS.seconds}s` }),
      requests: whole({ min: 1 }).optional().describe('How many requests, instead of --seconds'),
      errors: share().default(DEFAULTS.errors).describe('Share of requests that the site answers with 500'),
      errorMode: choice(['route', 'spread'])
        .default(DEFAULTS.errorMode)
        .describe('Errors on the error route (route), or on pages and forms, which break once (spread)'),
      notFound: share().default(DEFAULTS.notFound).describe('Share of requests for pages that do not exist'),
      slow: share().default(DEFAULTS.slow).describe('Share of requests that the site answers late, by --slow-ms'),
      slowMs: milliseconds({ min: 1, max: 10_000 })
        .optional()
        .describe('How late those answers are')
        .meta({ otherwise: `${DEFAULTS.slowMs}ms` }),
      shard: Shard.optional().describe(
        'Send only this part of the plan, such as 2/8; all machines need the same --run and --seed',
      ),
    }),
    ...inGroup('Visitors', {
      seed: text()
        .optional()
        .describe('Repeats a plan: the same seed and options give the same requests, byte for byte')
        .meta({ otherwise: 'random' }),
      users: whole({ min: 1, max: 1_000_000 })
        .default(DEFAULTS.users)
        .describe('How many names there are to sign up with; when all are taken, visitors only sign in'),
      think: seconds({ min: 0.01, max: 3600 })
        .default(DEFAULTS.think)
        .describe('How long a visitor looks at a page, on average'),
      journeys: file().optional().describe('JSON file with journeys of your own'),
      run: RunName()
        .optional()
        .describe('Name of this run in the log; it ends each user agent')
        .meta({ otherwise: 'random' }),
    }),
    ...inGroup('Without a site', {
      out: file()
        .optional()
        .describe('Write the access lines to this file (.gz: compressed; -: standard output), and send nothing'),
      stream: text('NAME')
        .regex(STREAM_NAME, `must be a stream’s name: 1 to ${MAX_STREAM_NAME_LENGTH} letters, digits, _, . or -`)
        .optional()
        .describe('Put the access lines into this Firehose stream'),
      endpoint: Url().optional().describe('Firehose’s address').meta({ otherwise: 'AWS’s' }),
      region: text('REGION')
        .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS region, such as us-east-1')
        .optional()
        .describe('Region of the stream')
        .meta({ otherwise: 'as the AWS SDK finds it' }),
      from: time()
        .optional()
        .describe('The lines begin at this time (2026-11-01, 2026-11-01T10:31:00Z), and are made at full speed'),
      to: time().optional().describe('The lines end at this time'),
    }),
    ...inGroup('Result', {
      ledger: file().optional().describe('Write what was sent and answered to this file, as JSON'),
      html: file().optional().describe('Write a report with charts to this file'),
      expect: list(text('RULE')).describe('What must hold, otherwise exit code 1: p99<500, errors=20%, rate>=49.9'),
      json: flag().describe('One line of JSON instead of the table'),
    }),
  })
  .check(({ value, issues }) => {
    for (const message of contradictionsOf(value)) issues.push({ code: 'custom', message, input: value });
  });
export type TrafficOptions = z.output<typeof TrafficOptions>;

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

/** The values of options that were not given. */
const ABSENT = new Set<unknown>([undefined, 0, false]);

function contradictionsOf(given: Given): readonly string[] {
  const has = (name: string) => !ABSENT.has(given[name]);
  const faults = [
    ...EITHER.filter((pair) => pair.every(has)).map(
      ([one, other]) => `give --${optionName(one)} or --${optionName(other)}, not both`,
    ),
    ...NEEDS.filter(([name, ...others]) => has(name) && !others.some(has)).map(
      ([name, ...others]) =>
        `--${optionName(name)} belongs to ${others.map((other) => `--${optionName(other)}`).join(' or ')}`,
    ),
  ];
  const { from, to, errors, notFound, out, ledger } = given;
  if (has('shard') && !(has('seed') && has('run')))
    faults.push('--shard needs --seed and --run, the same for all shards');
  if (has('out') && out === ledger) faults.push('--out and --ledger are the same file');
  // 0.8 + 0.2 is 1 in doubles; 0.7 + 0.3 could be a little more.
  if (Number(errors) + Number(notFound) > 1 + 1e-9) faults.push('--errors and --not-found are more than all requests');
  if (from instanceof Date && to instanceof Date && from >= to) faults.push('--to must be later than --from');
  return faults;
}
