/** Makes requests from steps by filling in `{product}`, `{term}`, `{user}` and `{password}`. */
import { toPage } from '../click/page';
import { type Journey, PRODUCTS, SEARCH_TERMS, type Step } from './journeys';
import { pick, type Random } from './random';

/** What `{user}` and `{password}` are filled from. */
export interface Names {
  readonly user: string | undefined;
}

export interface FilledStep {
  readonly path: string;
  /** The page's name in click events. */
  readonly page: string;
  /** Urlencoded. */
  readonly form: string | undefined;
}

export interface CompiledStep extends Step {
  fill(random: Random, names: Names): FilledStep;
}

export interface CompiledJourney extends Journey {
  readonly steps: readonly CompiledStep[];
}

type Fill = (random: Random, names: Names) => string;

const PLACES: Readonly<Record<string, Fill>> = {
  '{product}': (random) => pick(random, PRODUCTS),
  '{term}': (random) => pick(random, SEARCH_TERMS),
  '{user}': (_random, { user = '' }) => user,
  // Not a secret: it belongs to a test visitor, who needs it again in a later session.
  '{password}': (_random, { user = '' }) => `${user}'s long password`,
};

/** Parses the steps' templates once, so that filling them in is cheap. */
export function compileJourney(journey: Journey): CompiledJourney {
  return { ...journey, steps: journey.steps.map(compileStep) };
}

function compileStep(step: Step): CompiledStep {
  const path = compile(step.path, encodeURIComponent);
  const form = step.form === undefined ? undefined : compileForm(step.form);
  if (path === undefined && form === undefined) {
    const filled: FilledStep = { path: step.path, page: pageOf(step.path), form: undefined };
    return { ...step, fill: () => filled };
  }
  return {
    ...step,
    fill(random, names) {
      const filled = path?.(random, names) ?? step.path;
      return { path: filled, page: pageOf(filled), form: form?.(random, names) };
    },
  };
}

/** @returns undefined if there is nothing to fill in. */
function compile(template: string, encode: (value: string) => string): Fill | undefined {
  const parts = template.split(/(\{\w+\})/).filter((part) => part !== '');
  if (!parts.some((part) => part in PLACES)) return undefined;
  const fills = parts.map((part): Fill => {
    const place = PLACES[part];
    return place === undefined ? () => part : (random, names) => encode(place(random, names));
  });
  return (random, names) => fills.reduce((text, fill) => text + fill(random, names), '');
}

function compileForm(form: Readonly<Record<string, string>>): Fill {
  const fields = Object.entries(form).map(([name, value]) => ({ name, value, fill: compile(value, (text) => text) }));
  return (random, names) => {
    const filled = new URLSearchParams();
    for (const { name, value, fill } of fields) filled.set(name, fill?.(random, names) ?? value);
    return filled.toString();
  };
}

/** @param target a path on the site, with its query if it has one. */
export function pageOf(target: string): string {
  return toPage(target.split('?', 1)[0]) ?? target;
}
