import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ToolkitError } from '../../core/errors';
import { packLambda } from '../../stacks/lambda-package';
import { firstOf, needs } from '../support/needs';

const UNZIP = firstOf('/usr/bin/unzip', '/usr/local/bin/unzip', '/opt/homebrew/bin/unzip');

const CODE = 'exports.handler = async () => ({ records: [] }); // é\n';

describe('packLambda', () => {
  let folder: string;
  let bundle: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'clickstreamy-zip-'));
    bundle = join(folder, 'index.js');
    writeFileSync(bundle, CODE);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('gives the hash that Lambda computes', () => {
    const { path, hash } = packLambda(bundle);

    expect(hash).toBe(createHash('sha256').update(readFileSync(path)).digest('base64'));
  });

  it('makes the same bytes from the same bundle at any time', () => {
    const { hash } = packLambda(bundle);
    utimesSync(bundle, 1, 1);

    expect(packLambda(bundle).hash).toBe(hash);
  });

  it('says how to build a bundle that is missing', () => {
    rmSync(bundle);

    const pack = () => packLambda(bundle);

    expect(pack).toThrow(ToolkitError);
    expect(pack).toThrow(/index\.js cannot be read: it does not exist\.\n→ Build it with `npm run build`\./);
  });

  needs('unzip', UNZIP)('read by unzip', () => {
    const unzip = (...args: readonly string[]) => execFileSync(UNZIP ?? '', args, { encoding: 'utf8' });

    it('gives the bundle back, and passes its test of lengths and sums', () => {
      const { path } = packLambda(bundle);

      expect(unzip('-p', path, 'index.js')).toBe(CODE);
      expect(unzip('-t', path)).toContain('No errors detected');
    });

    it('holds one stored file that everyone may read, dated the first day of a zip', () => {
      const listing = unzip('-Z', '-l', '-T', packLambda(bundle).path).split('\n');

      const entry = listing.filter((line) => line.endsWith('index.js'));
      expect(entry).toEqual([expect.stringMatching(/^-rw-r--r-- .* stor 19800101\.000000 index\.js$/)]);
      expect(listing.at(-2)).toMatch(/^1 file, /);
    });
  });
});
