/** The visitors there have been, as far as the next one depends on them. */
import { pickAddress, pickAgent, pickReferer } from './agents';
import { type CompiledJourney, type CompiledStep, compileJourney, type FilledStep } from './journey-steps';
import type { Journey } from './journeys';
import { createRandom, pick, pickIndex, pickWeighted, type Random } from './random';
import type { Waiting } from './ready-queue';

export interface CrowdOptions {
  readonly seed: string;
  readonly users: number;
  readonly thinkMs: number;
  readonly journeys: readonly Journey[];
}

/** One visitor is one session of the site. */
export interface Visitor {
  /** From 0, in the order of arrival. */
  readonly number: number;
  readonly journey: string;
  readonly address: string;
  readonly agent: string;
  /** The name that this visitor signs up or in with. */
  readonly user: string | undefined;
}

export interface Guest extends Waiting {
  readonly visitor: Visitor;
  readonly steps: readonly CompiledStep[];
  readonly userIndex: number;
  /** The next one. */
  step: number;
  /** The page the visitor is on, or came from. */
  page: string | undefined;
  signedIn: boolean;
}

/** Who has signed up comes back this much later at the earliest: until then a slow site may still be at the sign-up. */
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
  /** Users whose sign-up has been planned, in its order: who may come back, and from where on that is too early. */
  readonly #members: { readonly userIndex: number; readonly atMs: number }[] = [];
  #settled = 0;
  #visitors = 0;
  #names = 0;

  constructor({ seed, users, thinkMs, journeys }: CrowdOptions) {
    this.#random = createRandom(seed);
    this.#thinkMs = thinkMs;
    this.#users = users;
    this.#journeys = journeys.filter(({ weight }) => weight > 0).map(compileJourney);
    // Names differ from seed to seed: a second run on one site signs new people up.
    this.#tag = pickIndex(createRandom(`names of ${seed}`), 36 ** 4)
      .toString(36)
      .padStart(4, '0');
  }

  /** A new visitor, who takes one of the journeys that are open now. */
  welcome(atMs: number): Guest {
    while ((this.#members[this.#settled]?.atMs ?? Number.POSITIVE_INFINITY) <= atMs - RETURN_MS) this.#settled++;
    const [noNewcomers, noMembers] = [this.#names >= this.#users, this.#settled === 0];
    const isOpen = ({ visitor }: Pick<Journey, 'visitor'>) =>
      !(visitor === 'newcomer' && noNewcomers) && !(visitor === 'member' && noMembers);
    const open = noNewcomers || noMembers ? this.#journeys.filter(isOpen) : this.#journeys;
    const journey = pickWeighted(this.#random, open.length === 0 ? this.#journeys : open);
    return this.#makeGuest(journey, open.length > 0);
  }

  #makeGuest({ name, visitor: kind, steps }: CompiledJourney, hasUser: boolean): Guest {
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

  fill(step: CompiledStep, { visitor }: Guest): FilledStep {
    return step.fill(this.#random, visitor);
  }

  pick<T>(list: readonly T[]): T {
    return pick(this.#random, list);
  }

  addMember({ userIndex }: Guest, atMs: number): void {
    this.#members.push({ userIndex, atMs });
  }

  /**
   * Time between two requests of one visitor: exponential, never less than 60 % of the mean (a site that answers within it
   * never keeps anybody waiting) nor more than 5 times it.
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
