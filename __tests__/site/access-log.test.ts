import { existsSync, statSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AccessLog, openAccessLog } from '../../site/demo/access-log';
import { until } from '../support/until';

let folder: string;
let file: string;
const warnings: string[] = [];
const warn = (message: string) => warnings.push(message);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'access-log-'));
  file = join(folder, 'access_log');
  warnings.length = 0;
});

afterEach(() => rm(folder, { recursive: true }));

it('writes the lines in their order, without being closed', async () => {
  const log = openAccessLog(file, warn);
  const expected = Array.from({ length: 5000 }, (_, i) => `line ${i}\n`).join('');

  for (let i = 0; i < 5000; i++) log.write(`line ${i}`);

  await until(() => statSync(file).size >= expected.length, { what: 'all lines are written' });
  expect(await readFile(file, 'utf8')).toBe(expected);
  log.close();
});

it('appends to the lines of an earlier run, and after one that was cut short', async () => {
  await writeFile(file, 'whole\ncut sho');
  const log = openAccessLog(file, warn);

  log.write('new');
  log.close();

  expect(await readFile(file, 'utf8')).toBe('whole\ncut sho\nnew\n');
});

// Linux's /dev/full answers each write like a full disk.
describe.each(existsSync('/dev/full') ? ['/dev/full'] : [])('on a full disk', (full) => {
  async function openOnFullDisk(): Promise<AccessLog> {
    await symlink(full, file);
    return openAccessLog(file, warn);
  }

  it('warns once, keeps the lines, and writes them when it can again', async () => {
    const log = await openOnFullDisk();
    log.write('one');
    await until(() => warnings.length > 0, { what: 'a warning' });
    log.write('two');
    await rm(file);

    log.reopen();
    log.write('three');
    log.close();

    expect(await readFile(file, 'utf8')).toBe('one\ntwo\nthree\n');
    expect(warnings).toEqual([
      `The access log ${file} cannot be written: the disk is full. Lines are kept in memory until it can.`,
      `The access log ${file} can be written again; no line was lost.`,
    ]);
  });

  it('counts the lines beyond its memory', async () => {
    const log = await openOnFullDisk();
    const line = 'x'.repeat(1024 * 1024 - 1);
    for (let i = 0; i < 10; i++) log.write(line);
    await rm(file);

    log.reopen();
    log.close();

    expect((await readFile(file, 'utf8')).length).toBe(8 * 1024 * 1024);
    expect(warnings[1]).toBe(`The access log ${file} can be written again; 2 lines are lost.`);
  });

  it('says at its close how many lines are missing', async () => {
    const log = await openOnFullDisk();
    log.write('one');
    log.write('two');

    log.close();

    expect(warnings[1]).toBe(`The access log ${file} could not be written: 2 lines are missing at its end.`);
  });
});
