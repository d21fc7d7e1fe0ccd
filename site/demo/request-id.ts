import { randomBytes } from 'node:crypto';

/** 72 random bits for this process, then a count: unique also where several sites write into one pipeline. */
const prefix = randomBytes(9).toString('base64url');
let count = 0;

/** 24 characters of base64url, as Apache's UNIQUE_ID (which has 24 or 27); never the same twice. */
export function nextRequestId(): string {
  count += 1;
  return prefix + count.toString(36).padStart(12, '0');
}
