import fc from 'fast-check';
import { type Failure, kindOfKey, parseFailure } from '../../replay/failure';
import { ARRIVAL_MS, accessLine, deliveryFailed, event, processingFailed } from '../support/failed-records';

const failureOf = (line: string, kind?: Failure['kind']): Failure => {
  const failure = parseFailure(line, kind);
  if (typeof failure === 'string') throw new Error(failure);
  return failure;
};

describe('the kind by the key', () => {
  it.each([
    ['apache_processing-failed/2026/11/23/07/s-1', 'processing'],
    ['apache_processing_failed/2026/11/23/07/s-1', 'processing'],
    ['apache_elasticsearch-failed/2026/11/23/07/s-1', 'delivery'],
    ['apache_elasticsearch_failed/2026/11/23/07/s-1', 'delivery'],
    ['apache_AmazonOpenSearchService-failed/2026/11/23/07/s-1', 'delivery'],
    ['apache_AmazonOpenSearchService_failed/2026/11/23/07/s-1', 'delivery'],
    // `errors/!{firehose:error-output-type}/year=!{timestamp:yyyy}/`, and with the type behind the date.
    ['errors/processing-failed/year=2026/month=11/s-1', 'processing'],
    ['errors/2026/11/23/07/elasticsearch-failed/s-1.gz', 'delivery'],
    ['errors/!{x}AmazonOpenSearchService-failed-2026/s-1', 'delivery'],
    // A prefix of the user's that sounds like a type: the last one is Firehose's.
    ['why-processing-failed/elasticsearch-failed/s-1', 'delivery'],
    ['apache_2026/11/23/07/s-1', undefined],
    ['failed/s-1', undefined],
  ])('%s: %s', (key, kind) => {
    expect(kindOfKey(key)).toBe(kind);
  });
});

describe('the spellings of a record that the transform rejected', () => {
  const line = accessLine('a');
  const rawData = Buffer.from(line).toString('base64');
  const expected = {
    kind: 'processing',
    data: Buffer.from(line),
    code: 'Lambda.ProcessingFailedStatus',
    arrivalMs: ARRIVAL_MS,
    documentId: undefined,
  };

  it.each<[string, string]>([
    ['lambdaARN', processingFailed(line)],
    ['lambdaArn', processingFailed(line, { lambdaARN: undefined, lambdaArn: 'arn:aws:lambda:us-east-1:1:function:f' })],
    [
      'numbers as text, other order',
      `{"attemptsMade":"1","arrivalTimestamp":"${ARRIVAL_MS}","lambdaArn":"arn","errorMessage":"m","errorCode":"Lambda.ProcessingFailedStatus","attemptEndingTimestamp":"1","rawData":"${rawData}"}`,
    ],
    ['spaces, a carriage return', `  ${processingFailed(line).replaceAll(',"', ' , "')}\r`],
    ['members that nobody knows', processingFailed(line, { subsequence: 7, extra: { rawData: 'x' } })],
  ])('%s', (_, text) => {
    expect(failureOf(text)).toMatchObject(expected);
    expect(failureOf(text, 'processing')).toMatchObject(expected);
  });

  it('has the time without a fraction, and no time from nonsense', () => {
    const timeOf = (arrivalTimestamp: unknown) => failureOf(processingFailed(line, { arrivalTimestamp })).arrivalMs;

    expect(timeOf(ARRIVAL_MS + 0.75)).toBe(ARRIVAL_MS);
    for (const nonsense of [null, '', 'yesterday', -1, 1e300, true, {}, undefined])
      expect(timeOf(nonsense)).toBeUndefined();
  });
});

describe('the spellings of an event that the store refused', () => {
  it('has its id, its index and its cause', () => {
    expect(failureOf(deliveryFailed(event('a')))).toMatchObject({
      kind: 'delivery',
      data: Buffer.from(event('a')),
      code: '400',
      message: 'mapper_parsing_exception',
      documentId: '01a2049e-0000-7000-8000-000000000001',
      index: 'apache',
    });
  });

  it('may lack the id and the type, and have its code as a number', () => {
    const bare = deliveryFailed(event('a'), { esDocumentId: undefined, esTypeName: undefined, errorCode: 429 });

    expect(failureOf(bare)).toMatchObject({ kind: 'delivery', code: '429', documentId: undefined, index: 'apache' });
  });

  it('is known by its code alone, and by its key if nothing else tells', () => {
    const nameless = { esDocumentId: undefined, esTypeName: undefined, esIndexName: undefined };

    expect(failureOf(deliveryFailed(event('a'), nameless))).toMatchObject({ kind: 'delivery' });
    const unknown = deliveryFailed(event('a'), { ...nameless, errorCode: 'Strange' });
    expect(failureOf(unknown, 'delivery')).toMatchObject({ kind: 'delivery', code: 'Strange' });
    expect(parseFailure(unknown, undefined)).toMatch(/^does not say whether/);
  });
});

describe('a line that is no failed record', () => {
  it.each<[string, string]>([
    ['is not JSON', accessLine('a')],
    ['is not JSON', '{"rawData":"'],
    ['is not a JSON object', '["rawData"]'],
    ['is not a JSON object', 'null'],
    ['has no rawData', '{"errorCode":"Lambda.FunctionError"}'],
    ['has no rawData', '{"rawData":17,"errorCode":"400"}'],
    ['has a rawData that is not base64', processingFailed('', { rawData: 'a line' })],
    ['has a rawData that is not base64', processingFailed('', { rawData: 'abc' })],
  ])('%s: %s', (why, line) => {
    expect(parseFailure(line, 'processing')).toBe(why);
  });

  it('never throws, whatever the line', () => {
    const members = fc.dictionary(fc.constantFrom('rawData', 'errorCode', 'esDocumentId', '__proto__'), fc.jsonValue());
    const line = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      members.map((value) => JSON.stringify(value)),
    );

    fc.assert(
      fc.property(line, fc.constantFrom('processing', 'delivery', undefined), (text, kind) => {
        const failure = parseFailure(text, kind);
        if (typeof failure !== 'string') expect(failure.data).toBeInstanceOf(Buffer);
      }),
    );
  });
});
