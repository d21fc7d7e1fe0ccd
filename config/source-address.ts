import { isIP } from 'node:net';
import { isNativeError } from 'node:util/types';
import { reasonOf, ToolkitError } from '../core/errors';
import { toCidr } from './addresses';
import type { Settings } from './settings';

/** AWS's own service that answers with the caller's address. */
const CHECK_IP = 'https://checkip.amazonaws.com';
const PATIENCE_MS = 5000;

/** Whether a setting is left to the address of this machine. */
export function asksForAddress({ search, website }: Settings): boolean {
  return (
    (search.access.kind === 'addresses' && search.access.from === 'auto') ||
    (website.enabled && website.visitors === 'auto')
  );
}

/**
 * The address from which this machine reaches the internet, as a CIDR block of one.
 *
 * @param from the service to ask; another only in tests.
 * @throws ToolkitError ADDRESS_UNKNOWN if it does not answer within 5 seconds, or not with an address.
 */
export async function findSourceAddress(from = CHECK_IP): Promise<string> {
  let answer: string;
  try {
    const response = await fetch(from, { signal: AbortSignal.timeout(PATIENCE_MS) });
    answer = (await response.text()).trim();
  } catch (error) {
    throw unknown(`${from} cannot be asked: ${reasonOf(isNativeError(error) ? (error.cause ?? error) : error)}`, error);
  }
  const cidr = isIP(answer) === 0 ? undefined : toCidr(answer);
  if (cidr === undefined) throw unknown(`${from} answered ${JSON.stringify(answer.slice(0, 60))}, which is no address`);
  return cidr;
}

function unknown(why: string, cause?: unknown): ToolkitError {
  return new ToolkitError(
    'ADDRESS_UNKNOWN',
    `The address of this machine is not known: ${why}.`,
    'Set `search.access.from` and `website.visitors` (CLICKSTREAMY_SEARCH_ACCESS_FROM, CLICKSTREAMY_WEBSITE_VISITORS) to your address.',
    cause === undefined ? {} : { cause },
  );
}
