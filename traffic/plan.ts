/**
 * Plans every request of a run beforehand: the same seed and options give the same plan, byte for byte.
 *
 * The plan is made slot by slot. The schedule says when a slot is due. It goes to the visitor whose think time ended first, or to
 * a new visitor if nobody is ready. So the rate is exact whatever the journeys, and the crowd grows to the size that the rate
 * needs. An accumulator, not chance, decides which slots are errors: after n slots there were floor(n x share). An error is an
 * extra request of the slot's visitor, who then continues the journey.
 */

import { type ActiveVisitor, Crowd, type Visitor } from './crowd';
import { type Expectation, isSignedInAfter, toClick, toUser } from './expected-click';
import { type CompiledStep, pageOf } from './journey-steps';
import { ERROR_PATH, JOURNEYS, type Journey, MISSING_PATHS, THINK_SECONDS } from './journeys';
import { ReadyQueue } from './ready-queue';
import { type RatePoint, toSchedule } from './schedule';

export interface PlanOptions {
  readonly seed: string;
  /** Requests a second. */
  readonly rate: number;
  /** Replaces `rate`. */
  readonly ramp?: readonly RatePoint[] | undefined;
  /** The share of requests that fail with 500, 0 to 1. */
  readonly errors: number;
  /**
   * `route`: requests to the error route; `spread`: pages and forms of the journeys break once.
   * @default 'route'
   */
  readonly errorMode?: ErrorMode | undefined;
  /** The share of requests for missing pages, 0 to 1; together with `errors` at most 1. @default 0 */
  readonly notFound?: number | undefined;
  /** The share of requests that the site is asked to delay by `slowMs`, 0 to 1; never static files. @default 0 */
  readonly slow?: number | undefined;
  /** @default 1000 */
  readonly slowMs?: number | undefined;
  /** How many names there are; once all have signed up, visitors only sign in. */
  readonly users: number;
  /** Mean time that a visitor looks at a page, in seconds. @default THINK_SECONDS */
  readonly think?: number | undefined;
  /** How many requests; the plan is endless without it. */
  readonly requests?: number | undefined;
  /** @default JOURNEYS */
  readonly journeys?: readonly Journey[] | undefined;
}

export type ErrorMode = 'route' | 'spread';

export interface PlannedRequest {
  /** From 0, in order of time. */
  readonly index: number;
  /** The intended start, in milliseconds from the run's. */
  readonly atMs: number;
  readonly visitor: Visitor;
  /** Step of the visitor's journey, from 0; an error or a missing page comes before the step of its number. */
  readonly step: number;
  /** Whether the visitor leaves after it. */
  readonly last: boolean;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** A path on the site, or another site's URL. */
  readonly referer: string | undefined;
  /** URL-encoded. */
  readonly form: string | undefined;
  /** Whether the site is asked to break the page: `X-Clickstream-Error: 1`. */
  readonly breaks: boolean;
  /** By how much the site is asked to delay the answer: `X-Clickstream-Delay`. */
  readonly delayMs: number;
  readonly expect: Expectation & {
    readonly page: string;
    /** The user that the access line names. */
    readonly user?: string | undefined;
  };
}

/** Yields the plan lazily. Memory grows only with the visitors who are on the site. */
export function* planRequests(options: PlanOptions): Generator<PlannedRequest, void, undefined> {
  const { errors, requests = Number.POSITIVE_INFINITY, notFound = 0, errorMode = 'route' } = options;
  const { seed, users, think = THINK_SECONDS, journeys = JOURNEYS, slow = 0, slowMs = 1000 } = options;
  const schedule = toSchedule(options);
  const crowd = new Crowd({ seed, users, journeys, thinkMs: think * 1000 });
  const waiting = new ReadyQueue<ActiveVisitor>();
  const [broken, missing, slowed] = [new Quota(errors), new Quota(notFound, 0.5), new Quota(slow, 0.5)];

  for (let index = 0; index < requests; index++) {
    const slot: Slot = { index, atMs: schedule.atMs(index), delayMs: 0 };
    const active = waiting.takeReady(slot.atMs) ?? crowd.welcome(slot.atMs);
    const step = active.steps[active.step] as CompiledStep;
    const isBroken = broken.takes(index);
    const isMissing = !isBroken && missing.takes(index);
    const isPage = isBroken || isMissing || step.expect.action !== 'asset';
    if (isPage && slowed.takes(index)) slot.delayMs = slowMs;
    if (isBroken) yield errorMode === 'route' ? planError(active, slot) : planBroken(crowd, active, step, slot);
    else if (isMissing) yield planMissing(active, slot, crowd.pick(MISSING_PATHS));
    else yield planStep(crowd, active, step, slot);
    if (active.step < active.steps.length) {
      active.readyAtMs = slot.atMs + slot.delayMs + crowd.nextThinkMs();
      waiting.push(active);
    }
  }
}

