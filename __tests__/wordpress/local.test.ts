import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { builtFile } from '../../core/package-root';
import { describeWordPress } from '../support/needs-wordpress';
import { until } from '../support/until';
import { newFolder } from '../support/use-wordpress-site';

describeWordPress('clickstreamy local --site wordpress', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await newFolder();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('brings what visitors do on a real WordPress into the store, and leaves nothing behind, in a folder named relatively', async () => {
    const args = [
      'local',
      '--site',
      'wordpress',
      '--port',
      '0',
      '--ui-port',
      '0',
      '--rate',
      '40',
      '--errors',
      '0.2',
      '--data',
      basename(folder),
      '--json',
    ];
    const child = spawn(process.execPath, [builtFile('cli.js'), ...args], { cwd: dirname(folder) });
    const out = text(child.stdout);
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const page = await until(() => /page {4}(\S+)/.exec(said)?.[1], {
      what: 'WordPress is installed',
      deadlineMs: 50_000,
    });
    const stored = async () => {
      const overview = await fetch(`${page}api/overview?minutes=all`);
      return ((await overview.json()) as { status: { stored: number } }).status.stored;
    };
    await until(async () => (await stored()) >= 150, { what: '150 lines are stored', deadlineMs: 50_000 });

    child.kill('SIGINT');
    const [code] = await once(child, 'close');

    const report = JSON.parse(await out);
    expect(code).toBe(0);
    expect(said).toMatch(/WordPress: installing WordPress/);
    expect(report).toMatchObject({ processingFailed: 0, deliveryFailed: 0, dropped: 0, waiting: 0 });
    expect(report.stored).toBe(report.read);
    expect(report.signUps).toBeGreaterThan(0);
    expect(report.users).toBeGreaterThan(0);
    expect(report.byStatus['500'] / report.stored).toBeCloseTo(0.2, 1);
    expect(spawnSync('pgrep', ['-af', folder], { encoding: 'utf8' }).stdout).toBe('');
  });
});
