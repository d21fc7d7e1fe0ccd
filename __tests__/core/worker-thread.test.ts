import { join } from 'node:path';
import { ToolkitError } from '../../core/errors';
import { packageRoot, workerFile } from '../../core/package-root';
import { type Answer, packError, ThreadEnded, unpackError, WorkerThread } from '../../core/worker-thread';

const file = join(packageRoot, '__tests__/support/thread-function.cjs');

/** What the support file answers; see there. */
type Asked = { readonly ids: readonly string[]; readonly bytes: Uint8Array<ArrayBuffer>; readonly ends: Uint32Array };
type Handlers = { readonly call: (asked: Asked) => Answer<{ readonly documents: Uint8Array }> };

function asking(record: string): Asked {
  const bytes = Uint8Array.from(Buffer.from(record));
  return { ids: ['a'], bytes, ends: Uint32Array.of(bytes.length) };
}

let thread: WorkerThread<Handlers>;
beforeEach(() => {
  thread = new WorkerThread<Handlers>({ file, workerData: undefined });
});
afterEach(() => thread.close());

it('answers each request with its own value, and moves the buffers that it is given', async () => {
  const first = asking('a');

  const values = await Promise.all([thread.ask('call', first, [first.bytes.buffer]), thread.ask('call', asking('bb'))]);

  expect(values.map(({ documents }) => Buffer.from(documents).toString())).toEqual(['a', 'bb']);
  expect(first.bytes).toHaveLength(0);
  expect(thread.unanswered).toBe(0);
});

it('fails a request as its handler does, and goes on', async () => {
  await expect(thread.ask('call', asking('fail'))).rejects.toThrow('boom');

  await expect(thread.ask('call', asking('a'))).resolves.toBeDefined();
});

it('rejects all that waits when the thread ends, and says which request was the oldest', async () => {
  const all = await Promise.allSettled(['die', 'a', 'b'].map((wish) => thread.ask('call', asking(wish))));

  const errors = all.map((one) => (one.status === 'rejected' ? one.reason : undefined));
  expect(errors.every((error) => error instanceof ThreadEnded)).toBe(true);
  expect(errors.map(({ isOldest }) => isOldest)).toEqual([true, false, false]);
  await expect(thread.ask('call', asking('late'))).rejects.toBeInstanceOf(ThreadEnded);
});

it('carries a ToolkitError between threads with its code and its hint', () => {
  const error = new ToolkitError('FIREHOSE_AWAY', 'No record was accepted.', 'Look at the quotas.');

  const carried = unpackError(structuredClone(packError(error)));

  expect(carried).toBeInstanceOf(ToolkitError);
  expect(carried).toMatchObject({ code: error.code, message: error.message, hint: error.hint });
});

it('says that the project is not built when the file of a thread is missing', () => {
  expect(() => workerFile('no', 'such-worker.js')).toThrow(/such-worker\.js is missing\. Run `npm run build`\.$/);
});
