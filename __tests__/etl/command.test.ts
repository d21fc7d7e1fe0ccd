import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { builtFile } from '../../core/package-root';

const LINE = '203.0.113.7 - - [10/Oct/2026:13:55:36 +0000] "GET /a/ HTTP/1.1" 200 5 "https://shop.example.org/b" "-"';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'etl-command-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function start(...args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [builtFile('cli.js'), 'etl', ...args], { cwd: folder });
}

async function etl(input: string | Buffer, ...args: readonly string[]) {
  const child = start(...args);
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr };
}

const jsonLines = (lines: string) =>
  lines
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

describe('clickstreamy etl', () => {
  it('reads standard input, writes events to standard output and a summary to standard error', async () => {
    const { code, stdout, stderr } = await etl(`${LINE}\nGARBAGE\n\n${LINE}`);

    expect(code).toBe(0);
    expect(jsonLines(stdout)).toMatchObject([{ page: '/a/' }, { page: '/a/' }]);
    expect(stderr).toMatch(/^4 lines: 2 events, 1 rejected \(shape 1\), 1 blank; .* lines\/s\)\n/);
  });

  it('gives the summary as one line of JSON on standard error with --json', async () => {
    const { code, stderr } = await etl(`${LINE}\nGARBAGE\n\n`, '--json');

    expect(code).toBe(0);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(stderr)).toEqual({
      lines: 3,
      events: 1,
      rejected: 1,
      byReason: { shape: 1 },
      blank: 1,
      nulBytes: 0,
      bytes: LINE.length + 10,
      seconds: expect.any(Number),
      linesPerSecond: expect.any(Number),
    });
  });

  it('reads files in order, including gzipped ones and standard input', async () => {
    const [one, two] = [
      file('one.gz', gzipSync(LINE.replace('/a/', '/one/'))),
      file('123', LINE.replace('/a/', '/three/')),
    ];

    const { code, stdout } = await etl(gzipSync(LINE.replace('/a/', '/two/')), one, '-', two);

    expect(code).toBe(0);
    expect(jsonLines(stdout).map(({ page }) => page)).toEqual(['/one/', '/two/', '/three/']);
  });

  it('accepts a file whose name is a number', async () => {
    file('123', LINE);

    expect(await etl('', '123')).toMatchObject({ code: 0, stdout: expect.stringContaining('/a/') });
  });

  it('writes rejected lines to --rejects, and empties that file first', async () => {
    const rejects = file('rejects.ndjson', 'of an earlier run');

    const { code } = await etl(`${LINE}\nGARBAGE\n`, '--rejects', rejects);

    expect(code).toBe(0);
    expect(readFileSync(rejects, 'utf8')).toBe('{"file":"-","line":2,"reason":"shape","raw":"GARBAGE"}\n');
  });

  it('skips NULs before lines, with one warning that counts them, also with --quiet', async () => {
    const hole = '\0'.repeat(3000);

    const { code, stdout, stderr } = await etl(`${hole}${LINE}\n${LINE}\n\0${LINE}\n`, '--quiet');

    expect(code).toBe(0);
    expect(jsonLines(stdout).map(({ host }) => host)).toEqual(Array(3).fill('203.0.113.7'));
    expect(stderr).toMatch(/^warning: 3,001 NUL bytes before lines were skipped: .+\n$/);
  });

  it('turns referers on each --site-host into pages', async () => {
    const other = LINE.replace('shop.example.org', 'www.example.org');
    const hosts = ['--site-host', 'SHOP.example.org', '--site-host', 'www.example.org'];

    const { stdout } = await etl(`${LINE}\n${other}\n`, ...hosts);

    expect(jsonLines(stdout).map((event) => event.referer_page)).toEqual(['/b/', '/b/']);
  });

  it('writes the events of a slow input as they come', async () => {
    const child = start();
    child.stdin.write(`${LINE}\n`);

    const [first] = await once(child.stdout, 'data');

    expect(jsonLines(String(first))).toHaveLength(1);
    child.stdin.end();
    expect(await once(child, 'close')).toEqual([0, null]);
  });

  it('ends quietly with 0 when its reader closes the pipe, even while threads work and input may follow', async () => {
    const child = start();
    const stderr = text(child.stderr);
    child.stdin.on('error', () => {});
    child.stdin.write(`${LINE}\n`.repeat(60_000));

    await once(child.stdout, 'data');
    child.stdout.destroy();

    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await stderr).toBe('');
    child.stdin.destroy();
  });

  it('explains its usage with --help', async () => {
    const { code, stdout } = await etl('', '--help');

    expect(code).toBe(0);
    expect(stdout).toContain('clickstreamy etl < access_log > events.ndjson');
  });
});

