import type { FirehoseRecordTransformationStatus, FirehoseTransformationEvent } from 'aws-lambda';
import fc from 'fast-check';
import { type BatchSummary, createTransformHandler } from '../../etl/handler';
import { expectValid } from '../support/one-line';

const LINE = '203.0.113.7 - - [10/Oct/2026:13:55:36 +0000] "GET /a/ HTTP/1.1" 200 5 "-" "x" "user = alice"';
const REPLY_LIMIT = 6 * 1024 * 1024;

const base64 = (data: string | Buffer) => Buffer.from(data).toString('base64');

function eventOf(records: readonly string[]): FirehoseTransformationEvent {
  return {
    invocationId: 'i',
    deliveryStreamArn: 'arn:aws:firehose:us-east-1:123456789012:deliverystream/clicks',
    region: 'us-east-1',
    // As long as Firehose's own.
    records: records.map((data, at) => ({
      recordId: String(at).padStart(56, '4'),
      approximateArrivalTimestamp: 0,
      data,
    })),
  };
}

/** Calls the handler and checks what must be true of any reply. */
async function run(records: readonly string[]) {
  const summaries: BatchSummary[] = [];
  const handler = createTransformHandler({ log: (summary) => summaries.push(summary) });
  const event = eventOf(records);

  const reply = await handler(event);

  const [summary] = summaries;
  if (summary === undefined || summaries.length > 1) throw new Error(`${summaries.length} summaries`);
  const bytes = Buffer.byteLength(JSON.stringify(reply));
  expect(reply.records.map(({ recordId }) => recordId)).toEqual(event.records.map(({ recordId }) => recordId));
  expect(bytes).toBeLessThanOrEqual(REPLY_LIMIT);
  expect(summary.replyBytes).toBeGreaterThanOrEqual(bytes - 1024);
  expect(summary.records).toBe(records.length);
  expect(summary.ok + summary.processingFailed + summary.dropped).toBe(records.length);
  expect(Object.values(summary.reasons).reduce((sum, count) => sum + count, 0)).toBe(records.length - summary.ok);
  const answers = reply.records.map(({ result, data }, at) => {
    if (result !== 'Ok') expect(data).toBe(records[at]);
    return { result, event: result === 'Ok' ? JSON.parse(Buffer.from(data ?? '', 'base64').toString()) : undefined };
  });
  return { answers, summary };
}

describe('a record', () => {
  it.each<[string, string, FirehoseRecordTransformationStatus, string?]>([
    ['of one line', base64(LINE), 'Ok'],
    ['of one line with its newline', base64(`${LINE}\n`), 'Ok'],
    ['of one line with CR LF', base64(`${LINE}\r\n`), 'Ok'],
    ['of one line between blank ones', base64(`\n \r\n${LINE}\n\n\t\n`), 'Ok'],
    ['of two lines', base64(`${LINE}\n${LINE}`), 'ProcessingFailed', 'several-lines'],
    ['of two lines with newlines', base64(`${LINE}\n${LINE}\n`), 'ProcessingFailed', 'several-lines'],
    ['of a line and garbage', base64(`${LINE}\nx\n`), 'ProcessingFailed', 'several-lines'],
    [
      'of a line and a byte that is not text',
      base64(Buffer.from(`\xa0\n${LINE}`, 'latin1')),
      'ProcessingFailed',
      'several-lines',
    ],
    ['of nothing', '', 'Dropped', 'blank'],
    ['of a newline', base64('\n'), 'Dropped', 'blank'],
    ['of blank lines', base64(' \r\n\t\n\n'), 'Dropped', 'blank'],
    ['of garbage', base64('hello'), 'ProcessingFailed', 'shape'],
    ['of a date that is none', base64(LINE.replace('10/Oct', '31/Feb')), 'ProcessingFailed', 'timestamp'],
    ['of a status that is none', base64(LINE.replace(' 200 ', ' 700 ')), 'ProcessingFailed', 'status'],
    [
      'of a byte that is not UTF-8',
      base64(Buffer.from(LINE, 'utf8').fill(0xff, 60, 61)),
      'ProcessingFailed',
      'encoding',
    ],
    ['of half a character', base64(Buffer.from(`${LINE}é`).subarray(0, -1)), 'ProcessingFailed', 'encoding'],
    ['of what is not base64', '!"§$', 'ProcessingFailed', 'base64'],
    ['of base64 with a stranger in it', base64(LINE).replace(/.{4}$/, 'A*=='), 'ProcessingFailed', 'base64'],
    ['of base64 that was cut', base64(LINE).slice(0, -1), 'ProcessingFailed', 'base64'],
    ['of two base64 texts', `${base64('a')}${base64('b')}`, 'ProcessingFailed', 'base64'],
    [
      'of base64 with a newline',
      `${base64(LINE).slice(0, 75)}\n${base64(LINE).slice(75)}`,
      'ProcessingFailed',
      'base64',
    ],
  ])('%s is answered, and its neighbours are untouched', async (...row) => {
    const [, data, result, reason] = row;

    const { answers, summary } = await run([base64(LINE), data, base64(LINE)]);

    expect(answers.map((answer) => answer.result)).toEqual(['Ok', result, 'Ok']);
    expect(answers[0]?.event).toMatchObject({ host: '203.0.113.7', username: 'alice' });
    expect(answers[2]?.event).toEqual(answers[0]?.event);
    if (result === 'Ok') expect(answers[1]?.event).toEqual(answers[0]?.event);
    expect(summary.reasons).toEqual(reason === undefined ? {} : { [reason]: 1 });
  });

  it('of the largest size gives its event', async () => {
    const line = LINE.replace('/a/', () => `/${'a'.repeat(1_000 * 1024 - LINE.length)}`);

    const { answers } = await run([base64(line)]);

    expect(answers[0]?.event.request).toHaveLength(1_000 * 1024 - LINE.length + 'GET / HTTP/1.1'.length);
  });
});

