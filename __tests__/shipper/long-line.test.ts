import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LongLine, MOST_KEPT_BYTES } from '../../shipper/long-line';

const folder = mkdtempSync(join(tmpdir(), 'long-line-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MEBIBYTE = Buffer.alloc(2 ** 20, 'a');

async function keep(name: string, mebibytes: number): Promise<LongLine> {
  const line = await LongLine.open(folder, name, 0);
  for (let written = 0; written < mebibytes; written++) await line.write(MEBIBYTE);
  await line.write(Buffer.from('z\n'));
  await line.finish();
  return line;
}

it('keeps a line whole', async () => {
  const line = await keep('whole.line', 2);

  expect(readFileSync(line.path, 'latin1')).toBe(`${'a'.repeat(2 ** 21)}z\n`);
  expect(line).toMatchObject({ bytes: 2 ** 21 + 2, keptBytes: 2 ** 21 + 2 });
  expect(existsSync(`${line.path}.json`)).toBe(false);
});

it('keeps the first 16 MiB of a line without end, and notes how long it was', async () => {
  const line = await keep('bomb.line', 100);

  expect(MOST_KEPT_BYTES).toBe(16 * 2 ** 20);
  expect(statSync(line.path).size).toBe(MOST_KEPT_BYTES);
  expect(JSON.parse(readFileSync(`${line.path}.json`, 'utf8'))).toEqual({
    bytes: 100 * 2 ** 20 + 2,
    kept: MOST_KEPT_BYTES,
  });
  expect(line).toMatchObject({ bytes: 100 * 2 ** 20 + 2, keptBytes: MOST_KEPT_BYTES });
});
