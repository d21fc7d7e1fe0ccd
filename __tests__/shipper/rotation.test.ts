import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { gzipSync } from 'node:zlib';
import { accessLines, openWorkbench, type Workbench } from '../support/shipper-workbench';
import { until } from '../support/until';

let bench: Workbench;
let log: string;
beforeEach(async () => {
  bench = await openWorkbench();
  log = bench.path('access_log');
});
afterEach(() => bench.close());

const arrived = (lines: readonly string[]) =>
  until(() => bench.endpoint.lines.length >= lines.length, { what: 'all lines arrive' });
const sorted = (lines: readonly string[]) => [...lines].sort();

/** Gives a file an age, so that the order is not left to the clock's grain. */
function age(path: string, seconds: number): void {
  const time = Date.now() / 1000 - seconds;
  utimesSync(path, time, time);
}

describe('rows of the Kinesis Agent’s table', () => {
  it('reads `.1` and `.2` beside the log, the oldest first', async () => {
    for (const [index, name] of ['access_log.2', 'access_log.1', 'access_log'].entries()) {
      writeFileSync(bench.path(name), `${name}\n`);
      age(bench.path(name), 300 - index * 100);
    }

    await bench.ship();

    expect(bench.endpoint.lines).toEqual(['access_log.2\n', 'access_log.1\n', 'access_log\n']);
  });

  it('follows two live files of one pattern', async () => {
    const other = bench.path('access_log_ssl');
    writeFileSync(log, '');
    writeFileSync(other, '');
    bench.start();
    const lines = [...accessLines('plain', 50), ...accessLines('ssl', 50)];
    for (let index = 0; index < 50; index += 1) {
      appendFileSync(log, lines[index] ?? '');
      appendFileSync(other, lines[50 + index] ?? '');
      await new Promise(setImmediate);
    }

    await arrived(lines);

    expect(sorted(bench.endpoint.lines)).toEqual(sorted(lines));
  });

  it.each(['access_log', 'access_log*'])(
    'loses nothing when %s is rotated by rename, again and again',
    async (pattern) => {
      const lines = accessLines('a', 400);
      writeFileSync(log, '');
      bench.start({ patterns: [bench.path(pattern)] });
      for (const [index, line] of lines.entries()) {
        // Slower than a look for new logs: what comes and goes between two looks outside the pattern nobody can see.
        if (index % 100 === 99) {
          const there = index + 1 - 100;
          await until(() => bench.endpoint.lines.length > there, { what: 'the log is found' });
          renameSync(log, bench.path(`access_log.${index}`));
        }
        appendFileSync(log, line);
      }

      await arrived(lines);

      expect(sorted(bench.endpoint.lines)).toEqual(sorted(lines));
    },
  );

  it('loses nothing, and sends nothing twice, when a renamed log is gzipped at once', async () => {
    const lines = accessLines('a', 300);
    writeFileSync(log, lines.slice(0, 100).join(''));
    bench.start({ lateWriterSeconds: 0.3 });
    await arrived(lines.slice(0, 100));

    appendFileSync(log, lines.slice(100, 200).join(''));
    renameSync(log, bench.path('access_log.1'));
    writeFileSync(bench.path('access_log.1.gz'), gzipSync(readFileSync(bench.path('access_log.1'))));
    rmSync(bench.path('access_log.1'));
    appendFileSync(log, lines.slice(200).join(''));
    await arrived(lines);
    await until(() => readFileSync(bench.path('checkpoint.json'), 'utf8').includes('access_log.1.gz'), {
      what: 'the archive is taken for what it is',
    });

    expect(sorted(bench.endpoint.lines)).toEqual(sorted(lines));
  });

  it('goes on inside the archive of a log that was rotated and gzipped while it was down', async () => {
    const lines = accessLines('a', 300);
    writeFileSync(log, lines.slice(0, 100).join(''));
    await bench.ship();
    appendFileSync(log, lines.slice(100, 200).join(''));
    writeFileSync(bench.path('access_log.1.gz'), gzipSync(readFileSync(log)));
    rmSync(log);
    writeFileSync(log, lines.slice(200).join(''));

    await bench.ship();
    await bench.ship();

    expect(sorted(bench.endpoint.lines)).toEqual(sorted(lines));
  });

  it('reads a log and its archive once when both are there', async () => {
    const lines = accessLines('a', 300);
    writeFileSync(log, lines.join(''));
    writeFileSync(bench.path('access_log.gz'), gzipSync(lines.join('')));
    age(bench.path('access_log.gz'), 100);

    await bench.ship();
    await bench.ship();

    expect(sorted(bench.endpoint.lines)).toEqual(sorted(lines));
  });

  it('reads on in a renamed log while its writer keeps it open, as at Apache’s graceful restart', async () => {
    const lines = accessLines('a', 120);
    const writer = openSync(log, 'a');
    writeSync(writer, lines.slice(0, 40).join(''));
    bench.start({ patterns: [log] });
    await arrived(lines.slice(0, 40));

    renameSync(log, bench.path('old_log'));
    writeFileSync(log, lines.slice(40, 80).join(''));
    await arrived(lines.slice(0, 80));
    for (const line of lines.slice(80)) {
      writeSync(writer, line);
      await new Promise(setImmediate);
    }
    await arrived(lines);
    closeSync(writer);

    expect(sorted(bench.endpoint.lines)).toEqual(sorted(lines));
  });

  it('closes a log that is gone when its late writer is silent, its last line sent though it has no newline', async () => {
    writeFileSync(log, 'a\n');
    const shipper = bench.start({ patterns: [log], lateWriterSeconds: 0.2 });
    await arrived(['a\n']);

    appendFileSync(log, 'cut sh');
    renameSync(log, bench.path('old_log'));
    await arrived(['a\n', 'cut sh']);
    await until(() => shipper.counts().acknowledged === 2, { what: 'all is acknowledged' });

    expect(bench.endpoint.lines).toEqual(['a\n', 'cut sh']);
  });

  it('reads from the start what copytruncate left, and goes on in the copy', async () => {
    const lines = accessLines('a', 400);
    writeFileSync(log, lines.slice(0, 100).join(''));
    bench.start();
    await arrived(lines.slice(0, 100));

    // The second hundred may be seen only in the copy, the log being truncated at once.
    appendFileSync(log, lines.slice(100, 200).join(''));
    copyFileSync(log, bench.path('access_log.1'));
    truncateSync(log);
    appendFileSync(log, lines.slice(200, 210).join(''));
    await arrived(lines.slice(0, 210));
    appendFileSync(log, lines.slice(210).join(''));
    await arrived(lines);

    expect(sorted(bench.endpoint.lines)).toEqual(sorted(lines));
    expect(bench.warnings).toEqual([expect.stringContaining('was truncated')]);
  });

  it('sees a truncation, though the log has grown past its old end meanwhile', async () => {
    const lines = accessLines('a', 300);
    writeFileSync(log, lines.slice(0, 50).join(''));
    bench.start({ patterns: [log] });
    await arrived(lines.slice(0, 50));

    writeFileSync(log, lines.slice(50).join(''));
    await arrived(lines);

    expect(sorted(bench.endpoint.lines)).toEqual(sorted(lines));
  });

  it.each([
    ['shorter', 20],
    ['longer', 200],
  ])('starts after a truncation while it was down, the log now being %s', async (_, count) => {
    const old = accessLines('old', 100);
    const lines = accessLines('new', count);
    writeFileSync(log, old.join(''));
    await bench.ship();
    writeFileSync(log, lines.join(''));

    await bench.ship();

    expect(bench.endpoint.lines).toEqual([...old, ...lines]);
    expect(bench.warnings).toEqual([expect.stringContaining('is not what was read before')]);
  });

  it('loses nothing when it is stopped before the first success', async () => {
    const lines = accessLines('a', 1000);
    writeFileSync(log, lines.join(''));
    bench.endpoint.behave = () => '503';
    const shipper = bench.start();
    await until(() => bench.endpoint.batches.length > 2, { what: 'it has tried' });
    await shipper.stop();
    bench.endpoint.behave = () => 'accept';

    await bench.ship();

    expect(sorted(bench.endpoint.lines)).toEqual(sorted(lines));
  });
});

