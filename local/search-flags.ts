import { type AuthOptions, loadAuth, parseServerUrl } from '../core/auth-flags';
import { DEFAULT_INDEX } from '../store/search/index-template';
import type { SearchStoreProps } from '../store/search/store';

export interface SearchFlags extends AuthOptions {
  readonly store?: string | undefined;
  readonly index?: string | undefined;
}

/** @returns undefined without `--store`. @throws UsageError if the sign-in is incomplete. */
export function toSearchStore(
  { store, index = DEFAULT_INDEX, ...flags }: SearchFlags,
  env: NodeJS.ProcessEnv,
): SearchStoreProps | undefined {
  if (store === undefined) return undefined;
  const url = parseServerUrl(store);
  const { createHttpClient } = require('../core/http-client') as typeof import('../core/http-client');
  return { client: createHttpClient({ url, auth: loadAuth(flags, url, env) }), index };
}
