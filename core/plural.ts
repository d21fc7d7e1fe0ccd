import { grouped } from './progress-text';

/** `1 sign-up`, `1,234 sign-ups`. @param many where it is not `one` with an `s`: `entries`. */
export const plural = (count: number, one: string, many = `${one}s`) => `${grouped(count)} ${count === 1 ? one : many}`;
