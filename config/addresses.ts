import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';

/** Whole countries are wider than this; so is every typing mistake that opens the door to the world. */
const WIDEST = { 4: 8, 6: 32 } as const;

/**
 * One IPv4 or IPv6 block in CIDR notation, or one bare address.
 *
 * @returns the block (`198.51.100.7/32`); undefined if it is none.
 */
export function toCidr(text: string): string | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const bits = isIPv4(address) ? 32 : isIPv6(address) ? 128 : 0;
  if (bits === 0 || rest.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) return undefined;
  return Number(length ?? bits) <= bits ? `${address}/${length ?? bits}` : undefined;
}

/** Whether a block is so wide that it names nobody: `0.0.0.0/0`, `::/0` and all above a /8 or, for IPv6, a /32. */
export function isTooWide(cidr: string): boolean {
  const [address = '', length] = cidr.split('/');
  return Number(length) < WIDEST[isIPv4(address) ? 4 : 6];
}

const Block = z.string().transform((text, context) => {
  const cidr = toCidr(text);
  if (cidr !== undefined) return cidr;
  context.addIssue({ code: 'custom', message: 'is no address and no CIDR block; write it as 198.51.100.7/32' });
  return z.NEVER;
});

/** Blocks, or `auto`: the address from which this machine reaches the internet, asked for at synth. */
export const Addresses = z.union([z.literal('auto'), z.array(Block).min(1)], {
  error: (issue) =>
    Array.isArray(issue.input) ? undefined : 'must be "auto" or a list of CIDR blocks as ["198.51.100.7/32"]',
});
export type Addresses = z.output<typeof Addresses>;
