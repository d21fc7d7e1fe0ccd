import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { putObject, toObjectKey } from '../../firehose/objects';
import { useFolder } from '../support/stream-fixture';

const folder = useFolder();
const id = '019abcde-f012-7000-8000-0123456789ab';

it.each([
  ['apache_', `apache_2026/11/23/07/webserver_stream-1-2026-11-23-07-29-26-${id}`],
  ['apache_processing-failed/', `apache_processing-failed/2026/11/23/07/webserver_stream-1-2026-11-23-07-29-26-${id}`],
])('names an object under %s as Firehose does, in UTC', (prefix, key) => {
  const arrivalMs = Date.parse('2026-11-23T08:29:26.999+01:00');

  expect(toObjectKey({ prefix, stream: 'webserver_stream', arrivalMs, id })).toBe(key);
});

it('puts an object whole under its key, over one of that key, and leaves no draft', async () => {
  const folders = { bucket: join(folder(), 'bucket'), scratch: join(folder(), 'journal') };
  mkdirSync(folders.bucket);
  mkdirSync(folders.scratch);

  await putObject(folders, 'a_2026/11/23/07/x', [Buffer.from('old and longer')]);
  await putObject(folders, 'a_2026/11/23/07/x', [Buffer.from('ne'), Buffer.from('w')]);

  expect(readFileSync(join(folders.bucket, 'a_2026/11/23/07/x'), 'utf8')).toBe('new');
  expect(readdirSync(folders.scratch)).toEqual([]);
});

it('leaves no draft of an object that cannot be put', async () => {
  const folders = { bucket: join(folder(), 'bucket'), scratch: folder() };
  writeFileSync(folders.bucket, 'a file where the folder should be');

  await expect(putObject(folders, 'a/b', [Buffer.from('x')])).rejects.toMatchObject({ code: 'ENOTDIR' });

  expect(readdirSync(folder())).toEqual(['bucket']);
});
