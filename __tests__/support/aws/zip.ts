import { inflateRawSync } from 'node:zlib';

const DIRECTORY_ENTRY = Buffer.from('PK\u0001\u0002', 'latin1');
const DEFLATED = 8;

/** The files of a zip, by name: enough of the format for what CDKTF packs (stored or deflated, under 4 GiB). */
export function unzip(zip: Buffer): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let at = zip.indexOf(DIRECTORY_ENTRY); at !== -1; at = zip.indexOf(DIRECTORY_ENTRY, at + 46)) {
    const [method, packed] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20)];
    const [nameLength, header] = [zip.readUInt16LE(at + 28), zip.readUInt32LE(at + 42)];
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
    const content = zip.subarray(start, start + packed);
    if (!name.endsWith('/')) files.set(name, method === DEFLATED ? inflateRawSync(content) : content);
  }
  return files;
}
