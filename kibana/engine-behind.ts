/** Prepares the search engine behind a dashboards server before the dashboards are imported, if its address is known. */
import { z } from 'zod';
import { readDeployedIfAny } from '../core/deploy-outputs';
import { ToolkitError } from '../core/errors';
import type { Auth } from '../core/http-auth';
import { createHttpClient } from '../core/http-client';
import { IndexName } from '../store/search/index-template';
import { type PreparedIndex, prepareIndex } from '../store/search/prepare-index';

export interface EngineBehind {
  readonly url: URL;
  /** Derived from the dashboards' address, so it may belong to another server. */
  readonly isGuessed: boolean;
}

/** In a domain of Amazon's service the engine is at the root, and the dashboards are behind a path. */
export function guessEngine(dashboards: URL): EngineBehind | undefined {
  return /^\/(?:_dashboards|_plugin\/kibana)(?:\/|$)/.test(dashboards.pathname)
    ? { url: new URL(dashboards.origin), isGuessed: true }
    : undefined;
}

/** The index that the template is for: `apache` for `apache-*`. Undefined if the pattern stands for several. */
export function indexOf(pattern: string): string | undefined {
  const parsed = IndexName.safeParse(pattern.replace(/-?\*$/, ''));
  return parsed.success ? parsed.data : undefined;
}

/** The documents' type that a deployed stream names; undefined where the engine has no types. @throws ToolkitError OUTPUTS_UNUSABLE */
export function readDeployedType(outputs: string): string | undefined {
  return readDeployedIfAny(outputs, 'typeName', z.string().min(1), 'give the type to `kibana setup` with --type');
}

/**
 * Installs the index template.
 *
 * @returns what was done; if the address is a guess and does not work, the error.
 * @throws ToolkitError those of `prepareIndex`
 */
export async function prepareEngine(
  { url, isGuessed }: EngineBehind,
  auth: Auth,
  { index, type, timeoutSeconds }: { index: string; type: string | undefined; timeoutSeconds: number },
): Promise<PreparedIndex | ToolkitError> {
  try {
    return await prepareIndex(createHttpClient({ url, auth, timeoutSeconds }), index, type);
  } catch (error) {
    if (isGuessed && error instanceof ToolkitError && error.code !== 'INDEX_MISMATCHED') return error;
    throw error;
  }
}
