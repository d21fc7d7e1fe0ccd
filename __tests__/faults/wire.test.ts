/** A shipper that sends over HTTP, through a proxy that loses, cuts and delays. */
import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { type FirehoseEndpoint, startFirehoseEndpoint } from '../../firehose/endpoint';
import { FirehoseSink } from '../../shipper/firehose-sink';
import type { Shipper } from '../../shipper/shipper';
import { randomFrom, seedOf } from '../support/faults/random';
import { type Mishap, openUnreliableProxy, type UnreliableProxy } from '../support/faults/unreliable-proxy';
import { accessLines, openWorkbench, type Workbench } from '../support/shipper-workbench';
import { keepingStore, openStream, useFolder } from '../support/stream-fixture';
import { until } from '../support/until';

const STREAM = 'webserver_stream';
let bench: Workbench;
let proxy: UnreliableProxy;
beforeEach(async () => {
  bench = await openWorkbench();
});
afterEach(async () => {
  await proxy.close();
  await bench.close();
});

/** Most requests pass. The first one passes: a stream that cannot be asked is no stream of ours. */
function mishapsFrom(random: () => number, mishaps: readonly Mishap[]): (request: number) => Mishap {
  return (request) =>
    request === 0 || random() < 0.6 ? 'none' : (mishaps[Math.floor(random() * mishaps.length)] ?? 'none');
}

function ship(): Shipper {
  const warn = (sentence: string) => bench.warnings.push(sentence);
  const noteFile = bench.path('in-flight.json');
  return bench.start({ sink: new FirehoseSink({ deliveryStream: STREAM, endpoint: proxy.url, noteFile, warn }) });
}

describe('to a stream of ours', () => {
  const folder = useFolder();
  const store = keepingStore();
  let stream: Awaited<ReturnType<typeof openStream>>;
  let endpoint: FirehoseEndpoint;
  beforeEach(async () => {
    stream = await openStream(folder(), { store, bufferSeconds: 0.2 });
    endpoint = await startFirehoseEndpoint({ streams: [stream], port: 0 });
    proxy = await openUnreliableProxy(new URL(endpoint.url));
  });
  // Before the folder goes, hence after what is registered above.
  afterEach(() => Promise.all([endpoint.close(), stream.close()]));

  it('arrives once through resets, lost, cut and late replies, and restarts of the shipper', async () => {
    const random = randomFrom(seedOf());
    const log = bench.path('access_log');
    const lines = accessLines('a', 40_000);
    writeFileSync(log, '');
    const mishaps = mishapsFrom(random, ['reset', 'lost', 'cut']);
    proxy.mishapOf = (request) => (request === 10 ? 'late' : mishaps(request));

    for (let part = 0; part < 4; part++) {
      appendFileSync(log, lines.slice(part * 10_000, (part + 1) * 10_000).join(''));
      const shipper = ship();
      await until(() => shipper.counts().acknowledged > 5000, { what: 'it ships' });
      await shipper.stop();
      renameSync(log, `${log}.${part}`);
      writeFileSync(log, '');
    }
    const last = ship();
    await until(() => new Set(store.documents.values()).size === lines.length, { what: 'all lines arrive' });
    await last.stop();
    await stream.drain();

    expect([...proxy.mishaps.keys()].sort()).toEqual(['cut', 'late', 'lost', 'none', 'reset']);
    expect([...store.documents.values()].sort()).toEqual([...lines].sort());
    expect(last.counts().uncertain).toBe(0);
  });
});

it('arrives at another stream at least once: what may be there twice is counted and named', async () => {
  const random = randomFrom(seedOf());
  proxy = await openUnreliableProxy(bench.endpoint.url);
  proxy.mishapOf = mishapsFrom(random, ['reset', 'lost', 'cut']);
  const lines = accessLines('a', 20_000);
  writeFileSync(bench.path('access_log'), lines.join(''));

  const shipper = ship();
  await until(() => shipper.counts().acknowledged === lines.length, { what: 'all lines are acknowledged' });
  await shipper.stop();

  expect(new Set(bench.endpoint.lines)).toEqual(new Set(lines));
  const surplus = bench.endpoint.lines.length - lines.length;
  expect(surplus).toBeGreaterThan(0);
  expect(shipper.counts().uncertain).toBeGreaterThanOrEqual(surplus);
  const named = bench.warnings.filter((warning) => /There was no answer .* bytes \d+ to \d+/.test(warning));
  expect(named.length).toBe(bench.warnings.filter((warning) => warning.includes('There was no answer')).length);
  expect(named.length * 500).toBeGreaterThanOrEqual(surplus);
});
