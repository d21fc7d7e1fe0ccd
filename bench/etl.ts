/**
 * The Lambda function's whole handler, from Firehose event to reply, compared with the floor: what any such function must do,
 * which is base64 decoding, JSON.stringify of a ready event, and base64 encoding.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FirehoseTransformationEvent, FirehoseTransformationEventRecord } from 'aws-lambda';
import type { ClickEvent } from '../click/click-event';
import type { TransformHandler } from '../etl/handler';
import { generateCorpus } from './corpus';
import { median, type Report } from './report';

const RECORDS = 40_000;
const BATCH_RECORDS = 1000;
const ROUNDS = 21;

interface Batch {
  readonly event: FirehoseTransformationEvent;
  readonly ready: readonly ClickEvent[];
}

/**
 * In each round both process all batches, one after the other; the ratio is the median of the rounds' ratios.
 *
 * @param handler the deployed one, without logging.
 */
export async function benchEtl(handler: TransformHandler): Promise<Report> {
  const corpus = [...generateCorpus({ lines: RECORDS, seed: 1, garbage: 0 })];
  const batches = makeBatches(corpus as { line: Buffer; truth: ClickEvent }[]);
  // Each batch runs in its own turn of the event loop, as each call of a function does.
  const measureHandler = async () => {
    for (const { event } of batches) await handler(event).then(() => nextTurn());
  };
  const measureFloor = async () => {
    for (const batch of batches) await runFloor(batch).then(() => nextTurn());
  };

  process.stderr.write(`${ROUNDS} rounds of ${RECORDS} records …\n`);
  const rounds: { readonly handler: number; readonly floor: number }[] = [];
  for (let round = -2; round < ROUNDS; round++) {
    const isHandlerFirst = round % 2 === 0;
    const first = await time(isHandlerFirst ? measureHandler : measureFloor);
    const second = await time(isHandlerFirst ? measureFloor : measureHandler);
    // The first rounds warm up.
    if (round >= 0) rounds.push(isHandlerFirst ? { handler: first, floor: second } : { handler: second, floor: first });
  }

  const replies = await Promise.all(batches.map(({ event }) => handler(event)));
  const results = replies.flatMap(({ records }) => records);
  const eventBytes = results.reduce((sum, { data }) => sum + Buffer.byteLength(data ?? '', 'base64'), 0);
  return {
    passed: results.length === RECORDS && results.every(({ result }) => result === 'Ok'),
    records: RECORDS,
    recordsABatch: BATCH_RECORDS,
    meanLineBytes: Math.round(corpus.reduce((sum, { line }) => sum + line.length, 0) / RECORDS),
    meanEventBytes: Math.round(eventBytes / RECORDS),
    handlerRecordsPerSecond: Math.round(RECORDS / median(rounds.map((round) => round.handler))),
    floorRecordsPerSecond: Math.round(RECORDS / median(rounds.map((round) => round.floor))),
    ratioToFloor: Number(median(rounds.map((round) => round.floor / round.handler)).toFixed(3)),
    rounds: ROUNDS,
    node: process.version,
  };
}

function makeBatches(corpus: readonly { readonly line: Buffer; readonly truth: ClickEvent }[]): Batch[] {
  const batches: Batch[] = [];
  for (let at = 0; at < corpus.length; at += BATCH_RECORDS) {
    const hits = corpus.slice(at, at + BATCH_RECORDS);
    const records = hits.map(
      ({ line }, index): FirehoseTransformationEventRecord => ({
        recordId: `49546986683135544286507457936321625675700192471156785154${String(at + index).padStart(12, '0')}`,
        approximateArrivalTimestamp: 1_791_604_536_000 + at,
        // A shipper includes the line's newline.
        data: Buffer.concat([line, Buffer.of(0x0a)]).toString('base64'),
      }),
    );
    batches.push({
      event: {
        invocationId: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
        deliveryStreamArn: 'arn:aws:firehose:us-east-1:123456789012:deliverystream/clicks',
        region: 'us-east-1',
        records,
      },
      ready: hits.map(({ truth }) => truth),
    });
  }
  return batches;
}

async function runFloor({ event, ready }: Batch): Promise<unknown> {
  const records = event.records.map(({ recordId, data }, at) => {
    Buffer.from(data, 'base64');
    return { recordId, result: 'Ok', data: Buffer.from(`${JSON.stringify(ready[at])}\n`).toString('base64') };
  });
  return { records };
}

async function time(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
