/** The options with which a command signs in to a search engine or a dashboards server. */
import { readFileSync } from 'node:fs';
import { choice, file, inGroup, text } from './command/values';
import { reasonOf, ToolkitError, UsageError } from './errors';
import type { Auth, Login } from './http-auth';

/** A password is never given on the command line, where every process on the machine can read it. */
export const PASSWORD_VARIABLE = 'CLICKSTREAMY_PASSWORD';

export const AUTH_MODES = ['none', 'basic', 'sigv4'] as const;

const AUTH_ABOUT = 'How to sign in: none (your address is enough), basic (name and password), sigv4 (AWS credentials)';
const SIGN_IN = 'Sign-in';

const loginOptions = inGroup(SIGN_IN, {
  user: text('NAME').optional().describe('User name; the password comes from --password-file'),
  passwordFile: file()
    .optional()
    .describe('File that holds the password and nothing else')
    .meta({ otherwise: `$${PASSWORD_VARIABLE}` }),
});

/** @param modes AUTH_MODES and whatever else this kind of server accepts; the first is the default. */
export const authOptionsFor = <const T extends readonly string[]>(modes: T, about: string) => ({
  ...inGroup(SIGN_IN, {
    auth: choice(modes)
      .default(modes[0] as never)
      .describe(about),
  }),
  ...loginOptions,
  ...inGroup(SIGN_IN, {
    region: text('REGION')
      .optional()
      .describe('AWS region to sign requests for')
      .meta({ otherwise: 'the one in the address, else $AWS_REGION' }),
  }),
});

export const authOptions = authOptionsFor(AUTH_MODES, AUTH_ABOUT);

/** Adds the login of fine-grained access control, which dashboards servers accept. */
export const dashboardsAuthOptions = authOptionsFor(
  [...AUTH_MODES, 'cookie'],
  `${AUTH_ABOUT}, cookie (the login of fine-grained access control)`,
);

export interface LoginOptions {
  readonly user?: string | undefined;
  readonly passwordFile?: string | undefined;
}

export interface AuthOptions extends LoginOptions {
  readonly auth: (typeof AUTH_MODES)[number];
  readonly region?: string | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

/** @throws UsageError if the mode lacks what it needs; ToolkitError PASSWORD_FILE_UNREADABLE */
export function loadAuth(flags: AuthOptions, url: URL, env: Env): Auth {
  if (flags.auth === 'none') return { mode: 'none' };
  if (flags.auth === 'basic') return { mode: 'basic', ...loadLogin(flags, env) };
  const place = placeOf(url.hostname);
  const region = flags.region ?? place?.region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
  if (region === undefined)
    throw new UsageError(`The region of ${url.hostname} is not known.`, 'Give it with --region.');
  return { mode: 'sigv4', region, service: place?.service ?? 'es' };
}

/** @throws UsageError if the name or the password is missing; ToolkitError PASSWORD_FILE_UNREADABLE */
export function loadLogin({ user, passwordFile }: LoginOptions, env: Env): Login {
  const password = passwordFile === undefined ? env[PASSWORD_VARIABLE] : readPassword(passwordFile);
  if (user === undefined) throw new UsageError('A password needs a user name.', 'Give it with --user.');
  if (password === undefined || password === '') {
    throw new UsageError(`The password of ${user} is missing.`, `Set ${PASSWORD_VARIABLE}, or give --password-file.`);
  }
  return { username: user, password };
}

function readPassword(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new ToolkitError(
      'PASSWORD_FILE_UNREADABLE',
      `The password file ${file} cannot be read: ${reasonOf(error)}.`,
      'Check its path, and that you may read it.',
      { cause: error },
    );
  }
}

/** `search-clicks-x1.eu-west-1.es.amazonaws.com`, `x1.eu-west-1.aoss.amazonaws.com`, `search-clicks-x1.aos.eu-west-1.on.aws` */
function placeOf(host: string): { readonly region: string; readonly service: 'es' | 'aoss' } | undefined {
  const [, region, service] = /\.([a-z0-9-]+)\.(es|aoss)\.amazonaws\.com(?:\.cn)?$/.exec(host) ?? [];
  if (region !== undefined) return { region, service: service === 'aoss' ? 'aoss' : 'es' };
  const dual = /\.aos\.([a-z0-9-]+)\.on\.aws$/.exec(host)?.[1];
  return dual === undefined ? undefined : { region: dual, service: 'es' };
}

/** An address from the command line, an environment or a file: http or https, no login in it. @throws UsageError */
export function parseServerUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    // Not shown: it may hold a password.
    throw new UsageError(
      text.includes('@')
        ? 'The server’s address isn’t an http or https address.'
        : `${text} isn’t an http or https address.`,
      'Give it with its scheme: https://search.example.org:9200',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(
      `The address of ${url.host} contains a login, which every process on the machine can read.`,
      `Remove it; use --auth basic with --user, and ${PASSWORD_VARIABLE} or --password-file.`,
    );
  }
  return url;
}