/** Corrects shares that no double represents exactly (0.29 x 100). */
const TINY = 1e-9;

/** Number of errors among the first `count` slots. */
export function errorsAmong(count: number, share: number): number {
  return Math.floor(count * share + TINY);
}

/** An accumulator that keeps a share exact: what one slot cannot take, a later one does. */
class Quota {
  readonly #share: number;
  /** Initial value; with 0.5, the number taken is at most one off even if it must wait for a slot. */
  readonly #start: number;
  #taken = 0;

  constructor(share: number, start = 0) {
    this.#share = share;
    this.#start = start;
  }

  takes(slot: number): boolean {
    if (Math.floor((slot + 1) * this.#share + this.#start + TINY) <= this.#taken) return false;
    this.#taken++;
    return true;
  }
}

interface Slot {
  readonly index: number;
  readonly atMs: number;
  delayMs: number;
}

function planStep(
  crowd: Crowd,
  active: ActiveVisitor,
  step: CompiledStep,
  { index, atMs, delayMs }: Slot,
): PlannedRequest {
  const { visitor, signedIn, page: referer } = active;
  const { method, expect } = step;
  const { path, page, form } = crowd.fill(step, active);
  const user = toUser(expect, visitor.user, signedIn);
  if (expect.action === 'page_view') active.page = path;
  if (expect.action === 'sign_up' && expect.outcome === 'success') crowd.addMember(active, atMs);
  active.signedIn = isSignedInAfter(expect, signedIn);
  const place = active.step++;
  return {
    index,
    atMs,
    visitor,
    step: place,
    last: active.step === active.steps.length,
    method,
    path,
    referer,
    form,
    breaks: false,
    delayMs,
    expect: { status: expect.status, action: expect.action, outcome: expect.outcome, page, user },
  };
}

/** Breaks the step's request, which the visitor repeats later; for a static file, which cannot break, the page before it. */
function planBroken(crowd: Crowd, active: ActiveVisitor, step: CompiledStep, slot: Slot): PlannedRequest {
  if (step.expect.action === 'asset') {
    const path = active.page?.startsWith('/') ? active.page : '/';
    return planExtra(active, slot, { path, page: pageOf(path), status: 500, breaks: true });
  }
  const { path, page, form } = crowd.fill(step, active);
  const click = toClick(step.method, step.expect.action, 500);
  return { ...planExtra(active, slot, { path, page, status: 500, breaks: true, click }), method: step.method, form };
}

function planError(active: ActiveVisitor, slot: Slot): PlannedRequest {
  return planExtra(active, slot, { path: ERROR_PATH, page: ERROR_PATH, status: 500 });
}

function planMissing(active: ActiveVisitor, slot: Slot, path: string): PlannedRequest {
  return planExtra(active, slot, { path, page: path, status: 404 });
}

interface Extra {
  readonly path: string;
  readonly page: string;
  readonly status: number;
  readonly breaks?: boolean;
  readonly click?: Expectation;
}

/** Plans a request that does not advance the visitor's journey. */
function planExtra(active: ActiveVisitor, { index, atMs, delayMs }: Slot, extra: Extra): PlannedRequest {
  const { visitor, step, page: referer, signedIn } = active;
  const { path, page, status, breaks = false, click = { status, action: 'other' } } = extra;
  return {
    index,
    atMs,
    visitor,
    step,
    last: false,
    method: 'GET',
    path,
    referer,
    form: undefined,
    breaks,
    delayMs,
    expect: {
      status: click.status,
      action: click.action,
      outcome: click.outcome,
      page,
      user: toUser(click, visitor.user, signedIn),
    },
  };
}
