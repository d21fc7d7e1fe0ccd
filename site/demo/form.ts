import type { IncomingMessage } from 'node:http';

const BODY_BYTES = 64 * 1024;

/**
 * Reads the fields of a URL-encoded body.
 *
 * @returns undefined if the body is larger than 64 KiB; the rest of it is discarded.
 * @throws the request's error if the client disconnects before the body is complete.
 */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= BODY_BYTES) chunks.push(chunk);
      else resolve(undefined);
    });
    request.on('end', () => resolve(new URLSearchParams(Buffer.concat(chunks).toString())));
    request.on('error', reject);
    request.on('close', () => reject(new Error('The client disconnected before its request was complete.')));
  });
}

/**
 * Whether a page of another site made the browser send this. Browsers leave `SameSite=Lax` cookies out of most such requests;
 * the others are refused by this. Clients other than browsers send neither header.
 */
export function isForeign({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin, host } = headers;
  return origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`;
}

export type Credentials =
  | { readonly ok: true; readonly user: string; readonly password: string }
  | { readonly ok: false; readonly user: string; readonly fault: string };

const USER_CHARACTERS = 60;
const PASSWORD_CHARACTERS = { min: 8, max: 256 };

/** Reads the name and password for a new account: the name in NFC, without spaces around it. */
export function parseNewCredentials(form: URLSearchParams): Credentials {
  const { user, password } = readCredentials(form);
  const fault = faultOf(user, password);
  return fault === undefined ? { ok: true, user, password } : { ok: false, user: keptName(user), fault };
}

/** Reads the name and password of a sign-in, which must only be neither empty nor too long. */
export function parseCredentials(form: URLSearchParams): Credentials {
  const { user, password } = readCredentials(form);
  if (user === '' || password === '')
    return { ok: false, user: keptName(user), fault: 'Give your name and your password.' };
  if ([...user].length > USER_CHARACTERS || password.length > PASSWORD_CHARACTERS.max) {
    return { ok: false, user: keptName(user), fault: 'Name or password is too long.' };
  }
  return { ok: true, user, password };
}

function readCredentials(form: URLSearchParams): { user: string; password: string } {
  return {
    user: (form.get('user') ?? '').normalize('NFC').replace(/^ +| +$/g, ''),
    password: form.get('password') ?? '',
  };
}

function faultOf(user: string, password: string): string | undefined {
  if (user === '') return 'Give a name.';
  if ([...user].length > USER_CHARACTERS) return `The name is longer than ${USER_CHARACTERS} characters.`;
  // Control, invisible and direction-changing characters, line separators, lone surrogates, undecodable bytes.
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffd]/u.test(user)) return 'The name holds a character that cannot be seen.';
  if (password.length < PASSWORD_CHARACTERS.min)
    return `The password is shorter than ${PASSWORD_CHARACTERS.min} characters.`;
  if (password.length > PASSWORD_CHARACTERS.max)
    return `The password is longer than ${PASSWORD_CHARACTERS.max} characters.`;
  return undefined;
}

/** The name that the form shows again. */
const keptName = (user: string) => [...user].slice(0, USER_CHARACTERS).join('');
