/** Makes visitors, and remembers what later ones depend on: the names taken and the members. */
import { pickAddress, pickAgent, pickReferer } from './agents';
import { type CompiledJourney, type CompiledStep, compileJourney, type FilledStep } from './journey-steps';
import type { Journey } from './journeys';
import { createRandom, pick, pickIndex, pickWeighted, type Random } from './random';
import type { TimedItem } from './ready-queue';

export interface CrowdOptions {
  readonly seed: string;
  readonly users: number;
  readonly thinkMs: number;
  readonly journeys: readonly Journey[];
}

/** One visitor is one session on the site. */
export interface Visitor {
  /** From 0, in the order of arrival. */
  readonly number: number;
  readonly journey: string;
  readonly address: string;
  readonly agent: string;
  /** The name that this visitor signs up or in with. */
  readonly user: string | undefined;
}

/** A visitor on the site, and how far along the journey. */
export interface ActiveVisitor extends TimedItem {
  readonly visitor: Visitor;
  readonly steps: readonly CompiledStep[];
  readonly userIndex: number;
  /** Index of the next step. */
  step: number;
  /** The page the visitor is on, or came from. */
  page: string | undefined;
  signedIn: boolean;
}

/** A member returns this long after the sign-up at the earliest, since a slow site may take that long for it. */
const RETURN_MS = 3000;

const NAMES = [
  ...['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi', 'ivan', 'judy', 'kim', 'liam', 'mia', 'noah'],
  ...['olivia', 'peggy', 'quinn', 'rupert', 'sybil', 'trent', 'ursula', 'victor', 'wendy', 'xena', 'yusuf', 'zoe'],
];

export class Crowd {
  readonly #random: Random;
  readonly #thinkMs: number;
  readonly #journeys: readonly CompiledJourney[];
  readonly #users: number;
  readonly #tag: string;
  /** Users whose sign-up has been planned, in order; the first `#settled` of them may come back. */
  readonly #members: { readonly userIndex: number; readonly atMs: number }[] = [];
  #settled = 0;
  #visitors = 0;
  #names = 0;

  constructor({ seed, users, thinkMs, journeys }: CrowdOptions) {
    this.#random = createRandom(seed);
    this.#thinkMs = thinkMs;
    this.#users = users;
    this.#journeys = journeys.filter(({ weight }) => weight > 0).map(compileJourney);
    // Names depend on the seed, so that a second run on the same site signs up new people.
    this.#tag = pickIndex(createRandom(`names of ${seed}`), 36 ** 4)
      .toString(36)
      .padStart(4, '0');
  }

  /** Adds a visitor, who takes one of the journeys that are open now. */
  welcome(atMs: number): ActiveVisitor {
    while ((this.#members[this.#settled]?.atMs ?? Number.POSITIVE_INFINITY) <= atMs - RETURN_MS) this.#settled++;
    const [noNewcomers, noMembers] = [this.#names >= this.#users, this.#settled === 0];
    const isOpen = ({ visitor }: Pick<Journey, 'visitor'>) =>
      !(visitor === 'newcomer' && noNewcomers) && !(visitor === 'member' && noMembers);
    const open = noNewcomers || noMembers ? this.#journeys.filter(isOpen) : this.#journeys;
    const journey = pickWeighted(this.#random, open.length === 0 ? this.#journeys : open);
    return this.#makeVisitor(journey, open.length > 0);
  }

  #makeVisitor({ name, visitor: kind, steps }: CompiledJourney, hasUser: boolean): ActiveVisitor {
    const number = this.#visitors++;
    const who = kind === 'bot' ? 'bot' : 'person';
    const userIndex = hasUser ? this.#userFor(kind) : -1;
    const visitor: Visitor = {
      number,
      journey: name,
      address: pickAddress(this.#random),
      agent: pickAgent(this.#random, who),
      user: userIndex < 0 ? undefined : this.#nameOf(userIndex),
    };
    const page = pickReferer(this.#random, who);
    return { number, readyAtMs: 0, visitor, steps, userIndex, step: 0, page, signedIn: false };
  }

  fill(step: CompiledStep, { visitor }: ActiveVisitor): FilledStep {
    return step.fill(this.#random, visitor);
  }

  pick<T>(list: readonly T[]): T {
    return pick(this.#random, list);
  }

  addMember({ userIndex }: ActiveVisitor, atMs: number): void {
    this.#members.push({ userIndex, atMs });
  }

  /**
   * Time between two requests of one visitor: exponential, at least 60 % of the mean (so a site that answers faster than that
   * makes nobody late) and at most 5 times the mean.
   */
  nextThinkMs(): number {
    const [least, most] = [0.6 * this.#thinkMs, 5 * this.#thinkMs];
    return Math.min(most, least - Math.log(1 - this.#random()) * (this.#thinkMs - least));
  }

  #userFor(kind: Journey['visitor']): number {
    if (kind === 'newcomer') return this.#names++;
    return kind === 'member' ? (this.#members[pickIndex(this.#random, this.#settled)]?.userIndex ?? -1) : -1;
  }

  #nameOf(userIndex: number): string {
    const round = Math.floor(userIndex / NAMES.length);
    return `${NAMES[userIndex % NAMES.length]}${round === 0 ? '' : round + 1}-${this.#tag}`;
  }
}
