/** Debian's packages that the WordPress site runs on, and which of them this machine lacks. */
import { existsSync, readdirSync } from 'node:fs';
import { ToolkitError } from '../core/errors';

const SINCE = 8.2;

/** What shows that a package is there, by its name; PHP's carry the version that was found, `8.2`. */
const PACKAGES: Readonly<Record<string, (php: string) => string>> = {
  'apache2-bin': () => '/usr/sbin/apache2',
  'php-fpm': (php) => `/usr/sbin/php-fpm${php}`,
  'php-cli': (php) => `/usr/bin/php${php}`,
  'php-mysql': (php) => `/etc/php/${php}/mods-available/mysqli.ini`,
  'php-intl': (php) => `/etc/php/${php}/mods-available/intl.ini`,
  'php-mbstring': (php) => `/etc/php/${php}/mods-available/mbstring.ini`,
  'media-types': () => '/etc/mime.types',
  'mariadb-server-core': () => '/usr/sbin/mariadbd',
  'mariadb-client-core': () => '/usr/bin/mariadb',
  wordpress: () => '/usr/share/wordpress/wp-settings.php',
  'wordpress-theme-twentytwentythree': () => '/usr/share/wordpress/wp-content/themes/twentytwentythree/style.css',
};

/** @param root of the file system that is looked at. @returns names of packages, none where all are there. */
export function findMissingPackages(root = ''): readonly string[] {
  const php = findPhp(root) ?? String(SINCE);
  return Object.entries(PACKAGES)
    .filter(([, path]) => !existsSync(root + path(php)))
    .map(([name]) => name);
}

/** The newest PHP-FPM from 8.2 on: `8.2`. */
export function findPhp(root = ''): string | undefined {
  const folder = `${root}/usr/sbin`;
  const versions = (existsSync(folder) ? readdirSync(folder) : []).flatMap((name) => {
    const version = /^php-fpm(\d\.\d)$/.exec(name)?.[1];
    return version !== undefined && Number(version) >= SINCE ? [version] : [];
  });
  return versions.sort().at(-1);
}

/** @throws ToolkitError SITE_PACKAGES_MISSING */
export function checkPackages(root = ''): void {
  const missing = findMissingPackages(root);
  if (missing.length === 0) return;
  throw new ToolkitError(
    'SITE_PACKAGES_MISSING',
    `The WordPress site needs ${missing.length === 1 ? 'a package that is' : 'packages that are'} not installed: ${missing.join(', ')}.`,
    `On Debian or Ubuntu: sudo apt-get install --no-install-recommends ${missing.join(' ')}`,
  );
}
