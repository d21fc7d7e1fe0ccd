/** Makes a run's plan from its options: fills in defaults and reads files. */
import { randomInt } from 'node:crypto';
import { readDeployedAddress } from '../core/deploy-outputs';
import { JOURNEYS } from './journeys';
import { readJourneys } from './journeys-file';
import { DEFAULTS, type TrafficOptions } from './options';
import { errorsAmong, type PlannedRequest, type PlanOptions, planRequests } from './plan';
import type { SiteNeeds } from './probe-site';
import { type Schedule, toSchedule } from './schedule';
import { toShardPlan } from './shard';

export interface RunPlan {
  readonly run: string;
  readonly url: string;
  readonly schedule: Schedule;
  /** Full speed, without a clock. */
  readonly max: boolean;
  /** How many requests; without it the run ends when it is stopped or its time is over. */
  readonly requests: number | undefined;
  /** A shard's part of the whole plan, 0 to 1. */
  readonly share: number;
  /** The options that the plan is made from. */
  readonly asked: Omit<PlanOptions, 'journeys'>;
  readonly needs: SiteNeeds;
  /** The plan itself; it can be consumed once. */
  readonly plan: Iterator<PlannedRequest>;
  /** Number of requests in a second of the run, from 0. A shard knows it once a request of a later second was taken. */
  plannedIn(second: number): number;
  /** How many of the first `due` requests are planned to fail. */
  errorsAmong(due: number): number;
  /** Planned requests a second between two moments of the run. */
  rateBetween(seconds: number, untilSeconds: number): number;
}

/** At full speed the plan's times do not matter. It only needs enough visitors that none has two requests at once. */
const MAX_PLAN = { rate: 10_000, ramp: undefined, think: 0.1 };

/** @throws ToolkitError JOURNEYS_UNUSABLE, OUTPUTS_UNUSABLE */
export function toRunPlan(options: Partial<TrafficOptions>): RunPlan {
  const { errors = DEFAULTS.errors, errorMode = DEFAULTS.errorMode, users = DEFAULTS.users } = options;
  const {
    seed = randomName(8),
    run = randomName(6),
    rate = DEFAULTS.rate,
    max = false,
    slow = DEFAULTS.slow,
  } = options;
  const { ramp, notFound, slowMs, think } = options;
  const schedule = toSchedule(max ? MAX_PLAN : { rate, ramp });
  const requests = countRequests(options, schedule);
  const journeys = options.journeys === undefined ? JOURNEYS : readJourneys(options.journeys);
  const asked = { seed, rate, ramp, errors, errorMode, notFound, slow, slowMs, users, think, requests };
  const whole = planRequests({ ...asked, ...(max ? MAX_PLAN : {}), journeys });
  const part = options.shard && toShardPlan(whole, options.shard);
  const share = 1 / (options.shard?.count ?? 1);
  const slotsBefore = (seconds: number) =>
    Math.min(requests ?? Number.POSITIVE_INFINITY, schedule.slotsBefore(seconds));
  return {
    run,
    url: options.outputs === undefined ? (options.url ?? DEFAULTS.url) : readDeployedSite(options.outputs),
    schedule,
    max,
    requests,
    share,
    asked,
    needs: { errors: errors > 0 ? errorMode : undefined, delays: slow > 0 },
    plan: part?.requests ?? whole,
    plannedIn: part?.plannedIn ?? ((second) => slotsBefore(second + 1) - slotsBefore(second)),
    errorsAmong: (due) => part?.errors ?? errorsAmong(due, errors),
    rateBetween: (from, to) => (share * (slotsBefore(to) - slotsBefore(from))) / (to - from),
  };
}

function readDeployedSite(file: string): string {
  return readDeployedAddress(file, 'siteUrl', 'give the site with --url').origin;
}

/** @returns how many requests the plan has, at least 1; undefined for an endless one. */
function countRequests(
  { requests, seconds, ramp, from, to, max }: Partial<TrafficOptions>,
  schedule: Schedule,
): number | undefined {
  if (requests !== undefined || max) return requests;
  const span = from === undefined || to === undefined ? undefined : (to.getTime() - from.getTime()) / 1000;
  const length = seconds ?? span ?? ramp?.at(-1)?.seconds;
  return length === undefined ? undefined : Math.max(1, schedule.slotsBefore(length));
}

const randomName = (length: number) => Array.from({ length }, () => randomInt(36).toString(36)).join('');
