import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile } from '../../core/json-file';

const folder = mkdtempSync(join(tmpdir(), 'json-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

const Settings = z.strictObject({ name: z.string().min(1, 'must not be empty') });
const read = (file: string) => readJsonFile(file, Settings, (why) => new Error(`The settings file ${why}.`));

function write(text: string): string {
  const file = join(folder, 'settings.json');
  writeFileSync(file, text);
  return file;
}

it('reads a file that fits its schema', () => {
  expect(read(write('{"name": "a"}'))).toEqual({ name: 'a' });
});

it('skips a byte order mark', () => {
  expect(read(write('\uFEFF{"name": "a"}'))).toEqual({ name: 'a' });
});

it.each([
  ['{"name": ""}', 'The settings file cannot be used: name: must not be empty.'],
  ['{"name"', 'The settings file is not JSON.'],
  ['', 'The settings file is not JSON.'],
])('refuses %s', (text, sentence) => {
  expect(() => read(write(text))).toThrow(sentence);
});

it('says why a file cannot be read', () => {
  expect(() => read(join(folder, 'none.json'))).toThrow('The settings file cannot be read: it does not exist.');
});
