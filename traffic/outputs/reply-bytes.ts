/**
 * Gives each reply a plausible size, without a site.
 *
 * The sizes of pages vary as on real sites, log-normally: most are near the median, a few several times as long. A page's size
 * depends on its path and query alone, so the same page has the same size in every line, run and shard. It is not the
 * demo site's size, which could be known only by rendering its pages.
 */
import type { PlannedRequest } from '../plan';
import { createRandom, pickNormal } from '../random';

interface Sizes {
  /** Half of the bodies are smaller, in bytes. */
  readonly median: number;
  /** Standard deviation of the sizes' logarithms. */
  readonly sigma: number;
  readonly least: number;
  readonly most: number;
}

/** Style sheets, scripts, icons: small ones, so always smaller than a page. */
const ASSET: Sizes = { median: 1_500, sigma: 0.5, least: 300, most: 3_500 };
const PAGE: Sizes = { median: 14_000, sigma: 0.6, least: 4_000, most: 90_000 };
/** Error pages are short, and the status decides their wording. */
const ERROR_BYTES = 900;
/** A refused form is shown again, with a sentence that says why. */
const REFUSAL_BYTES = 80;
/** A signed-in visitor's pages have their name and a link to sign out. */
const SIGNED_IN_BYTES = 60;

/** Different sizes of each kind; a power of 2. */
const VARIANTS = 1024;
const ASSET_BYTES = toVariants('asset sizes', ASSET);
const PAGE_BYTES = toVariants('page sizes', PAGE);

/**
 * Pure, and fast: there are half a million lines a second.
 *
 * @returns the size of the body that answers the request as planned, in bytes; 0 for redirects and other replies without one.
 */
export function toReplyBytes({ path, form, expect: { status, action, user } }: PlannedRequest): number {
  if (status === 204 || (status >= 300 && status < 400)) return 0;
  if (action === 'asset' || action === 'health')
    return status < 400 ? variantOf(path, ASSET_BYTES) : toErrorBytes(status);
  const signedInBytes = user === undefined ? 0 : SIGNED_IN_BYTES + Buffer.byteLength(user);
  if (status < 400) return variantOf(path, PAGE_BYTES) + signedInBytes;
  if (form !== undefined && status < 500) return variantOf(path, PAGE_BYTES) + REFUSAL_BYTES + signedInBytes;
  return toErrorBytes(status) + signedInBytes;
}

const toErrorBytes = (status: number) => ERROR_BYTES + (status % 100);

function toVariants(seed: string, { median, sigma, least, most }: Sizes): Float64Array {
  const random = createRandom(seed);
  const toSize = () => Math.round(median * Math.exp(sigma * pickNormal(random)));
  return Float64Array.from({ length: VARIANTS }, () => Math.min(most, Math.max(least, toSize())));
}

/** Picks by the path's FNV-1a hash, which is cheaper than remembering each path's size. */
function variantOf(path: string, bytes: Float64Array): number {
  let hash = 0x811c9dc5;
  for (let place = 0; place < path.length; place++) hash = Math.imul(hash ^ path.charCodeAt(place), 0x01000193);
  return bytes[(hash ^ (hash >>> 16)) & (VARIANTS - 1)] as number;
}
