/**
 * The page rule: which paths count as one page. The transform, the traffic plan and `verify` all use it.
 *
 * @param path without its query.
 * @returns the path, lower-cased, with exactly one slash at its end; undefined for `*` and without a path.
 */
export function toPage(path: string | undefined): string | undefined {
  if (path === undefined || !path.startsWith('/')) return undefined;
  let end = path.length;
  while (end > 0 && path[end - 1] === '/') end--;
  return `${path.slice(0, end).toLowerCase()}/`;
}
