import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '../../config/load-settings';
import { settingsCatalogue, variableOf } from '../../config/settings-catalogue';
import { UsageError } from '../../core/errors';

const PRODUCTION = { CLICKSTREAMY_CONFIG: 'config/production.json' };

describe('loadSettings', () => {
  it('loads the workshop by default', () => {
    expect(loadSettings({})).toMatchObject({ region: 'us-east-1', search: { engine: 'Elasticsearch_6.3' } });
  });

  it('loads the file that is named, with defaults for what it leaves out', () => {
    expect(loadSettings(PRODUCTION)).toMatchObject({
      protect: true,
      stream: { name: 'webserver_stream', retrySeconds: 3600 },
    });
  });

  it('overrides a setting by its variable, whatever its type', () => {
    const settings = loadSettings({
      PATH: '/bin',
      CLICKSTREAMY_REGION: 'eu-west-1',
      CLICKSTREAMY_PROTECT: 'true',
      CLICKSTREAMY_TAGS: '{"team":"web"}',
      CLICKSTREAMY_SEARCH_NODES_VOLUME_GIB: '20',
      CLICKSTREAMY_SEARCH_ACCESS_FROM: '198.51.100.7, 2001:db8::/48',
      CLICKSTREAMY_WEBSITE_VISITORS: 'auto',
      CLICKSTREAMY_STREAM_TRANSFORM_MEMORY_MB: '512',
      CLICKSTREAMY_STREAM_INDEX: '2026',
    });

    expect(settings).toMatchObject({
      region: 'eu-west-1',
      protect: true,
      tags: { team: 'web' },
      search: { nodes: { volumeGiB: 20 }, access: { from: ['198.51.100.7/32', '2001:db8::/48'] } },
      website: { visitors: 'auto' },
      stream: { transform: { memoryMB: 512 }, index: '2026' },
    });
  });

  it('ignores empty variables and those of other programs', () => {
    expect(() =>
      loadSettings({ CLICKSTREAMY_REGION: '', CLICKSTREAMY_TOKEN: 'x', CLICKSTREAMY_SITE_HOSTS: 'y' }),
    ).not.toThrow();
  });

  it.each([
    [
      'a misspelt variable',
      { CLICKSTREAMY_SEARCH_NODES_VOLUM_GIB: '20' },
      'CLICKSTREAMY_SEARCH_NODES_VOLUM_GIB, which is not a setting; did you mean CLICKSTREAMY_SEARCH_NODES_VOLUME_GIB?',
    ],
    [
      'a misspelt region',
      { CLICKSTREAMY_REGION: 'us-esat-1' },
      'region is "us-esat-1": must be an AWS region; did you mean us-east-1?',
    ],
    [
      'an engine that is not offered',
      { CLICKSTREAMY_SEARCH_ENGINE: 'OpenSearch_2.12' },
      'search.engine is "OpenSearch_2.12": must be one of',
    ],
    [
      'a malformed CIDR block',
      { CLICKSTREAMY_SEARCH_ACCESS_FROM: '198.51.100.7/33' },
      'search.access.from[0] is "198.51.100.7/33": must be an address or a CIDR block, such as 198.51.100.7/32',
    ],
    ['a range', { CLICKSTREAMY_STREAM_BUFFER_SECONDS: '901' }, 'stream.buffer.seconds is 901: must be at most 900'],
    [
      'a fraction',
      { CLICKSTREAMY_STREAM_BUFFER_MEGABYTES: '1.5' },
      'stream.buffer.megabytes is 1.5: must be a whole number',
    ],
    [
      'a text where true or false is expected',
      { CLICKSTREAMY_PROTECT: 'yes' },
      'protect is "yes": must be true or false',
    ],
    [
      'a retention that CloudWatch does not offer',
      { CLICKSTREAMY_STREAM_LOG_DAYS: '15' },
      'stream.logDays is 15: must be one of 1, 3, 5, 7, 14,',
    ],
    [
      'an unknown alternative',
      { CLICKSTREAMY_STREAM_SOURCE_KIND: 'kinises' },
      'stream.source.kind is "kinises": must be one of "direct", "kinesis"; did you mean kinesis?',
    ],
    [
      'a transform buffer past Lambda’s 6 MB',
      { CLICKSTREAMY_STREAM_TRANSFORM_BUFFER_MEGABYTES: '4' },
      'stream.transform.bufferMegabytes is 4: must be at most 3: more than that, as base64 in JSON, would exceed the 6 MB',
    ],
    [
      'a setting of another alternative',
      { ...PRODUCTION, CLICKSTREAMY_SEARCH_ACCESS_FROM: '198.51.100.7' },
      'search.access.from does not go with the other settings of search.access',
    ],
    [
      'a network too small',
      { CLICKSTREAMY_NETWORK_KIND: 'new', CLICKSTREAMY_NETWORK_CIDR: '10.0.0.0/24' },
      'network.cidr is "10.0.0.0/24": must be an IPv4 block from /16 to /20',
    ],
    [
      'an emulator on another machine',
      { CLICKSTREAMY_EMULATOR: 'http://127.0.0.1.example.org:5000' },
      'must be on this machine',
    ],
    ['a malformed key', { CLICKSTREAMY_KEY: 'mine' }, 'key is "mine": must be "aws", "new" or the ARN of a KMS key'],
  ])('names %s, with its path and its value', (_, environment, message) => {
    const load = () => loadSettings(environment);

    expect(load).toThrow(UsageError);
    expect(load).toThrow(expect.objectContaining({ message: expect.stringContaining(message) }));
  });

  it('reports all faults at once', () => {
    const load = () => loadSettings({ CLICKSTREAMY_REGION: 'mars-1', CLICKSTREAMY_SEARCH_NODES_COUNT: '0' });

    expect(load).toThrow(/region is "mars-1".*; search\.nodes\.count is 0: must be at least 1/);
  });
});