describe('clickstreamy etl fails with 1, one clear sentence and what to do, when', () => {
  it('a file is missing, with the events before it written out', async () => {
    const good = file('good', `${LINE}\n`);

    const { code, stdout, stderr } = await etl('', good, 'missing.log');

    expect(code).toBe(1);
    expect(jsonLines(stdout)).toHaveLength(1);
    expect(stderr).toMatch(
      /^error \[INPUT_UNREADABLE\]: missing\.log cannot be read: it does not exist\.\n→ Check its path and its permissions\.\n1 line: 1 event,/,
    );
  });

  it('several files are bad, each told by its name, and the others are read', async () => {
    const good = file('good', `${LINE}\n`);
    const garbage = file('behind.gz', Buffer.concat([gzipSync(`${LINE}\n`), Buffer.from('garbage\n')]));
    const packed = file('packed', Buffer.from('fd377a585a000004e6d6b446', 'hex'));

    const { code, stdout, stderr } = await etl('', 'missing.log', garbage, packed, good);

    expect(code).toBe(1);
    expect(jsonLines(stdout)).toHaveLength(2);
    expect(stderr.match(/^error \[.*\]: \S+/gm)).toEqual([
      'error [INPUT_UNREADABLE]: missing.log',
      `error [INPUT_CORRUPT]: ${garbage}`,
      `error [INPUT_PACKED]: ${packed}`,
    ]);
  });

  it.each([
    ['a file is a folder', () => ['.'], /^error \[INPUT_UNREADABLE\]: \. cannot be read: it is a folder\.\n→ /],
    [
      'a packed file is cut',
      () => [file('cut.gz', gzipSync(`${LINE}\n`).subarray(0, 40))],
      /^error \[INPUT_CORRUPT\]: \S+cut\.gz is not a complete gzip file: unexpected end of file\.\n→ /,
    ],
    [
      'rejects cannot be written',
      () => ['--rejects', 'no/rejects'],
      /^error \[REJECTS_UNWRITABLE\]: .* no\/rejects, cannot be written: its folder does not exist\.\n→ /,
    ],
  ])('%s', async (_, args, message) => {
    const { code, stderr } = await etl('', ...args());

    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
  });

  it('the disk is full', async () => {
    if (!existsSync('/dev/full')) return skip('/dev/full: no full disk to write to');
    const path = file('some.log', `${LINE}\n`);
    const child = spawn('sh', ['-c', '"$0" "$1" etl "$2" >/dev/full', process.execPath, builtFile('cli.js'), path]);

    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);

    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^error \[OUTPUT_UNWRITABLE\]: Events cannot be written to standard output: the disk is full\.\n→ /,
    );
  });
});

describe('clickstreamy etl fails with 2, and does nothing, when', () => {
  it.each([
    ['an option is unknown', ['--reject', 'x']],
    ['an option lacks its value', ['--rejects']],
    ['an option is given twice', ['--rejects', 'x', '--rejects', 'y']],
    ['a site is given as an address', ['--site-host', 'https://shop.example.org/']],
  ])('%s', async (_, args) => {
    const { code, stdout, stderr } = await etl(LINE, ...args);

    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error \[USAGE\]: .+\n→ .+\n$/);
    expect(existsSync(join(folder, 'x'))).toBe(false);
  });

  it('the file for rejects is an input', async () => {
    const path = file('precious.log', LINE);

    const { code, stderr } = await etl('', path, '--rejects', 'precious.log');

    expect(code).toBe(2);
    expect(stderr).toContain('precious.log is an input, and --rejects would empty it');
    expect(readFileSync(path, 'utf8')).toBe(LINE);
  });
});

function skip(why: string): void {
  process.stderr.write(`skipped: ${why}\n`);
}
