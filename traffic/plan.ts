/**
 * Every request of a run, known beforehand: one seed and the same options give the same plan, byte for byte.
 *
 * The plan is made slot by slot. Slots lie evenly on the clock, each in the middle of its share of a second; a slot goes to
 * the visitor who has waited longest since the end of a think time, or to a new visitor where nobody is ready. So the
 * rate is exact whatever the journeys, and the crowd grows by itself to what the rate needs. Whether a slot is an error is decided
 * by an accumulator, not by chance: after n slots there were floor(n x share) errors. An error is one request more of the
 * slot's visitor, who goes on with the journey afterwards.
 */
import { pickAddress, pickAgent, pickReferer } from './agents';
import { type Expectation, isSignedInAfter, toPage, toUser } from './click';
import { ERROR_STEP, JOURNEYS, type Journey, PRODUCTS, SEARCH_TERMS, type Step, THINK_MS } from './journeys';
import { createRandom, pick, pickIndex, pickWeighted, type Random } from './random';
import { ReadyQueue, type Waiting } from './ready-queue';
import { type RatePoint, toSchedule } from './schedule';

export interface PlanOptions {
  readonly seed: string;
  /** Requests a second. */
  readonly rate: number;
  /** In place of `rate`. */
  readonly ramp?: readonly RatePoint[] | undefined;
  /** The share of requests to the error route, 0 to 1. */
  readonly errors: number;
  /** How many names there are to sign up with; when all are taken, visitors only sign in. */
  readonly users: number;
  /** How many requests; without it the plan has no end. */
  readonly requests?: number | undefined;
  /** @default JOURNEYS */
  readonly journeys?: readonly Journey[];
}

/** One visitor is one session of the site. */
export interface Visitor {
  /** From 0, in the order of arrival. */
  readonly number: number;
  readonly journey: string;
  readonly address: string;
  readonly agent: string;
  /** The name that this visitor signs up or in with. */
  readonly user?: string;
}

export interface PlannedRequest {
  /** From 0, in the order of time. */
  readonly index: number;
  /** The intended start, from the run's. */
  readonly atMs: number;
  readonly visitor: Visitor;
  /** Of the visitor's journey, from 0; an error stands before the step of its number. */
  readonly step: number;
  /** The visitor leaves after it. */
  readonly last: boolean;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** A path of the site itself, or another site's address. */
  readonly referer?: string;
  /** Urlencoded. */
  readonly form?: string;
  readonly expect: Expectation & {
    readonly page: string;
    /** Who the access line names. */
    readonly user?: string;
  };
}

interface Guest extends Waiting {
  readonly visitor: Visitor;
  readonly steps: readonly Step[];
  readonly userIndex: number;
  step: number;
  /** The page the visitor is on, or came from. */
  page: string | undefined;
  signedIn: boolean;
}

/** The plan, lazily: what is not asked for is not made, and memory is that of the visitors who are on the site. */
export function* planRequests(options: PlanOptions): Generator<PlannedRequest, void, undefined> {
  const { errors, requests = Number.POSITIVE_INFINITY } = options;
  const schedule = toSchedule(options);
  const crowd = new Crowd(options);
  const waiting = new ReadyQueue<Guest>();
  for (let index = 0; index < requests; index++) {
    const atMs = schedule.atMs(index);
    const guest = waiting.takeReady(atMs) ?? crowd.welcome();
    const isError = errorsAmong(index + 1, errors) > errorsAmong(index, errors);
    yield isError ? planError(guest, index, atMs) : crowd.planStep(guest, index, atMs);
    if (guest.step < guest.steps.length) {
      guest.readyAtMs = atMs + crowd.thinkMs();
      waiting.push(guest);
    }
  }
}

/** How many of the first `count` slots are errors; the tiny surplus is for shares that no double holds exactly (0.29 x 100). */
export function errorsAmong(count: number, share: number): number {
  return Math.floor(count * share + 1e-9);
}

function planError(guest: Guest, index: number, atMs: number): PlannedRequest {
  return toRequest(guest, ERROR_STEP, { index, atMs, step: guest.step, last: false, path: ERROR_STEP.path });
}

type Slot = Pick<PlannedRequest, 'index' | 'atMs' | 'step' | 'last' | 'path' | 'form'>;

