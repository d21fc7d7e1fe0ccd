import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { ToolkitError } from '../../core/errors';
import { packLambda } from '../../stacks/lambda-package';

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

  it('makes a zip whose directory, sums and lengths lead to the bundle', () => {
    const zip = readFileSync(packLambda(bundle).path);

    const end = zip.length - 22;
    const entry = zip.readUInt32LE(end + 16);
    const local = zip.readUInt32LE(entry + 42);
    const name = zip.toString('utf8', local + 30, local + 30 + zip.readUInt16LE(local + 26));
    const content = zip.subarray(local + 30 + name.length, local + 30 + name.length + zip.readUInt32LE(entry + 20));
    expect([end, entry, local].map((at) => zip.toString('latin1', at, at + 4))).toEqual([
      'PK\x05\x06',
      'PK\x01\x02',
      'PK\x03\x04',
    ]);
    expect(name).toBe('index.js');
    expect(content.toString()).toBe(CODE);
    expect(zip.readUInt32LE(entry + 16)).toBe(crc32(content));
    expect(zip.readUInt32LE(end + 12)).toBe(end - entry);
    expect((zip.readUInt32LE(entry + 38) >>> 16) & 0o777).toBe(0o644);
  });

  it('says the hash that Lambda will', () => {
    const { path, hash } = packLambda(bundle);

    expect(hash).toBe(createHash('sha256').update(readFileSync(path)).digest('base64'));
  });

  it('makes the same bytes of the same bundle at any time', () => {
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
});
