/** The kinds of values in an agent.json, as the agent reads them: it takes numbers and booleans as text too. */
import { z } from 'zod';

export const text = () =>
  z.preprocess(
    (value) => (typeof value === 'number' || typeof value === 'boolean' ? String(value) : value),
    z.string(),
  );

export const name = () => text().pipe(z.string().min(1, 'must not be empty'));

export const whole = (min = 0, max = Number.MAX_SAFE_INTEGER) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^[+-]?\d{1,15}$/.test(value) ? Number(value) : value),
    z.int().min(min).max(max),
  );

const TRUE = new Set(['true', 'yes', 't', 'y', '1']);
const FALSE = new Set(['false', 'no', 'f', 'n', '0']);

export const truth = () =>
  z.preprocess((value) => {
    const word = typeof value === 'string' || typeof value === 'number' ? String(value).toLowerCase() : '';
    if (TRUE.has(word)) return true;
    return FALSE.has(word) ? false : value;
  }, z.boolean());
