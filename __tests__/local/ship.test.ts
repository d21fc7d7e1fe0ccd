import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type FirehoseEndpoint, startFirehoseEndpoint } from '../../firehose/endpoint';
import { type ShipOptions, type ShipResult, ship } from '../../local/ship';
import { planOfAgent } from '../../local/ship-plan';
import { parseAgentConfig } from '../../site/read-agent-config';
import { type Endpoint, openEndpoint } from '../support/shipper-endpoint';
import { accessLines } from '../support/shipper-workbench';
import { keepingStore, openStream } from '../support/stream-fixture';
import { until } from '../support/until';

let folder: string;
let endpoint: Endpoint;
let ending: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ship-'));
  endpoint = await openEndpoint();
});

afterEach(async () => {
  endpoint.release();
  for (const end of ending) await end();
  ending = [];
  await endpoint.close();
  rmSync(folder, { recursive: true, force: true });
});

const path = (name: string) => join(folder, name);

interface Running {
  readonly result: Promise<ShipResult>;
  readonly warnings: string[];
  stop(): Promise<ShipResult>;
}

function start(options: Partial<ShipOptions>): Running {
  const stopping = new AbortController();
  const warnings: string[] = [];
  const result = ship({
    flows: [{ stream: 'clicks', patterns: [path('access_log*')], startAt: 'start' }],
    endpoint: endpoint.url,
    region: undefined,
    checkpointFolder: path('checkpoint'),
    once: false,
    mayBeMissing: false,
    signal: stopping.signal,
    onProgress: () => {},
    warn: (sentence) => warnings.push(sentence),
    ...options,
  });
  result.catch(() => {});
  const stop = () => {
    stopping.abort();
    return result;
  };
  ending.push(() => stop().catch(() => {}));
  return { result, warnings, stop };
}

it('ships a log once and goes on from there', async () => {
  writeFileSync(path('access_log'), accessLines('a', 600).join(''));
  const { report, failure } = await start({ once: true }).result;
  appendFileSync(path('access_log'), 'later\n');

  const second = await start({ once: true }).result;

  expect(failure).toBeUndefined();
  expect(report).toMatchObject({ read: 600, acknowledged: 600, tooLong: 0, uncertain: 0 });
  expect(report.streams['clicks']).toMatchObject({ read: 600, acknowledged: 600 });
  expect(second.report).toMatchObject({ read: 1, acknowledged: 1 });
  expect(endpoint.lines).toEqual([...accessLines('a', 600), 'later\n']);
});

it('keeps its checkpoint to itself: folders 0700, files 0600', async () => {
  writeFileSync(path('access_log'), 'a\n');

  await start({ once: true }).result;

  expect(statSync(path('checkpoint/clicks')).mode & 0o777).toBe(0o700);
  expect(statSync(path('checkpoint/clicks/shipper.json')).mode & 0o777).toBe(0o600);
});

it('has one process a checkpoint', async () => {
  writeFileSync(path('access_log'), 'a\n');
  start({});
  await until(() => endpoint.lines.length === 1, { what: 'the first has shipped' });

  await expect(start({ once: true }).result).rejects.toMatchObject({ code: 'DATA_FOLDER_IN_USE' });
});

it('says that a checkpoint folder is a file', async () => {
  writeFileSync(path('access_log'), 'a\n');
  writeFileSync(path('checkpoint'), '');

  await expect(start({ once: true }).result).rejects.toMatchObject({ code: 'DATA_FOLDER_UNUSABLE' });
});

it('follows no link in its checkpoint folder', async () => {
  writeFileSync(path('access_log'), 'a\n');
  writeFileSync(path('victim'), 'precious');
  mkdirSync(path('checkpoint/clicks'), { recursive: true });
  symlinkSync(path('victim'), path('checkpoint/clicks/shipper.json.new'));

  await expect(start({ once: true }).result).rejects.toMatchObject({
    code: 'DATA_FOLDER_UNUSABLE',
    message: expect.stringContaining('--checkpoint'),
  });
  expect(readFileSync(path('victim'), 'utf8')).toBe('precious');
});

it('ships all flows of an agent.json, each to its stream', async () => {
  const config = {
    'firehose.endpoint': endpoint.url.href,
    flows: ['shop', 'blog'].map((name) => ({
      filePattern: path(`${name}.log*`),
      deliveryStream: name,
      initialPosition: 'START_OF_FILE',
    })),
  };
  writeFileSync(path('shop.log'), accessLines('s', 3).join(''));
  writeFileSync(path('blog.log'), accessLines('b', 2).join(''));
  const plan = planOfAgent(parseAgentConfig(JSON.stringify(config), 'agent.json'), 'agent.json');

  const { report } = await start({ ...plan, checkpointFolder: path('cp'), once: true }).result;

  expect(report).toMatchObject({ read: 5, streams: { shop: { acknowledged: 3 }, blog: { acknowledged: 2 } } });
  expect([...endpoint.lines].sort()).toEqual([...accessLines('b', 2), ...accessLines('s', 3)]);
});