function toRequest(guest: Guest, { method, expect }: Step, slot: Slot): PlannedRequest {
  const { visitor, page, signedIn } = guest;
  const { index, atMs, step, last, path, form } = slot;
  const user = toUser(expect, visitor.user, signedIn);
  return {
    index,
    atMs,
    visitor,
    step,
    last,
    method,
    path,
    ...(page === undefined ? {} : { referer: page }),
    ...(form === undefined ? {} : { form }),
    expect: { ...expect, page: toPage(path), ...(user === undefined ? {} : { user }) },
  };
}

const NAMES = [
  ...['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi', 'ivan', 'judy', 'kim', 'liam', 'mia', 'noah'],
  ...['olivia', 'peggy', 'quinn', 'rupert', 'sybil', 'trent', 'ursula', 'victor', 'wendy', 'xena', 'yusuf', 'zoe'],
];

/** The visitors there have been, as far as the next one depends on them. */
class Crowd {
  readonly #random: Random;
  readonly #journeys: readonly Journey[];
  readonly #users: number;
  readonly #tag: string;
  /** Users whose sign-up has been planned. */
  readonly #members: number[] = [];
  #visitors = 0;
  #names = 0;

  constructor({ seed, users, journeys = JOURNEYS }: PlanOptions) {
    this.#random = createRandom(seed);
    this.#journeys = journeys;
    this.#users = users;
    // Names differ from seed to seed: a second run on one site signs new people up.
    this.#tag = pickIndex(createRandom(`names of ${seed}`), 36 ** 4)
      .toString(36)
      .padStart(4, '0');
  }

  welcome(): Guest {
    const journey = pickWeighted(
      this.#random,
      this.#journeys.filter((one) => this.#isOpen(one)),
    );
    const number = this.#visitors++;
    const kind = journey.visitor === 'bot' ? 'bot' : 'person';
    const userIndex = this.#userFor(journey);
    const visitor: Visitor = {
      number,
      journey: journey.name,
      address: pickAddress(this.#random),
      agent: pickAgent(this.#random, kind),
      ...(userIndex < 0 ? {} : { user: this.#nameOf(userIndex) }),
    };
    const page = pickReferer(this.#random, kind);
    return { number, readyAtMs: 0, visitor, steps: journey.steps, userIndex, step: 0, page, signedIn: false };
  }

  planStep(guest: Guest, index: number, atMs: number): PlannedRequest {
    const step = guest.steps[guest.step];
    if (step === undefined) throw new RangeError(`journey '${guest.visitor.journey}' has no step ${guest.step}`);
    const path = this.#fill(step.path, guest);
    const form = step.form && this.#toForm(step.form, guest);
    const last = guest.step === guest.steps.length - 1;
    const request = toRequest(guest, step, {
      index,
      atMs,
      step: guest.step,
      last,
      path,
      ...(form === undefined ? {} : { form }),
    });
    if (step.expect.action === 'page_view') guest.page = path;
    if (step.expect.action === 'sign_up' && step.expect.outcome === 'success') this.#members.push(guest.userIndex);
    guest.signedIn = isSignedInAfter(step.expect, guest.signedIn);
    guest.step++;
    return request;
  }

  thinkMs(): number {
    const { least, mean, most } = THINK_MS;
    return Math.min(most, least - Math.log(1 - this.#random()) * (mean - least));
  }

  #isOpen({ visitor, weight }: Journey): boolean {
    if (weight <= 0) return false;
    if (visitor === 'newcomer') return this.#names < this.#users;
    return visitor !== 'member' || this.#members.length > 0;
  }

  #userFor({ visitor }: Journey): number {
    if (visitor === 'newcomer') return this.#names++;
    return visitor === 'member' ? pick(this.#random, this.#members) : -1;
  }

  #nameOf(userIndex: number): string {
    const round = Math.floor(userIndex / NAMES.length);
    return `${NAMES[userIndex % NAMES.length]}${round === 0 ? '' : round + 1}-${this.#tag}`;
  }

  #fill(template: string, { visitor }: Guest): string {
    if (!template.includes('{')) return template;
    return template
      .replace('{product}', () => pick(this.#random, PRODUCTS))
      .replace('{term}', () => encodeURIComponent(pick(this.#random, SEARCH_TERMS)))
      .replace('{user}', visitor.user ?? '')
      .replace('{password}', passwordOf(visitor.user ?? ''));
  }

  #toForm(form: Readonly<Record<string, string>>, guest: Guest): string {
    const fields = new URLSearchParams();
    for (const [name, value] of Object.entries(form)) fields.set(name, this.#fill(value, guest));
    return fields.toString();
  }
}

/** No secret: an account of a test visitor, who must know it again in a later session. */
function passwordOf(user: string): string {
  return `${user}'s long password`;
}
