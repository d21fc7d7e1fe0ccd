import type { FirehoseTransformationEvent } from 'aws-lambda';
import fc from 'fast-check';
import type { TransformHandler } from '../../etl/handler';
import { toBatch } from '../../firehose/batch';
import { TimedOut } from '../../firehose/function-call';
import { openIdSource } from '../../firehose/record-ids';
import { splitIntoCalls, type TransformProps, transformBatches } from '../../firehose/transform-calls';
import { asItIs, functionOf, toRecords } from '../support/stream-fixture';

const nextBase = openIdSource();
const ARRIVAL = 1_800_000_000_123;
const batchOf = (...lines: readonly string[]) =>
  toBatch({ records: toRecords(...lines), sources: [] }, nextBase(), ARRIVAL);
const base64 = (text: string) => Buffer.from(text).toString('base64');

function propsWith(handler: TransformHandler): TransformProps {
  return {
    call: functionOf(handler),
    deliveryStreamArn: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/webserver_stream',
    region: 'us-east-1',
    retryDelayMs: 1,
  };
}

/** A function whose reply is anything at all. */
const replying = (reply: (event: FirehoseTransformationEvent) => unknown) =>
  (async (event: FirehoseTransformationEvent) => reply(event)) as TransformHandler;

it('calls the function with Firehose’s event, and takes its documents under the records’ ids', async () => {
  const batch = batchOf('a\n', 'ü');
  const events: FirehoseTransformationEvent[] = [];
  const handler = replying((event) => {
    events.push(event);
    return { records: event.records.map(({ recordId }) => ({ recordId, result: 'Ok', data: base64('{"x":1}') })) };
  });

  const { documents, failures, dropped } = await transformBatches([batch], propsWith(handler));

  expect(events).toEqual([
    {
      invocationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      deliveryStreamArn: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/webserver_stream',
      region: 'us-east-1',
      records: [
        { recordId: batch.idAt(0), approximateArrivalTimestamp: ARRIVAL, data: base64('a\n') },
        { recordId: batch.idAt(1), approximateArrivalTimestamp: ARRIVAL, data: base64('ü') },
      ],
    },
  ]);
  expect(documents.map(({ id, document }) => [id, Buffer.from(document).toString()])).toEqual([
    [batch.idAt(0), '{"x":1}'],
    [batch.idAt(1), '{"x":1}'],
  ]);
  expect({ failures, dropped }).toEqual({ failures: [], dropped: 0 });
});

describe('a reply with wrong content is read record by record, and the call is not retried', () => {
  const ok = (recordId: unknown) => ({ recordId, result: 'Ok', data: base64('{}') });
  const cases: readonly (readonly [string, (ids: readonly string[]) => unknown, readonly string[]])[] = [
    ['no reply', () => undefined, ['Lambda.MissingRecordId', 'Lambda.MissingRecordId', 'Lambda.MissingRecordId']],
    ['no records', () => ({}), ['Lambda.MissingRecordId', 'Lambda.MissingRecordId', 'Lambda.MissingRecordId']],
    ['a missing id', (ids) => ({ records: [ok(ids[2]), ok(ids[0])] }), ['Ok', 'Lambda.MissingRecordId', 'Ok']],
    [
      'an id twice',
      (ids) => ({ records: [ok(ids[0]), ok(ids[1]), ok(ids[2]), ok(ids[1])] }),
      ['Ok', 'Lambda.DuplicatedRecordId', 'Ok'],
    ],
    [
      'an id twice in place of another',
      (ids) => ({ records: [ok(ids[0]), ok(ids[1]), ok(ids[1])] }),
      ['Ok', 'Lambda.DuplicatedRecordId', 'Lambda.MissingRecordId'],
    ],
    [
      'unknown ids, and values that are not objects',
      (ids) => ({ records: [null, 7, 'x', ok('nobody'), ok(undefined), ...ids.map(ok)] }),
      ['Ok', 'Ok', 'Ok'],
    ],
    [
      'ProcessingFailed',
      (ids) => ({ records: [ok(ids[0]), { recordId: ids[1], result: 'ProcessingFailed', data: '' }, ok(ids[2])] }),
      ['Ok', 'Lambda.ProcessingFailedStatus', 'Ok'],
    ],
    [
      'an unknown result',
      (ids) => ({ records: [ok(ids[0]), { ...ok(ids[1]), result: 'ok' }, ok(ids[2])] }),
      ['Ok', 'Lambda.InvalidReturnFormat', 'Ok'],
    ],
    [
      'Ok without data, Ok with data that is not base64',
      (ids) => ({ records: [{ recordId: ids[0], result: 'Ok' }, { ...ok(ids[1]), data: 'a b=' }, ok(ids[2])] }),
      ['Lambda.InvalidReturnFormat', 'Lambda.InvalidReturnFormat', 'Ok'],
    ],
    [
      'records that are not a list',
      () => ({ records: 'all good' }),
      ['Lambda.JsonProcessingException', 'Lambda.JsonProcessingException', 'Lambda.JsonProcessingException'],
    ],
    [
      'Dropped',
      (ids) => ({ records: [ok(ids[0]), { recordId: ids[1], result: 'Dropped' }, ok(ids[2])] }),
      ['Ok', 'Dropped', 'Ok'],
    ],
  ];

  it.each(cases)('%s', async (_, reply, expected) => {
    const batch = batchOf('one', 'two', 'three');
    let calls = 0;
    const handler = replying(({ records }) => {
      calls++;
      return reply(records.map(({ recordId }) => recordId));
    });

    const { documents, failures, dropped } = await transformBatches([batch], propsWith(handler));

    const failed = new Map(failures.map(({ rawData, errorCode }) => [rawData, errorCode]));
    const stored = new Set(documents.map(({ id }) => id));
    const seen = ['one', 'two', 'three'].map(
      (line, index) => failed.get(base64(line)) ?? (stored.has(batch.idAt(index)) ? 'Ok' : 'Dropped'),
    );
    expect(seen).toEqual(expected);
    expect(dropped).toBe(expected.filter((result) => result === 'Dropped').length);
    expect(failures.every((failure) => failure.attemptsMade === 1 && failure.arrivalTimestamp === ARRIVAL)).toBe(true);
    expect(calls).toBe(1);
  });
});

