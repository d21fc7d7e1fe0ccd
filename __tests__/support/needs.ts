import { existsSync } from 'node:fs';

/** `describe` for tests that need a program which not every machine has. */
type Describe = (name: string, body: () => void) => void;

/**
 * Where the program is missing, its tests are skipped and one line says so; with CI=true they fail instead, so that a machine which
 * should have it cannot go on without.
 *
 * @param what the program's name, for the line: `Chromium`.
 * @param path where it was found, as `firstOf` says it.
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
