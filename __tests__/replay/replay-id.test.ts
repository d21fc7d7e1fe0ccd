import { type Failure, parseFailure } from '../../replay/failure';
import { toPlaceId, toStoreUuid } from '../../replay/replay-id';
import {
  ARRIVAL_MS,
  accessLine,
  DELIVERY,
  deliveryFailed,
  event,
  objectName,
  PROCESSING,
  processingFailed,
} from '../support/failed-records';

const parsed = (line: string) => parseFailure(line, undefined) as Failure;
const hit = parsed(processingFailed(accessLine('a')));
const key = PROCESSING + objectName(1);

it('makes a UUID of the place that begins with the time of arrival', () => {
  const id = toPlaceId(hit, key, 1);

  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(ARRIVAL_MS);
});

it('gives two equal hits two ids, by line, object and kind', () => {
  const places: [string, number][] = [
    [key, 1],
    [key, 2],
    [PROCESSING + objectName(2), 1],
  ];
  const ids = places.map(([object, line]) => toPlaceId(hit, object, line));
  const refused = parsed(deliveryFailed(event('a'), { esDocumentId: undefined }));
  // Firehose names the objects of one buffer alike.
  ids.push(toPlaceId(refused, DELIVERY + objectName(1), 1));

  expect(new Set(ids).size).toBe(4);
});

it('gives a record the same id wherever its object was copied to, packed or not', () => {
  const ids = [key, objectName(1), `elsewhere/${objectName(1)}.gz`].map((object) => toPlaceId(hit, object, 3));

  expect(new Set(ids).size).toBe(1);
});

it('takes the whole key of a name that may not be unique', () => {
  expect(toPlaceId(hit, 'monday/failed.ndjson', 1)).not.toBe(toPlaceId(hit, 'tuesday/failed.ndjson', 1));
});

it('takes the record’s own id if it has one, wherever it is', () => {
  const named = parsed(processingFailed(accessLine('a'), { recordId: '496.1' }));
  const other = parsed(processingFailed(accessLine('a'), { recordId: '496.2' }));

  expect(toPlaceId(named, key, 1)).toBe(toPlaceId(named, PROCESSING + objectName(2), 9));
  expect(toPlaceId(named, key, 1)).not.toBe(toPlaceId(other, key, 1));
});

it('keeps an id that is a UUID, and makes one of any other', () => {
  const refused = parsed(deliveryFailed(event('a')));

  expect(toStoreUuid(refused, '01A2049E-0000-7000-8000-000000000001')).toBe('01a2049e-0000-7000-8000-000000000001');
  const made = toStoreUuid(refused, `49546986683135544286507457936321625675700192471156785154.0`);
  expect(made).toMatch(/^[0-9a-f-]{36}$/);
  expect(toStoreUuid(refused, `x','); DROP TABLE events; --`)).toMatch(/^[0-9a-f-]{36}$/);
  expect(toStoreUuid(refused, 'another')).not.toBe(made);
});
