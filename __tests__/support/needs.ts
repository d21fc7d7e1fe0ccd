import { existsSync } from 'node:fs';

/** `describe`, or a replacement that skips. */
type Describe = (name: string, body: () => void) => void;

/**
 * Makes the `describe` for tests that need a program. If it is missing they are skipped, and one line says so. With CI=true they fail
 * instead, since a CI machine should have it.
 *
 * @param what the program's name, for that line: `Chromium`.
 * @param path where it was found (`firstOf`); undefined if it is missing.
 */
export function needs(what: string, path: string | undefined): Describe {
  if (path !== undefined) return describe;
  if (process.env['CI'] === 'true') {
    return (name) => {
      describe(name, () => {
        it(`has ${what} to run with`, () => {
          throw new Error(`${what} is not installed, and with CI=true these tests may not be skipped.`);
        });
      });
    };
  }
  return (name, body) => {
    process.stderr.write(`skipped: ${name} (${what} is not installed)\n`);
    describe.skip(name, body);
  };
}

/** The first of these paths that exists. */
export function firstOf(...paths: readonly (string | undefined)[]): string | undefined {
  return paths.find((path) => path !== undefined && existsSync(path));
}
