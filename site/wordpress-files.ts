/** The files that turn an installed WordPress into the site: those in `site/wordpress/`, and rendered ones. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apacheLogFormat } from '../click/log-format';
import { builtFile } from '../core/package-root';
import { renderCatalogue } from './catalogue';

/** Texts by path (`plugin/clickstreamy.php`), in the order of the paths. */
export function wordPressFiles(): ReadonlyMap<string, string> {
  const root = builtFile('site', 'wordpress');
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const texts = files.map((file) => [file.slice(root.length + 1), readFileSync(file, 'utf8')] as const);
  const rendered = [
    ['catalogue.json', renderCatalogue()],
    ['click-log.conf', `${apacheLogFormat('clickstreamy')}\n`],
  ] as const;
  return new Map([...texts, ...rendered].sort(([a], [b]) => (a < b ? -1 : 1)));
}