it('answers no records with none', async () => {
  const { answers, summary } = await run([]);

  expect(answers).toEqual([]);
  expect(summary).toMatchObject({ records: 0, ok: 0, processingFailed: 0, dropped: 0, reasons: {} });
});

it('answers every record of any batch once, in order, with a valid event or its own data', async () => {
  const record = fc.oneof(
    fc.constant(base64(LINE)),
    fc.constantFrom('', base64('\n'), base64(`${LINE}\n${LINE}`)),
    fc.uint8Array({ maxLength: 100 }).map((bytes) => base64(Buffer.from(bytes))),
    fc.string({ maxLength: 40 }),
    fc.nat(LINE.length).map((end) => base64(LINE.slice(0, end))),
  );

  await fc.assert(
    fc.asyncProperty(fc.array(record, { maxLength: 30 }), async (records) => {
      const { answers, summary } = await run(records);

      for (const { event } of answers) if (event !== undefined) expectValid(event);
      expect(summary.ok).toBe(answers.filter(({ result }) => result === 'Ok').length);
      expect(summary.dropped).toBe(answers.filter(({ result }) => result === 'Dropped').length);
    }),
  );
});

describe('a reply', () => {
  const SHORT = '1.2.3.4 - - [10/Oct/2026:13:55:36 +0000] "GET /abcdef HTTP/1.1" 200 1234';

  /** As many records as make a transformation event of about this many bytes of JSON. */
  const filling = (bytes: number, data: string) =>
    Array.from({ length: Math.floor(bytes / JSON.stringify(eventOf([data]).records[0]).length) }, () => data);

  it('of 72-byte lines stays under Lambda’s limit: records that do not fit are returned unchanged', async () => {
    expect(SHORT).toHaveLength(72);
    const records = filling(5.5e6, base64(SHORT));

    const { answers, summary } = await run(records);

    const handedBack = answers.filter(({ result }) => result === 'ProcessingFailed').length;
    expect(summary.reasons).toEqual({ 'reply-full': handedBack });
    expect(handedBack).toBeGreaterThan(0);
    expect(summary.ok).toBeGreaterThan(0);
    // It is full: no more is returned unchanged than necessary.
    expect(summary.replyBytes).toBeGreaterThan(REPLY_LIMIT - 4096);
  });

  it('of 72-byte lines from the stream’s buffer of 0.5 MB is complete', async () => {
    const records = Array.from({ length: Math.floor(0.5e6 / SHORT.length) }, () => base64(SHORT));

    const { summary } = await run(records);

    expect(summary.ok).toBe(records.length);
  });

  it('of the largest records stays under the limit', async () => {
    const size = 1_000 * 1024;
    const line = LINE.replace('/a/', () => `/${'a'.repeat(size - LINE.length)}`);
    const records = [base64(line), base64(line), base64(line), base64(line)];

    const { answers, summary } = await run(records);

    expect(answers).toHaveLength(4);
    expect(summary.reasons['reply-full']).toBeGreaterThan(0);
  });

  it('with one event that is too large has space for the small ones after it', async () => {
    // An event holds the path three times: in the request, as the path and in the page.
    const large = LINE.replace('/a/', () => `/${'\\"'.repeat(500_000)}`);

    const { answers, summary } = await run([base64(large), base64(large), base64(large), base64(LINE)]);

    expect(answers[0]?.result).toBe('ProcessingFailed');
    expect(answers.at(-1)?.result).toBe('Ok');
    expect(Object.keys(summary.reasons)).toEqual(['reply-full']);
  });

  it('counts garbage as garbage even when it is full', async () => {
    const records = [...filling(5.4e6, base64(SHORT)), base64('garbage'), ''];

    const { summary } = await run(records);

    expect(summary.reasons).toMatchObject({ shape: 1, blank: 1 });
    expect(summary.dropped).toBe(1);
  });
});

it('logs counts, and never a piece of a line', async () => {
  const secret = 'hunter2';
  const records = [
    LINE.replace('alice', secret),
    secret,
    `${LINE} ${secret}`,
    LINE.replace('10/Oct', secret),
    `${secret}\n${secret}`,
    ' ',
  ].map(base64);

  const { summary } = await run([...records, `${secret}*`]);

  expect(summary).toEqual({
    records: 7,
    ok: 1,
    processingFailed: 5,
    dropped: 1,
    reasons: { shape: 2, timestamp: 1, 'several-lines': 1, blank: 1, base64: 1 },
    replyBytes: expect.any(Number),
    milliseconds: expect.any(Number),
  });
  expect(JSON.stringify(summary)).not.toContain(secret);
});

it('makes pages of referers on the site’s hosts', async () => {
  const handler = createTransformHandler({ siteHosts: ['Shop.example.org'] });
  const line = LINE.replace('"-" "x"', '"https://shop.example.org/Cart" "x"');

  const { records } = await handler(eventOf([base64(line)]));

  expect(JSON.parse(Buffer.from(records[0]?.data ?? '', 'base64').toString())).toMatchObject({
    referer_page: '/cart/',
  });
});

it.each([
  ['NULs', '\0'.repeat(3000)],
  ['a byte order mark', '\uFEFF'],
  ['NULs, a line end and NULs', '\0\0\n\0'],
])('reads a record that begins with %s as the line behind them', async (_, before) => {
  const whole = await run([base64(`${LINE}\n`)]);
  const marked = await run([base64(`${before}${LINE}\n`)]);

  expect(whole.answers[0]?.result).toBe('Ok');
  expect(marked.answers).toEqual(whole.answers);
});
