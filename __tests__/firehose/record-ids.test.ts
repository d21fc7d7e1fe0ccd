import { MAX_RECORDS_A_BATCH, openIdSource, toRecordId } from '../../firehose/record-ids';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

it('gives every record of a full batch its own UUIDv7, in order', () => {
  const idAt = toRecordId(openIdSource()());

  const ids = Array.from({ length: MAX_RECORDS_A_BATCH }, (_, index) => idAt(index));

  expect(ids.every((id) => UUID_V7.test(id))).toBe(true);
  expect([...new Set(ids)].sort()).toEqual(ids);
});

it('holds the time of acceptance in its first 48 bits', () => {
  const at = Date.UTC(2026, 10, 23, 7, 29, 26, 123);

  const id = toRecordId(openIdSource(() => at)())(0);

  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(at);
});

it('sorts by acceptance within a millisecond, past 4,096 batches in one, and when the clock goes back', () => {
  let now = 1_800_000_000_000;
  const nextBase = openIdSource(() => now);

  const ids = Array.from({ length: 10_000 }, (_, batch) => {
    if (batch === 9_000) now -= 60_000;
    return toRecordId(nextBase())(7);
  });

  expect([...new Set(ids)].sort()).toEqual(ids);
});
