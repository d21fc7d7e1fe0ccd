import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { isGzip, otherPackingOf, unpackCommand } from '../../core/packing';

const LINE = '192.0.2.1 - - [10/Oct/2026:13:55:36 +0000] "GET /a HTTP/1.1" 200 5\n';

it.each([
  // As the tools write them.
  ['xz', 'fd377a585a000004e6d6b446'],
  ['bzip2', '425a6839314159265359b2a0'],
  ['bzip2', '425a683917724538509000000000'],
  ['zstd', '28b52ffd04581900'],
  ['lz4', '04224d186440a7'],
  ['zip', '504b03040a0000000000'],
  ['zip', '504b0506000000000000'],
  ['7z', '377abcaf271c0004'],
] as const)('recognizes %s by its first bytes', (packing, hex) => {
  expect(otherPackingOf(Buffer.from(hex, 'hex'))).toBe(packing);
});

it('recognizes tar by its header', () => {
  const header = Buffer.alloc(512);
  header.write('access.log');
  header.write('ustar', 257);

  expect(otherPackingOf(header)).toBe('tar');
});

it.each([
  ['a line', LINE],
  ['nothing', ''],
  ['gzip', gzipSync(LINE)],
  ['a line that begins as an archive', `BZh9 ${LINE}`],
  ['NULs', Buffer.alloc(600)],
])('takes %s for what it is', (_, bytes) => {
  expect(otherPackingOf(Buffer.from(bytes as string))).toBeUndefined();
  expect(isGzip(Buffer.from(bytes as string))).toBe(typeof bytes !== 'string' && bytes[0] === 0x1f);
});

it.each([
  ['/var/log/access.log.1.xz', 'xz -dc /var/log/access.log.1.xz'],
  ['zugriffe für alle.xz', "xz -dc 'zugriffe für alle.xz'"],
  ["it's.xz", "xz -dc 'it'\\''s.xz'"],
])('names a command that a shell understands, for %s', (file, command) => {
  expect(unpackCommand('xz', file)).toBe(command);
  expect(execFileSync('sh', ['-c', `xz() { printf %s "$2"; }; ${command}`], { encoding: 'utf8' })).toBe(file);
});
