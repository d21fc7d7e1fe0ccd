/** The Debian packages that the WordPress site needs, and which of them this machine lacks. */
import { existsSync, readdirSync } from 'node:fs';
import { ToolkitError } from '../core/errors';

const MIN_PHP = 8.2;

/** A file of each package, which shows that it is installed. Those of PHP's packages depend on PHP's version, `8.2`. */
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

/** @param root of the file system to look at. @returns the names of the missing packages. */
export function findMissingPackages(root = ''): readonly string[] {
  const php = findPhp(root) ?? String(MIN_PHP);
  return Object.entries(PACKAGES)
    .filter(([, path]) => !existsSync(root + path(php)))
    .map(([name]) => name);
}

/** @returns the version of the newest PHP-FPM, 8.2 or later: `8.2`. */
export function findPhp(root = ''): string | undefined {
  const folder = `${root}/usr/sbin`;
  const versions = (existsSync(folder) ? readdirSync(folder) : []).flatMap((name) => {
    const version = /^php-fpm(\d\.\d)$/.exec(name)?.[1];
    return version !== undefined && Number(version) >= MIN_PHP ? [version] : [];
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
