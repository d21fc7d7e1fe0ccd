/** The search engine behind a dashboards server: made ready before the dashboards come, where its address is known. */
import { ToolkitError } from '../core/errors';
import type { Auth } from '../core/http-auth';
import { createHttpClient } from '../core/http-client';
import { IndexName } from '../store/search/index-template';
import { type PreparedIndex, prepareIndex } from '../store/search/prepare-index';

export interface EngineBehind {
  readonly url: URL;
  /** Taken from the dashboards' address: then it may be another server's. */
  readonly isGuessed: boolean;
}

/** At a domain of Amazon's service the engine has the root, and the dashboards stand behind a path. */
export function guessEngine(dashboards: URL): EngineBehind | undefined {
  return /^\/(?:_dashboards|_plugin\/kibana)(?:\/|$)/.test(dashboards.pathname)
    ? { url: new URL(dashboards.origin), isGuessed: true }
    : undefined;
}

/** The index that the template is for: `apache` for `apache-*`. Undefined where a pattern means more than one. */
export function indexOf(pattern: string): string | undefined {
  const parsed = IndexName.safeParse(pattern.replace(/-?\*$/, ''));
  return parsed.success ? parsed.data : undefined;
}

/**
 * Puts the index template.
 *
 * @returns what was done; where the address is guessed and does not work, the error instead.
 * @throws ToolkitError those of `prepareIndex`
 */
export async function prepareEngine(
  { url, isGuessed }: EngineBehind,
  auth: Auth,
  index: string,
  timeoutSeconds: number,
): Promise<PreparedIndex | ToolkitError> {
  try {
    return await prepareIndex(createHttpClient({ url, auth, timeoutSeconds }), index);
  } catch (error) {
    if (isGuessed && error instanceof ToolkitError && error.code !== 'INDEX_MISMATCHED') return error;
    throw error;
  }
}
