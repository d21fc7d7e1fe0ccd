import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../core/package-root';

/** cdktf.json and `npm run synth` run the same script. */
describe('npm run synth', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'clickstreamy-synth-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const synth = (environment: Readonly<Record<string, string>>) =>
    spawnSync(process.execPath, ['scripts/synth.mjs'], {
      cwd: packageRoot,
      env: {
        PATH: process.env['PATH'],
        CDKTF_OUTDIR: folder,
        CLICKSTREAMY_WEBSITE_VISITORS: '198.51.100.7',
        ...environment,
      },
      encoding: 'utf8',
    });
  const stack = (name: string) => join(folder, 'stacks', name, 'cdk.tf.json');

  it('writes the workshop’s three stacks, prints nothing on standard output, and warns about the engine’s age', () => {
    const { status, stdout, stderr } = synth({ CLICKSTREAMY_SEARCH_ACCESS_FROM: '198.51.100.7' });

    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(['search', 'delivery', 'website'].map(stack).filter(existsSync)).toHaveLength(3);
    expect(stderr).toMatch(
      /^warning: search: Elasticsearch_6\.3 is past its standard support, which ended on 2025-11-07.*\n$/,
    );
  });

  it('says what it made and what comes next, when it is npm that runs it', () => {
    const settings = { CLICKSTREAMY_SEARCH_ACCESS_FROM: '198.51.100.7', npm_lifecycle_event: 'synth' };

    const { status, stdout, stderr } = synth(settings);

    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toContain(`\n3 stacks in ${folder}: delivery, search, website\n→ \`npm run deploy -- plan\``);
  });

  it('deploys the very bundle that was built, and the agent that ships to the stream', () => {
    const { status } = synth({ CLICKSTREAMY_CONFIG: 'config/production.json', CLICKSTREAMY_STREAM_NAME: 'clicks' });

    const delivery = JSON.parse(readFileSync(stack('delivery'), 'utf8'));
    const website = JSON.parse(readFileSync(stack('website'), 'utf8'));
    const [deployed] = Object.values<Record<string, string>>(delivery.resource.aws_lambda_function);
    const [script] = Object.values<string>(website.locals);
    const zip = readFileSync(join(folder, 'stacks', 'delivery', deployed?.['filename'] ?? ''));
    expect(status).toBe(0);
    expect(zip.includes(readFileSync(join(packageRoot, 'dist', 'lambda', 'index.js')))).toBe(true);
    expect(script).toContain('"deliveryStream": "clicks"');
  });

  it.each([
    [
      'a setting out of its range',
      { CLICKSTREAMY_STREAM_BUFFER_SECONDS: '1000' },
      /^error \[USAGE\]: stream\.buffer\.seconds is 1000: must be at most 900\n→ .+\n$/,
    ],
    [
      'two settings that do not fit',
      {
        CLICKSTREAMY_SEARCH_ACCESS_FROM: '198.51.100.7',
        CLICKSTREAMY_STREAM_TYPE_NAME: '',
        CLICKSTREAMY_SEARCH_ENGINE: 'OpenSearch_2.19',
      },
      /^error \[USAGE\]: delivery\/delivery: OpenSearch_2\.19 takes no type name, but the setting is clickstream\n→ .+\n$/,
    ],
  ])('ends with exit code 2 on %s, and writes nothing to deploy', (_, environment, message) => {
    const { status, stderr } = synth(environment);

    expect(status).toBe(2);
    expect(stderr).toMatch(message);
    expect(existsSync(join(folder, 'manifest.json'))).toBe(false);
  });

  it('ends with exit code 1 on a settings file that does not exist', () => {
    const { status, stderr } = synth({ CLICKSTREAMY_CONFIG: 'nope.json' });

    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^error \[SETTINGS_UNREADABLE\]: The settings file .*nope\.json cannot be read: it does not exist\.\n→ .+\n$/,
    );
    expect(existsSync(join(folder, 'manifest.json'))).toBe(false);
  });
});
