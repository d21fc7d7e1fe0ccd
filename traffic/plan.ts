/**
 * Every request of a run, known beforehand: one seed and the same options give the same plan, byte for byte.
 *
 * The plan is made slot by slot. The schedule says when a slot is due; it goes to the visitor who has waited longest since the
 * end of a think time, or to a new visitor where nobody is ready. So the rate is exact whatever the journeys, and the crowd
 * grows by itself to what the rate needs. Whether a slot is an error is decided by an accumulator, not by chance: after n slots
 * there were floor(n x share) errors. An error is one request more of the slot's visitor, who goes on with the journey afterwards.
 */

import { Crowd, type Guest, type Visitor } from './crowd';
import { type Expectation, isSignedInAfter, toClick, toUser } from './expected-click';
import { type CompiledStep, pageOf } from './journey-steps';
import { ERROR_PATH, JOURNEYS, type Journey, MISSING_PATHS, THINK_SECONDS } from './journeys';
import { ReadyQueue } from './ready-queue';
import { type RatePoint, toSchedule } from './schedule';

export interface PlanOptions {
  readonly seed: string;
  /** Requests a second. */
  readonly rate: number;
  /** In place of `rate`. */
  readonly ramp?: readonly RatePoint[] | undefined;
  /** The share of requests that fail with 500, 0 to 1. */
  readonly errors: number;
  /**
   * `route`: requests to the error route; `spread`: to the pages and forms of the journeys, which break for that once.
   * @default 'route'
   */
  readonly errorMode?: ErrorMode | undefined;
  /** The share of requests for pages that are not there, 0 to 1; with `errors` at most 1. @default 0 */
  readonly notFound?: number | undefined;
  /** The share of requests that the site is asked to answer `slowMs` later, 0 to 1; static files are none of them. @default 0 */
  readonly slow?: number | undefined;
  /** @default 1000 */
  readonly slowMs?: number | undefined;
  /** How many names there are to sign up with; when all are taken, visitors only sign in. */
  readonly users: number;
  /** How long a visitor looks at a page, on average. @default THINK_SECONDS */
  readonly think?: number | undefined;
  /** How many requests; without it the plan has no end. */
  readonly requests?: number | undefined;
  /** @default JOURNEYS */
  readonly journeys?: readonly Journey[] | undefined;
}

export type ErrorMode = 'route' | 'spread';

export interface PlannedRequest {
  /** From 0, in the order of time. */
  readonly index: number;
  /** The intended start, from the run's. */
  readonly atMs: number;
  readonly visitor: Visitor;
  /** Of the visitor's journey, from 0; an error or a page that is not there stands before the step of its number. */
  readonly step: number;
  /** The visitor leaves after it. */
  readonly last: boolean;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** A path of the site itself, or another site's address. */
  readonly referer: string | undefined;
  /** Urlencoded. */
  readonly form: string | undefined;
  /** The site is asked to break the page: `X-Clickstream-Error: 1`. */
  readonly breaks: boolean;
  /** The site is asked to answer that much later: `X-Clickstream-Delay`. */
  readonly delayMs: number;
  readonly expect: Expectation & {
    readonly page: string;
    /** Who the access line names. */
    readonly user?: string | undefined;
  };
}

/** The plan, lazily: what is not asked for is not made, and memory is that of the visitors who are on the site. */
export function* planRequests(options: PlanOptions): Generator<PlannedRequest, void, undefined> {
  const { errors, requests = Number.POSITIVE_INFINITY, notFound = 0, errorMode = 'route' } = options;
  const { seed, users, think = THINK_SECONDS, journeys = JOURNEYS, slow = 0, slowMs = 1000 } = options;
  const schedule = toSchedule(options);
  const crowd = new Crowd({ seed, users, journeys, thinkMs: think * 1000 });
  const waiting = new ReadyQueue<Guest>();
  const [broken, missing, slowed] = [new Quota(errors), new Quota(notFound, 0.5), new Quota(slow, 0.5)];

  for (let index = 0; index < requests; index++) {
    const slot: Slot = { index, atMs: schedule.atMs(index), delayMs: 0 };
    const guest = waiting.takeReady(slot.atMs) ?? crowd.welcome(slot.atMs);
    const step = guest.steps[guest.step] as CompiledStep;
    const isBroken = broken.takes(index);
    const isMissing = !isBroken && missing.takes(index);
    const isPage = isBroken || isMissing || step.expect.action !== 'asset';
    if (isPage && slowed.takes(index)) slot.delayMs = slowMs;
    if (isBroken) yield errorMode === 'route' ? planError(guest, slot) : planBroken(crowd, guest, step, slot);
    else if (isMissing) yield planMissing(guest, slot, crowd.pick(MISSING_PATHS));
    else yield planStep(crowd, guest, step, slot);
    if (guest.step < guest.steps.length) {
      guest.readyAtMs = slot.atMs + slot.delayMs + crowd.nextThinkMs();
      waiting.push(guest);
    }
  }
}

/** For shares that no double holds exactly (0.29 x 100). */
const TINY = 1e-9;

/** How many of the first `count` slots are errors. */
export function errorsAmong(count: number, share: number): number {
  return Math.floor(count * share + TINY);
}

/** An accumulator: what a slot could not take, a later one does. */
class Quota {
  readonly #share: number;
  /** What it begins with: with a half, one that must wait for its slot is at most one behind. */
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

function planStep(crowd: Crowd, guest: Guest, step: CompiledStep, { index, atMs, delayMs }: Slot): PlannedRequest {
  const { visitor, signedIn, page: referer } = guest;
  const { method, expect } = step;
  const { path, page, form } = crowd.fill(step, guest);
  const user = toUser(expect, visitor.user, signedIn);
  if (expect.action === 'page_view') guest.page = path;
  if (expect.action === 'sign_up' && expect.outcome === 'success') crowd.addMember(guest, atMs);
  guest.signedIn = isSignedInAfter(expect, signedIn);
  const place = guest.step++;
  return {
    index,
    atMs,
    visitor,
    step: place,
    last: guest.step === guest.steps.length,
    method,
    path,
    referer,
    form,
    breaks: false,
    delayMs,
    expect: { status: expect.status, action: expect.action, outcome: expect.outcome, page, user },
  };
}

/** The step's own request, broken: the visitor tries it again later. For a static file, which the web server gives out by itself, the page before. */
function planBroken(crowd: Crowd, guest: Guest, step: CompiledStep, slot: Slot): PlannedRequest {
  if (step.expect.action === 'asset') {
    const path = guest.page?.startsWith('/') ? guest.page : '/';
    return planExtra(guest, slot, { path, page: pageOf(path), status: 500, breaks: true });
  }
  const { path, page, form } = crowd.fill(step, guest);
  const click = toClick(step.method, step.expect.action, 500);
  return { ...planExtra(guest, slot, { path, page, status: 500, breaks: true, click }), method: step.method, form };
}

function planError(guest: Guest, slot: Slot): PlannedRequest {
  return planExtra(guest, slot, { path: ERROR_PATH, page: ERROR_PATH, status: 500 });
}

function planMissing(guest: Guest, slot: Slot, path: string): PlannedRequest {
  return planExtra(guest, slot, { path, page: path, status: 404 });
}

interface Extra {
  readonly path: string;
  readonly page: string;
  readonly status: number;
  readonly breaks?: boolean;
  readonly click?: Expectation;
}

/** A request that takes the visitor no step further. */
function planExtra(guest: Guest, { index, atMs, delayMs }: Slot, extra: Extra): PlannedRequest {
  const { visitor, step, page: referer, signedIn } = guest;
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
