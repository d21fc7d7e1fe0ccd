import { isIP } from 'node:net';
import { isNativeError } from 'node:util/types';
import { reasonOf, ToolkitError } from '../core/errors';
import { toCidr } from './addresses';
import type { Settings } from './settings';

/** AWS's service that answers with the caller's address. */
const CHECK_IP = 'https://checkip.amazonaws.com';
const TIMEOUT_MS = 5000;

/** Whether a setting says `auto`, so that this machine's address is needed. */
export function asksForAddress({ search, website }: Settings): boolean {
  return (
    (search.access.kind === 'addresses' && search.access.from === 'auto') ||
    (website.enabled && website.visitors === 'auto')
  );
}

/**
 * Finds the address from which this machine reaches the internet.
 *
 * @param from the service to ask; tests name another.
 * @returns a CIDR block of one address.
 * @throws ToolkitError ADDRESS_UNKNOWN if the service does not answer with an address within 5 seconds.
 */
export async function findSourceAddress(from = CHECK_IP): Promise<string> {
  let answer: string;
  try {
    const response = await fetch(from, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    answer = (await response.text()).trim();
  } catch (error) {
    throw unknown(`${from} does not answer: ${reasonOf(isNativeError(error) ? (error.cause ?? error) : error)}`, error);
  }
  const cidr = isIP(answer) === 0 ? undefined : toCidr(answer);
  if (cidr === undefined)
    throw unknown(`${from} answered ${JSON.stringify(answer.slice(0, 60))}, which is not an address`);
  return cidr;
}

function unknown(why: string, cause?: unknown): ToolkitError {
  return new ToolkitError(
    'ADDRESS_UNKNOWN',
    `This machine’s address on the internet is not known: ${why}.`,
    'Set `search.access.from` and `website.visitors` (CLICKSTREAMY_SEARCH_ACCESS_FROM, CLICKSTREAMY_WEBSITE_VISITORS) to your address.',
    cause === undefined ? {} : { cause },
  );
}
