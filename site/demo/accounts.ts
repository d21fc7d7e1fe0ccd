import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

export interface Accounts {
  /** `taken` also if the names differ only in case. */
  signUp(user: string, password: string): Promise<'created' | 'taken'>;
  /** @returns the name as it was signed up; undefined if name or password is wrong. */
  signIn(user: string, password: string): Promise<string | undefined>;
}

interface Account {
  readonly user: string;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/**
 * 1 MiB and about 1.5 ms of a core for one hash (2,300 per second on four cores). A demo that takes hundreds of sign-ins per
 * second cannot afford scrypt's usual 25 ms, and these accounts exist in memory only, as long as the process.
 */
const COST: ScryptOptions = { N: 1024, r: 8, p: 1 };

/** Accounts in memory, with salted password hashes. @param limit beyond it, the oldest account is dropped. */
export function createAccounts(limit: number): Accounts {
  const accounts = new Map<string, Account>();
  const nobody: Account = { user: '', salt: randomBytes(16), hash: randomBytes(32) };

  return {
    async signUp(user, password) {
      const key = keyOf(user);
      if (accounts.has(key)) return 'taken';
      const salt = randomBytes(16);
      const account = { user, salt, hash: await hashPassword(password, salt) };
      if (accounts.has(key)) return 'taken';
      accounts.set(key, account);
      if (accounts.size > limit) accounts.delete(accounts.keys().next().value ?? '');
      return 'created';
    },
    async signIn(user, password) {
      // An unknown name takes as long as a known one, so that timing reveals nothing.
      const account = accounts.get(keyOf(user)) ?? nobody;
      const matches = timingSafeEqual(await hashPassword(password, account.salt), account.hash);
      return matches && account !== nobody ? account.user : undefined;
    },
  };
}

const keyOf = (user: string) => user.normalize('NFC').toLowerCase();

function hashPassword(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, 32, COST, (error, hash) => (error ? reject(error) : resolve(hash)));
  });
}
