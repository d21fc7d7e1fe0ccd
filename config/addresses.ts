import { isIPv4, isIPv6 } from 'node:net';
import { z } from 'zod';

/** The shortest prefixes that are accepted: a block wider than this is a whole country, or a typing mistake that opens up to the world. */
const WIDEST = { 4: 8, 6: 32 } as const;

/**
 * Parses one IPv4 or IPv6 block in CIDR notation, or one bare address.
 *
 * @returns the block (`198.51.100.7/32`); undefined if the text is neither.
 */
export function toCidr(text: string): string | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const bits = isIPv4(address) ? 32 : isIPv6(address) ? 128 : 0;
  if (bits === 0 || rest.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) return undefined;
  return Number(length ?? bits) <= bits ? `${address}/${length ?? bits}` : undefined;
}

/** Whether a block is too wide to name anyone: wider than a /8, or than a /32 for IPv6, `0.0.0.0/0` and `::/0` included. */
export function isTooWide(cidr: string): boolean {
  const [address = '', length] = cidr.split('/');
  return Number(length) < WIDEST[isIPv4(address) ? 4 : 6];
}

const Block = z.string().transform((text, context) => {
  const cidr = toCidr(text);
  if (cidr !== undefined) return cidr;
  context.addIssue({ code: 'custom', message: 'must be an address or a CIDR block, such as 198.51.100.7/32' });
  return z.NEVER;
});

/** Blocks, or `auto`: the address from which this machine reaches the internet, looked up at synth. */
export const Addresses = z.union([z.literal('auto'), z.array(Block).min(1)], {
  error: (issue) =>
    Array.isArray(issue.input) ? undefined : 'must be "auto" or a list of CIDR blocks such as ["198.51.100.7/32"]',
});
export type Addresses = z.output<typeof Addresses>;
