import fc from 'fast-check';
import { generateCorpus } from '../../bench/corpus';
import { createTransformHandler } from '../../etl/handler';
import { createRecordsTransform } from '../../etl/records-transform';

const lines = [...generateCorpus({ lines: 400, seed: 11, garbage: 0.2 })].map(({ line }) => line);
const odd = ['', '\n', ' \n', '\n\n', '\0\0\n', 'no access line', '\ufeff'].map((text) => Buffer.from(text));

const record = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...lines).map((line) => Buffer.concat([line, Buffer.from('\n')])) },
  { weight: 2, arbitrary: fc.constantFrom(...lines) },
  { weight: 1, arbitrary: fc.constantFrom(...odd) },
  // Several lines, and one line between blank ones.
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...lines), fc.constantFrom(...lines)).map(([a, b]) => join(a, b)),
  },
  { weight: 1, arbitrary: fc.constantFrom(...lines).map((line) => join(Buffer.alloc(0), line, Buffer.alloc(0))) },
);

const join = (...parts: readonly Buffer[]) =>
  Buffer.concat(parts.flatMap((part, at) => (at === 0 ? [part] : [Buffer.from('\n'), part])));

it('does to each record what the Lambda function does', async () => {
  const transform = createRecordsTransform();
  const handler = createTransformHandler();
  await fc.assert(
    fc.asyncProperty(fc.array(record, { maxLength: 60 }), async (records) => {
      let end = 0;
      const ends = Uint32Array.from(records, ({ length }) => (end += length));

      const direct = transform(Buffer.concat(records), ends);
      const reply = await handler({
        invocationId: '',
        deliveryStreamArn: '',
        region: '',
        records: records.map((bytes, index) => ({
          recordId: String(index),
          approximateArrivalTimestamp: 0,
          data: bytes.toString('base64'),
        })),
      });

      const results = records.map((_, index) => {
        const at = direct.records.indexOf(index);
        if (at === -1) return direct.failed.includes(index) ? 'ProcessingFailed' : 'Dropped';
        const start = direct.ends[at - 1] ?? 0;
        return Buffer.from(direct.documents.subarray(start, direct.ends[at])).toString();
      });
      expect(results).toEqual(
        reply.records.map(({ result, data }) =>
          // The function pads an event with spaces, which base64 encodes faster.
          result === 'Ok'
            ? Buffer.from(data ?? '', 'base64')
                .toString()
                .trimEnd()
            : result,
        ),
      );
      expect(direct.dropped).toBe(reply.records.filter(({ result }) => result === 'Dropped').length);
    }),
    { numRuns: 200 },
  );
});