describe('a call that fails is made four times in all', () => {
  it.each<[string, string, string, TransformHandler]>([
    ['throws', 'Lambda.FunctionError', 'boom', () => Promise.reject(new Error('boom'))],
    [
      'throws before it returns a promise',
      'Lambda.FunctionError',
      'boom',
      () => {
        throw new Error('boom');
      },
    ],
    ['does not answer in time', 'Lambda.FunctionTimedOut', 'within 60 s', () => Promise.reject(new TimedOut(60))],
    [
      'answers more than 6 MB',
      'Lambda.FunctionError',
      '6 MB',
      replying(({ records }) => ({
        records: records.map(({ recordId }) => ({ recordId, result: 'Ok', data: 'A'.repeat(3_500_000) })),
      })),
    ],
    [
      'answers more than 6 MB of anything else',
      'Lambda.FunctionError',
      '6 MB',
      replying(() => ({ records: [], notes: 'x'.repeat(7_000_000) })),
    ],
  ])('one that %s', async (_, code, message, handler) => {
    let calls = 0;
    const counted: TransformHandler = (event) => {
      calls++;
      return handler(event);
    };

    const { documents, failures } = await transformBatches([batchOf('one', 'two')], propsWith(counted));

    expect(documents).toEqual([]);
    expect(failures).toEqual(
      ['one', 'two'].map((line) => ({
        rawData: base64(line),
        errorCode: code,
        errorMessage: expect.stringContaining(message),
        attemptsMade: 4,
        arrivalTimestamp: ARRIVAL,
        attemptEndingTimestamp: expect.any(Number),
      })),
    );
    expect(calls).toBe(4);
  });

  it('and one that succeeds the fourth time leaves no trace of the others', async () => {
    const invocations: string[] = [];
    const handler: TransformHandler = (event) => {
      invocations.push(event.invocationId);
      for (const record of event.records) record.data = 'written over';
      return invocations.length < 4 ? Promise.reject(new Error('boom')) : asItIs(event);
    };
    const writtenOver: TransformHandler = async (event) => {
      const copy = structuredClone(event);
      await handler(event);
      return asItIs(copy);
    };

    const { documents, failures } = await transformBatches([batchOf('one')], propsWith(writtenOver));

    expect(documents.map(({ document }) => Buffer.from(document).toString())).toEqual(['one']);
    expect(failures).toEqual([]);
    expect(new Set(invocations).size).toBe(4);
  });
});

it('takes a reply that comes near 6 MB', async () => {
  const data = 'A'.repeat(6_000_000);

  const { documents } = await transformBatches(
    [batchOf('one')],
    propsWith(replying(({ records }) => ({ records: [{ recordId: records[0]?.recordId, result: 'Ok', data }] }))),
  );

  expect(documents[0]?.document).toHaveLength(4_500_000);
});

describe('calls', () => {
  it('carry every record once, in order, at most 0.5 MB of them unless one is larger, and less than 6 MB as a request', () => {
    const size = fc.oneof(fc.nat(3), fc.nat(400), fc.nat(1000 * 1024));
    const batch = fc.oneof(fc.array(size, { minLength: 1, maxLength: 5 }), fc.constant(Array(16_000).fill(1)));

    fc.assert(
      fc.property(fc.array(batch, { maxLength: 8 }), (sizes) => {
        const batches = sizes.map((lengths) =>
          toBatch({ records: lengths.map((length) => Buffer.alloc(length)), sources: [] }, nextBase(), ARRIVAL),
        );

        const calls = [...splitIntoCalls(batches)];

        const expected = batches.flatMap((one) => Array.from({ length: one.count }, (_, index) => one.idAt(index)));
        expect(calls.flatMap(({ ids }) => ids)).toEqual(expected);
        for (const { ids, starts, ends } of calls) {
          const bytes = ids.reduce((sum, _, index) => sum + (ends[index] ?? 0) - (starts[index] ?? 0), 0);
          expect(ids.length === 1 || bytes <= 512 * 1024).toBe(true);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('with records of a few bytes stay under 6 MB, though their ids weigh more than they do', async () => {
    const batches = Array.from({ length: 10 }, () => batchOf(...Array.from({ length: 16_000 }, () => 'x')));
    const requests: number[] = [];
    const handler: TransformHandler = (event) => {
      requests.push(JSON.stringify(event).length);
      return asItIs(event);
    };

    const { documents } = await transformBatches(batches, propsWith(handler));

    expect(documents).toHaveLength(160_000);
    expect(Math.max(...requests)).toBeLessThan(6 * 1024 * 1024);
    expect(Math.max(...requests)).toBeGreaterThan(6 * 1024 * 1024 - 2048);
  });
});