describe('files', () => {
  it('goes on in a log that was moved away and came back', async () => {
    const lines = accessLines('a', 60);
    writeFileSync(log, lines.slice(0, 30).join(''));
    bench.start({ lateWriterSeconds: 0 });
    await arrived(lines.slice(0, 30));

    renameSync(log, bench.path('elsewhere'));
    writeFileSync(bench.path('access_log.marker'), 'marker\n');
    await arrived([...lines.slice(0, 30), 'marker\n']);
    appendFileSync(bench.path('elsewhere'), lines.slice(30).join(''));
    renameSync(bench.path('elsewhere'), log);
    await arrived([...lines, 'marker\n']);

    expect(sorted(bench.endpoint.lines)).toEqual(sorted([...lines, 'marker\n']));
  });

  it('takes a new log on a deleted one’s inode for a new one', async () => {
    writeFileSync(log, 'the first log\n');
    await bench.ship();
    const checkpoint = JSON.parse(readFileSync(bench.path('checkpoint.json'), 'utf8'));
    rmSync(log);
    writeFileSync(log, 'another log, which is longer than the first\n');
    // Whether the file system gave the inode again is its own affair: the checkpoint is made to say so.
    const again = bench.path('again.json');
    await bench.ship({ checkpointFile: again });
    checkpoint.contents[0].file = JSON.parse(readFileSync(again, 'utf8')).contents[0].file;
    writeFileSync(bench.path('checkpoint.json'), JSON.stringify(checkpoint));
    bench.endpoint.lines.length = 0;

    await bench.ship();

    expect(bench.endpoint.lines).toEqual(['another log, which is longer than the first\n']);
  });

  it('reads equal logs that are there from the start separately', async () => {
    const lines = accessLines('a', 100);
    for (const name of ['access_log', 'access_log.1', 'access_log.2']) writeFileSync(bench.path(name), lines.join(''));

    await bench.ship();
    await bench.ship();

    expect(sorted(bench.endpoint.lines)).toEqual(sorted([...lines, ...lines, ...lines]));
  });

  it('reads a file once, whatever its names', async () => {
    writeFileSync(log, 'a\n');
    symlinkSync(log, bench.path('access_log_link'));

    await bench.ship({ patterns: [bench.path('access_log*'), log, bench.path('*log*')] });

    expect(bench.endpoint.lines).toEqual(['a\n']);
  });

  it('finds logs in folders, with braces and sets', async () => {
    mkdirSync(bench.path('a/b'), { recursive: true });
    for (const name of ['a/access.log', 'a/b/access-1.log', 'a/b/other.log', 'x1.log', 'x2.log', 'x3.log'])
      writeFileSync(bench.path(name), `${name}\n`);

    await bench.ship({ patterns: [bench.path('a/**/access*.log'), bench.path('x[12].log'), bench.path('{x3,y}.log')] });

    expect(sorted(bench.endpoint.lines)).toEqual(
      sorted(['a/access.log\n', 'a/b/access-1.log\n', 'x1.log\n', 'x2.log\n', 'x3.log\n']),
    );
  });

  it('reads a path with the signs of a glob in it as the path it is', async () => {
    writeFileSync(bench.path('odd[1].log'), 'odd\n');

    await bench.ship({ patterns: [bench.path('odd[1].log')] });

    expect(bench.endpoint.lines).toEqual(['odd\n']);
  });

  it('skips folders that a pattern matches, and pipes, without ever waiting for one', async () => {
    writeFileSync(log, 'a\n');
    mkdirSync(bench.path('access_log.d'));
    execFileSync('mkfifo', [bench.path('access_log.pipe')]);

    await bench.ship();

    expect(bench.endpoint.lines).toEqual(['a\n']);
  });

  it('says that a path is not a file', async () => {
    execFileSync('mkfifo', [bench.path('pipe')]);

    for (const path of [bench.folder, bench.path('pipe')])
      await expect(bench.start({ patterns: [path] }).finished).rejects.toMatchObject({
        code: 'LOG_NOT_FOUND',
        message: expect.stringContaining(`${path} is not a file`),
      });
  });

  it('says which file cannot be read', async () => {
    const loop = bench.path('access_log_loop');
    symlinkSync(loop, loop);

    await expect(bench.start({ patterns: [loop] }).finished).rejects.toMatchObject({
      code: 'LOG_UNREADABLE',
      message: expect.stringContaining('access_log_loop cannot be read'),
    });
  });

  it.each([{}, { once: true }])('says which pattern matches nothing (%j)', async (props) => {
    const { finished } = bench.start(props);

    await expect(finished).rejects.toMatchObject({
      code: 'LOG_NOT_FOUND',
      message: expect.stringContaining(bench.path('access_log*')),
    });
  });

  it('deletes no trace of a log that is deleted before it was all sent', async () => {
    const lines = accessLines('a', 3000);
    writeFileSync(log, lines.join(''));
    bench.endpoint.behave = () => '503';
    bench.start();
    await until(() => bench.endpoint.batches.length > 4, { what: 'it tries' });
    rmSync(log);
    bench.endpoint.behave = () => 'accept';

    await arrived(lines);

    expect(sorted(bench.endpoint.lines)).toEqual(sorted(lines));
  });
});
