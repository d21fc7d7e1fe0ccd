import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readManifest } from '../../scripts/deploy/manifest';

describe('readManifest', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'clickstreamy-manifest-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (text: string) => writeFileSync(join(folder, 'manifest.json'), text);

  it('puts each stack after those whose outputs it reads', () => {
    const stack = (name: string, ...dependencies: string[]) => ({ name, workingDirectory: name, dependencies });
    write(
      JSON.stringify({
        stacks: {
          load: stack('load', 'website', 'delivery'),
          delivery: stack('delivery', 'search'),
          search: stack('search'),
          website: stack('website'),
        },
      }),
    );

    expect(readManifest(folder).map(({ name }) => name)).toEqual(['search', 'delivery', 'website', 'load']);
  });

  it.each([
    ['cut off', '{"stacks":', /manifest\.json is not JSON\./],
    ['of another version', '{"apps":{}}', /manifest\.json cannot be used: stacks is missing/],
  ])('refuses a manifest that is %s', (_, text, message) => {
    write(text);

    expect(() => readManifest(folder)).toThrow(
      expect.objectContaining({ code: 'MANIFEST_UNREADABLE', message: expect.stringMatching(message) }),
    );
  });

  it('refuses a folder without a manifest', () => {
    expect(() => readManifest(folder)).toThrow(/manifest\.json cannot be read: it does not exist\.\n→ Run `npm ci`/);
  });
});
