/** What each request of Firehose's protocol does, once it is read. */
import { fitsSources, type RecordSource } from '../core/record-source';
import type { DeliveryStream } from './delivery-stream';
import type { Fate } from './faults';
import { type Put, parseDescribe, parseList, parsePutRecord, parsePutRecordBatch, RequestError } from './requests';

/** A request, less its wire. */
export interface ActionRequest {
  readonly body: object;
  /** Where the records come from, if the sender says so. */
  readonly sources: readonly RecordSource[];
}

export interface ActionReply {
  readonly body: object;
  /** A fault made on purpose: the reply is not sent whole, or not at all. */
  readonly lost?: 'silent' | 'broken';
}

export type Action = (request: ActionRequest) => Promise<ActionReply>;

export interface ActionsProps {
  readonly streams: readonly DeliveryStream[];
  /** How long a put waits for capacity in the stream. */
  readonly patienceSeconds: number;
  /** Called with each put before it is accepted. */
  readonly received: (put: Put) => void;
  /** Called after each put that was answered with anything but an error. */
  readonly answered: (stream: string, seconds: number) => void;
  /** Called once for each put: the fault that it gets. */
  readonly nextFate: () => Fate;
}

export function toActions(props: ActionsProps): ReadonlyMap<string, Action> {
  const byName = new Map(props.streams.map((stream) => [stream.name, stream]));

  function streamNamed(name: string): DeliveryStream {
    const stream = byName.get(name);
    if (stream !== undefined) return stream;
    const message = `Firehose ${name} under account 000000000000 not found.`;
    throw new RequestError(400, 'ResourceNotFoundException', message);
  }

  async function put(request: Put, sources: readonly RecordSource[]): Promise<PutResult> {
    const started = performance.now();
    if (sources.length > 0 && !fitsSources(request.records, sources)) throw badSources('do not fit the records');
    const stream = streamNamed(request.stream);
    props.received(request);
    const { patienceSeconds } = props;
    const fate = props.nextFate();
    const result = await putWithFate(stream, request.records, { sources, patienceSeconds }, fate);
    props.answered(stream.name, (performance.now() - started) / 1000);
    return result;
  }

  return new Map<string, Action>([
    ['PutRecord', async ({ body, sources }) => toRecordReply(await put(parsePutRecord(body), sources))],
    ['PutRecordBatch', async ({ body, sources }) => toBatchReply(await put(parsePutRecordBatch(body), sources))],
    // Not Firehose's: with it a shipper knows that the stream takes each line once, and where to go on.
    [
      'DescribePositions',
      async ({ body }) => ({ body: describePositions(streamNamed(parseDescribe(body).DeliveryStreamName)) }),
    ],
    [
      'DescribeDeliveryStream',
      async ({ body }) => ({ body: describeStream(streamNamed(parseDescribe(body).DeliveryStreamName)) }),
    ],
    ['ListDeliveryStreams', async ({ body }) => ({ body: listStreams([...byName.keys()].sort(), parseList(body)) })],
  ]);
}

interface PutResult {
  /** By record; undefined for one that failed. */
  readonly ids: readonly (string | undefined)[];
  readonly lost?: 'silent' | 'broken';
}

async function putWithFate(
  stream: DeliveryStream,
  records: readonly Uint8Array[],
  options: { readonly sources: readonly RecordSource[]; readonly patienceSeconds: number },
  { fault, fails }: Fate,
): Promise<PutResult> {
  switch (fault) {
    case undefined:
      return { ids: await stream.putRecords(records, options) };
    case 'refused':
      throw new RequestError(503, 'ServiceUnavailableException', 'Slow down.');
    case 'silent':
      return { ids: [], lost: 'silent' };
    case 'broken':
      return { ids: await stream.putRecords(records, options), lost: 'broken' };
    case 'partial': {
      const failed = records.map((_, index) => fails(index, records.length));
      // A sender that says where records come from sends the whole batch again, and the stream knows what it has.
      const accepted = options.sources.length > 0 ? records : records.filter((_, index) => !failed[index]);
      const ids = [...(await stream.putRecords(accepted, options))];
      const idOf = (isFailed: boolean) => {
        const id = options.sources.length > 0 || !isFailed ? ids.shift() : undefined;
        return isFailed ? undefined : id;
      };
      return { ids: failed.map(idOf) };
    }
  }
}

function toRecordReply({ ids, lost }: PutResult): ActionReply {
  const [RecordId] = ids;
  if (RecordId === undefined && lost === undefined)
    throw new RequestError(503, 'ServiceUnavailableException', 'Slow down.');
  return { body: { RecordId, Encrypted: false }, ...(lost !== undefined && { lost }) };
}

function toBatchReply({ ids, lost }: PutResult): ActionReply {
  const failed = { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' };
  const body = {
    FailedPutCount: ids.filter((id) => id === undefined).length,
    Encrypted: false,
    RequestResponses: ids.map((RecordId) => (RecordId === undefined ? failed : { RecordId })),
  };
  return { body, ...(lost !== undefined && { lost }) };
}

function describeStream({ name, arn, openedAt }: DeliveryStream): object {
  return {
    DeliveryStreamDescription: {
      DeliveryStreamName: name,
      DeliveryStreamARN: arn,
      DeliveryStreamStatus: 'ACTIVE',
      DeliveryStreamType: 'DirectPut',
      VersionId: '1',
      CreateTimestamp: openedAt.getTime() / 1000,
      Destinations: [{ DestinationId: 'destinationId-000000000001' }],
      HasMoreDestinations: false,
    },
  };
}

function describePositions(stream: DeliveryStream): object {
  return { Positions: stream.positions().all() };
}

function listStreams(names: readonly string[], request: ReturnType<typeof parseList>): object {
  const { DeliveryStreamType: type = 'DirectPut', ExclusiveStartDeliveryStreamName: after = '', Limit } = request;
  const left = type === 'DirectPut' ? names.filter((name) => name > after) : [];
  return { DeliveryStreamNames: left.slice(0, Limit), HasMoreDeliveryStreams: left.length > Limit };
}

/** For a sender of ours that has a bug. */
export function badSources(why: string): RequestError {
  return new RequestError(400, 'ValidationException', `1 validation error detected: the sources ${why}`);
}