describe('a settings file that a user wrote', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'clickstreamy-settings-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each([
    ['a misspelt section', '{ "serch": {} }', /serch is not a setting; did you mean search\?/],
    [
      'a misspelt setting',
      '{ "search": { "nodes": { "volumeGib": 10 } } }',
      /search\.nodes\.volumeGib is not a setting; did you mean search\.nodes\.volumeGiB\?/,
    ],
    [
      'too little',
      '{ "search": {} }',
      /search\.engine is missing: must be one of .*; search\.access is missing: must be an object; website is missing: must be an object/,
    ],
  ])('that holds %s is refused', (_, text, message) => {
    const file = join(folder, 'settings.json');
    writeFileSync(file, text);

    const load = () => loadSettings({ CLICKSTREAMY_CONFIG: file });

    expect(load).toThrow(UsageError);
    expect(load).toThrow(message);
  });

  it.each([
    ['does not exist', undefined, 'cannot be read: it does not exist.'],
    ['is not JSON', '{ "region": ', 'is not JSON.'],
    ['is a list', '["region"]', 'cannot be used: it must be an object'],
  ])('that %s fails with a code of its own', (_, text, why) => {
    const file = join(folder, 'settings.json');
    if (text !== undefined) writeFileSync(file, text);

    const load = () => loadSettings({ CLICKSTREAMY_CONFIG: file });

    expect(load).toThrow(expect.objectContaining({ code: 'SETTINGS_UNREADABLE' }));
    expect(load).toThrow(`The settings file ${file} ${why}`);
    expect(load).not.toThrow(UsageError);
  });
});

describe('the catalogue', () => {
  it('has a different variable for each setting', () => {
    const variables = settingsCatalogue().map(({ variable }) => variable);

    expect(new Set(variables).size).toBe(variables.length);
    expect(variableOf('search.nodes.volumeGiB')).toBe('CLICKSTREAMY_SEARCH_NODES_VOLUME_GIB');
  });

  it.each(['workshop', 'production'])('has variables that can express the whole of %s', (preset) => {
    const file = { CLICKSTREAMY_CONFIG: `config/${preset}.json` };
    const settings = loadSettings(file);
    const said = settingsCatalogue().flatMap(({ path, variable }) => {
      const value = path.split('.').reduce<unknown>((inner, name) => Object(inner)[name], settings);
      return value === undefined ? [] : [[variable, typeof value === 'string' ? value : JSON.stringify(value)]];
    });

    expect(said.length).toBeGreaterThan(40);
    expect(loadSettings({ ...file, ...Object.fromEntries(said) })).toEqual(settings);
  });

  it('describes each setting', () => {
    expect(settingsCatalogue().filter(({ about }) => about === '')).toEqual([]);
  });
});
