import { join } from 'node:path';
import { packageRoot } from '../../core/package-root';
import { type FunctionCall, TimedOut } from '../../firehose/function-call';
import { type FunctionThread, openFunctionThread } from '../../firehose/function-thread';

const file = join(packageRoot, '__tests__/support/thread-function.cjs');
let thread: FunctionThread;

function open(timeoutSeconds = 60): void {
  thread = openFunctionThread({ file, log: () => {}, timeoutSeconds });
}

afterEach(() => thread.close());

function callOf(...records: readonly string[]): FunctionCall {
  let end = 0;
  return {
    deliveryStreamArn: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/webserver_stream',
    region: 'us-east-1',
    ids: records.map((_, index) => `id-${index}`),
    arrivalsMs: Float64Array.from(records, () => 1_800_000_000_123),
    bytes: Uint8Array.from(Buffer.from(records.join(''))),
    ends: Uint32Array.from(records, (record) => (end += Buffer.byteLength(record))),
  };
}

const LINE = '203.0.113.7 - - [10/Oct/2026:13:55:36 +0000] "GET /a/ HTTP/1.1" 200 5 "-" "x"\n';

it('runs the function that is deployed, with its options', async () => {
  const summaries: unknown[] = [];
  thread = openFunctionThread({ siteHosts: ['shop.example.org'], log: (summary) => summaries.push(summary) });
  const referred = LINE.replace('"-"', '"http://shop.example.org/b/"');

  const result = await thread.call(callOf('no access line', referred, '\n'));

  const document = JSON.parse(Buffer.from(result.documents.subarray(0, result.ends[0])).toString());
  expect(document).toMatchObject({ path: '/a/', response: 200, referer_page: '/b/' });
  expect([...result.records]).toEqual([1]);
  expect(result.failures).toEqual([expect.objectContaining({ index: 0, code: 'Lambda.ProcessingFailedStatus' })]);
  expect(result.dropped).toBe(1);
  expect(summaries).toEqual([expect.objectContaining({ records: 3, reasons: { shape: 1, blank: 1 } })]);
});

it('answers calls that are made at the same time, each with its own', async () => {
  open();

  const answers = await Promise.all(['a', 'bb', 'ccc'].map((record) => thread.call(callOf(record))));

  expect(answers.map(({ documents }) => Buffer.from(documents).toString())).toEqual(['a', 'bb', 'ccc']);
});

it('fails a call as the function does', async () => {
  open();

  await expect(thread.call(callOf('fail'))).rejects.toThrow('boom');
});

describe('a function that ends its thread fails only its own call', () => {
  it.each([
    ['hang', 'The function did not answer within 1 s.'],
    ['die', 'The function’s thread has ended.'],
    ['eat', 'memory limit'],
  ])('by %s', async (wish, message) => {
    open(wish === 'hang' ? 1 : 60);

    const [before, bad, behind] = await Promise.allSettled(['a', wish, 'b'].map((each) => thread.call(callOf(each))));

    expect(before?.status).toBe('fulfilled');
    expect(bad).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining(message) } });
    expect(bad?.status === 'rejected' && bad.reason instanceof TimedOut).toBe(wish === 'hang');
    expect(behind?.status).toBe('fulfilled');
  });
});

it('starts a new thread after a call that ended the last one', async () => {
  open();
  await thread.call(callOf('die')).catch(() => {});

  const { documents } = await thread.call(callOf('again'));

  expect(Buffer.from(documents).toString()).toBe('again');
});
