import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPageFile, writePageFile } from '../../page/page-file';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'page-file-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (url: string) => writeFileSync(join(folder, 'page.json'), JSON.stringify({ url }));

it('is read as it was written, and nobody else can', async () => {
  await writePageFile(folder, 'http://127.0.0.1:8081/');

  expect((await readPageFile(folder))?.href).toBe('http://127.0.0.1:8081/');
  expect(statSync(join(folder, 'page.json')).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['page.json']);
});

it.each(['http://127.0.0.1:1/', 'http://localhost:1/', 'http://[::1]:1/'])('may name %s', async (url) => {
  write(url);

  expect((await readPageFile(folder))?.href).toBe(url);
});

it.each(['http://192.0.2.1/', 'http://evil.example/', 'http://127.0.0.1.evil.example/', 'file:///etc/passwd', 'none'])(
  'may not name %s',
  async (url) => {
    write(url);

    expect(await readPageFile(folder)).toBeUndefined();
  },
);

it('is neither read nor written through a link', async () => {
  const elsewhere = join(folder, 'elsewhere');
  writeFileSync(elsewhere, JSON.stringify({ url: 'http://127.0.0.1:1/' }));
  symlinkSync(elsewhere, join(folder, 'page.json'));

  expect(await readPageFile(folder)).toBeUndefined();
  await writePageFile(folder, 'http://127.0.0.1:2/');

  expect(readFileSync(elsewhere, 'utf8')).toBe(JSON.stringify({ url: 'http://127.0.0.1:1/' }));
  expect((await readPageFile(folder))?.href).toBe('http://127.0.0.1:2/');
});
