/** The flags with which every command that talks to a search engine or a dashboards server says who it is. */
import { readFileSync } from 'node:fs';
import type { Options } from 'yargs';
import { z } from 'zod';
import { reasonOf, UsageError } from './errors';
import type { Auth, Login } from './http-auth';

/** A password never stands on the command line, where every process of the machine can read it. */
export const PASSWORD_VARIABLE = 'CLICKSTREAMY_PASSWORD';

export const AUTH_MODES = ['none', 'basic', 'sigv4'] as const;

export const authFlags = {
  auth: {
    choices: AUTH_MODES,
    default: 'none',
    describe: 'How to prove who asks: not at all (a policy by address), by name and password, by AWS credentials',
  },
  user: { type: 'string', requiresArg: true, describe: 'The name; its password comes from --password-file' },
  'password-file': {
    type: 'string',
    requiresArg: true,
    describe: `A file with the password alone  [${PASSWORD_VARIABLE}]`,
  },
  region: { type: 'string', requiresArg: true, describe: 'To sign for  [of the address, else AWS_REGION]' },
} as const satisfies Readonly<Record<string, Options>>;

export const LoginFlags = z.object({
  user: z.string('must be one name').min(1, 'must be a name').optional(),
  passwordFile: z.string('must be one file').min(1, 'must name a file').optional(),
});

export const AuthFlags = LoginFlags.extend({
  auth: z.enum(AUTH_MODES),
  region: z.string('must be one region').min(1, 'must be a region').optional(),
});

type Env = Readonly<Record<string, string | undefined>>;

/** @throws UsageError if the mode lacks what it needs. */
export function loadAuth(flags: z.output<typeof AuthFlags>, url: URL, env: Env): Auth {
  if (flags.auth === 'none') return { mode: 'none' };
  if (flags.auth === 'basic') return { mode: 'basic', ...loadLogin(flags, env) };
  const place = placeOf(url.hostname);
  const region = flags.region ?? place?.region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
  if (region === undefined)
    throw new UsageError(`The region of ${url.hostname} is not known.`, 'Give it with --region.');
  return { mode: 'sigv4', region, service: place?.service ?? 'es' };
}

/** @throws UsageError if the name or the password is missing. */
export function loadLogin({ user, passwordFile }: z.output<typeof LoginFlags>, env: Env): Login {
  const password = passwordFile === undefined ? env[PASSWORD_VARIABLE] : readPassword(passwordFile);
  if (user === undefined) throw new UsageError('A password needs a name.', 'Give it with --user.');
  if (password === undefined || password === '') {
    throw new UsageError(`The password of ${user} is missing.`, `Set ${PASSWORD_VARIABLE}, or give --password-file.`);
  }
  return { username: user, password };
}

function readPassword(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new UsageError(
      `The password file ${file} cannot be read: ${reasonOf(error)}.`,
      'Name a file that can be read.',
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
    // Not shown where it may hold a password.
    throw new UsageError(
      text.includes('@') ? 'The server’s address is no http or https address.' : `${text} is no http or https address.`,
      'Give it with its scheme: https://search.example.org:9200',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new UsageError(
      `The address of ${url.host} has a login in it, which every process of the machine can read.`,
      `Take it out; use --auth basic with --user, and ${PASSWORD_VARIABLE} or --password-file.`,
    );
  }
  return url;
}