it('goes on with the other streams when one refuses its records', async () => {
  writeFileSync(path('a.log'), 'a\n');
  writeFileSync(path('b.log'), 'b\n');
  endpoint.behave = (request) => (request === 0 ? 'not-found' : 'accept');
  const flows = ['a', 'b'].map((stream) => ({ stream, patterns: [path(`${stream}.log`)], startAt: 'start' as const }));

  const { report, failure } = await start({ flows, once: true }).result;

  expect(failure).toMatchObject({ code: 'FIREHOSE_REFUSED' });
  expect(report).toMatchObject({ read: 2, acknowledged: 1 });
});

describe('from the end', () => {
  const flows = () => [{ stream: 'clicks', patterns: [path('access_log*')], startAt: 'end' as const }];

  it('leaves out what was there at the first start, archives too, and begins with a whole line', async () => {
    writeFileSync(path('access_log.1.gz'), gzipSync(accessLines('archive', 100).join('')));
    writeFileSync(path('access_log'), `${accessLines('old', 100).join('')}begun `);
    const running = start({ flows: flows() });
    await until(() => checkpoint()?.length === 2, { what: 'both logs are in the checkpoint' });

    appendFileSync(path('access_log'), 'and ended\nnew\n');
    await until(() => endpoint.lines.length === 2, { what: 'the new lines arrive' });
    await running.stop();

    expect(endpoint.lines).toEqual(['begun and ended\n', 'new\n']);
  });

  it('ships everything that is written while it is down', async () => {
    writeFileSync(path('access_log'), 'old\n');
    const running = start({ flows: flows() });
    await until(() => checkpoint()?.length === 1, { what: 'the log is in the checkpoint' });
    await running.stop();
    appendFileSync(path('access_log'), 'new\n');
    writeFileSync(path('access_log-2'), 'another\n');

    await start({ flows: flows(), once: true }).result;

    expect([...endpoint.lines].sort()).toEqual(['another\n', 'new\n']);
  });

  it('leaves out nothing of an empty log, though it ends before a first line is accepted', async () => {
    writeFileSync(path('access_log'), '');
    const running = start({ flows: flows() });
    await until(() => checkpoint() !== undefined, { what: 'there is a checkpoint' });
    await running.stop();
    writeFileSync(path('access_log'), 'first\n');

    await start({ flows: flows(), once: true }).result;

    expect(endpoint.lines).toEqual(['first\n']);
  });

  function checkpoint(): readonly unknown[] | undefined {
    try {
      return JSON.parse(readFileSync(path('checkpoint/clicks/shipper.json'), 'utf8')).contents;
    } catch {
      return undefined;
    }
  }
});

it('takes relative paths, with spaces and letters of any language', async () => {
  const place = path('Протоколы und Größe');
  mkdirSync(place);
  writeFileSync(join(place, 'zugriff übersicht.log'), 'a\n');
  const before = process.cwd();
  process.chdir(folder);
  ending.push(async () => process.chdir(before));
  const flows = [{ stream: 'clicks', patterns: ['Протоколы und Größe/zugriff *.log'], startAt: 'start' as const }];

  const { report } = await start({ flows, checkpointFolder: 'stand der dinge ß', once: true }).result;

  expect(report).toMatchObject({ read: 1, acknowledged: 1 });
  expect(statSync(path('stand der dinge ß/clicks/shipper.json')).isFile()).toBe(true);
});

it('reaches an endpoint of ours, where a checkpoint that is lost doubles nothing', async () => {
  const store = keepingStore();
  const stream = await openStream(path('data'), { store, name: 'clicks' });
  const ours: FirehoseEndpoint = await startFirehoseEndpoint({ streams: [stream], port: 0 });
  ending.push(async () => {
    await ours.close();
    await stream.close();
  });
  writeFileSync(path('access_log'), accessLines('a', 1000).join(''));
  const options = { endpoint: new URL(ours.url), once: true };

  await start(options).result;
  rmSync(path('checkpoint'), { recursive: true });
  await start(options).result;
  await stream.drain();

  expect(store.documents.size).toBe(1000);
});
