/** What becomes of records that a delivery stream does not accept at once. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openRecordPutter, type RecordPutter } from '../../../core/put-records';
import { FATES } from '../../../traffic/outputs/put-backlog';
import { PutQueue } from '../../../traffic/outputs/put-queue';
import { type Endpoint, openEndpoint } from '../../support/shipper-endpoint';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

let endpoint: Endpoint;
let putter: RecordPutter;
beforeEach(async () => {
  endpoint = await openEndpoint();
  putter = await openRecordPutter({ stream: 'clicks', endpoint: endpoint.url });
});
afterEach(async () => {
  putter.close();
  await endpoint.close();
});

const openQueue = (patienceMs = 20_000) => new PutQueue({ putter, calls: 2, patienceMs });
/** Records of three bytes: `r0\n`. */
const put = (queue: PutQueue, count: number) => {
  const lines = Array.from({ length: count }, (_, place) => `r${place % 10}\n`);
  return queue.put(
    Buffer.from(lines.join('')),
    Uint32Array.from(lines, (_, place) => 3 * (place + 1)),
  );
};

describe('records', () => {
  it('are sent again until they are accepted, and no other is', async () => {
    endpoint.behave = (call) => (index) => call < 3 && index % 2 === 0;

    const { fates, error } = await put(openQueue(), 1000);

    expect(error).toBeUndefined();
    expect(new Set(fates)).toEqual(new Set([FATES.taken]));
    expect(endpoint.lines).toHaveLength(1000);
  });

  it.each([
    ['503', FATES.refused],
    ['throttle', FATES.refused],
    ['reset', FATES.lost],
    ['empty', FATES.lost],
  ] as const)(
    'are given up when a stream answers nothing but %s, and it is said whether they may be there',
    async (behaviour, fate) => {
      endpoint.behave = () => behaviour;

      const { fates, error } = await put(openQueue(500), 10);

      expect(error).toMatchObject({ code: 'FIREHOSE_AWAY' });
      expect([...fates]).toEqual(Array(10).fill(fate));
      expect(endpoint.batches.length).toBeGreaterThan(1);
    },
  );

  it('are not retried once the run is stopped', async () => {
    endpoint.behave = (call) => (call === 0 ? 'accept' : '503');
    const queue = openQueue();
    await put(queue, 5);

    const under = put(queue, 5);
    queue.stop(1000);

    expect([...(await under).fates]).toEqual(Array(5).fill(FATES.refused));
  });

  it('are not tried at all after the stream has turned out not to exist', async () => {
    endpoint.behave = () => 'not-found';
    const queue = openQueue();

    const [first, second] = [await put(queue, 5), await put(queue, 5)];

    expect(first.error).toMatchObject({ code: 'FIREHOSE_REFUSED' });
    expect([...first.fates]).toEqual(Array(5).fill(FATES.refused));
    expect([...second.fates]).toEqual(Array(5).fill(FATES.unsent));
    expect(endpoint.batches).toHaveLength(1);
  });

  it('of one megabyte go four in a call', async () => {
    const [size, count] = [1000 * 1024, 6];
    const ends = Uint32Array.from({ length: count }, (_, place) => size * (place + 1));

    await openQueue().put(Buffer.alloc(size * count, 'x'), ends);

    expect(endpoint.batches.map(({ length }) => length)).toEqual([4, 2]);
  });
});
