/** What all commands have in common, as a user meets it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clickstreamy } from '../../commands';
import { findCommand } from '../../core/command/find-command';
import { renderHelp } from '../../core/command/help';
import { asStarted, paintFor } from '../../core/command/style';
import { builtFile, packageRoot } from '../../core/package-root';
import { type EndedCommand, runTogether } from '../support/run-together';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'command-line-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(words: string) {
  const { PATH } = process.env;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [builtFile('cli.js'), ...words.split(' ').filter(Boolean)],
    {
      encoding: 'utf8',
      cwd: folder,
      input: '',
      env: { PATH },
    },
  );
  return { status, stdout, stderr };
}

/** The words of a command line, and variables of its own. */
const line = (words: string, env: Readonly<Record<string, string>> = {}) => ({
  args: words.split(' ').filter(Boolean),
  env,
});

const MISTYPED: readonly (readonly [words: string, sentence: string])[] = [
  ['lcoal', 'There is no command lcoal; did you mean local?'],
  ['kibana improt', 'There is no command improt; did you mean import?'],
  ['--quite', 'There is no option --quite; did you mean --quiet?'],
  ['local --prot 1', 'There is no option --prot; did you mean --port?'],
];

const MISSING_FILES: readonly (readonly [words: string, code: string])[] = [
  ['local --log none.log --once', 'LOG_NOT_FOUND'],
  ['local --agent-config none.json', 'AGENT_CONFIG_INVALID'],
  ['local --store http://127.0.0.1:1 --auth basic --user a --password-file none', 'PASSWORD_FILE_UNREADABLE'],
  ['etl none.log', 'INPUT_UNREADABLE'],
  ['etl --rejects none/rejects', 'REJECTS_UNWRITABLE'],
  ['traffic --outputs none.json', 'OUTPUTS_UNUSABLE'],
  ['traffic --journeys none.json', 'JOURNEYS_UNUSABLE'],
  ['traffic --out none/log', 'OUT_NOT_WRITABLE'],
  ['traffic --out log --requests 5 --ledger none/ledger.json', 'LEDGER_NOT_WRITABLE'],
  ['traffic --out log --requests 5 --html none/run.html', 'REPORT_NOT_WRITABLE'],
  ['traffic merge none.json', 'LEDGER_UNREADABLE'],
  ['traffic load --outputs none.json', 'OUTPUTS_UNUSABLE'],
  ['verify --store none --ledger none.json', 'LEDGER_UNREADABLE'],
  ['verify --store none --expect signUps=1', 'STORE_NOT_FOUND'],
  ['kibana setup --outputs none.json', 'OUTPUTS_UNUSABLE'],
  ['kibana import --outputs none.json', 'OUTPUTS_UNUSABLE'],
  ['kibana export --out files --outputs none.json', 'OUTPUTS_UNUSABLE'],
];

describe('clickstreamy', () => {
  it('lists its commands where none is named, which is no failure', () => {
    const [root, kibana] = runTogether([line(''), line('kibana')]);

    expect(root).toMatchObject({ status: 0, stderr: '' });
    for (const name of ['local', 'etl', 'traffic', 'verify', 'kibana', 'completion']) {
      expect(root?.stdout).toMatch(new RegExp(`^  ${name} +\\S`, 'm'));
    }
    expect(kibana).toMatchObject({ status: 0, stdout: expect.stringMatching(/^ {2}setup +\S/m) });
  });

  it.each(['--version', 'traffic merge --version'])('says its version with %s', (words) => {
    const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));

    expect(run(words)).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([
    'local',
    'etl',
    'traffic',
    'traffic merge',
    'traffic load',
    'verify',
    'kibana',
    'kibana setup',
    'kibana import',
    'kibana export',
    'completion',
  ])('has examples in the help of %s', (words) => {
    const found = findCommand(['clickstreamy'], () => clickstreamy, words.split(' '));
    const help = renderHelp(found, 110, (text) => text);

    expect(found.path).toHaveLength(words.split(' ').length + 1);
    expect(help.slice(help.indexOf('Examples\n'))).toContain(`clickstreamy ${words}`);
  });

  describe('called wrongly or with a file that is not there', () => {
    const words = [...MISTYPED, ...MISSING_FILES].map(([words]) => words);
    let ended: readonly EndedCommand[];
    beforeAll(() => {
      ended = runTogether(
        words.map((words) => line(words)),
        folder,
      );
    });
    const endOf = (one: string) => ended[words.indexOf(one)];

    it.each(MISTYPED)('%s: wrong usage, with what was probably meant', (words, sentence) => {
      expect(endOf(words)).toEqual({ status: 2, stdout: '', stderr: `error [USAGE]: ${sentence}\n→ See --help.\n` });
    });

    it.each(MISSING_FILES)('%s: a file that is not there is a failure, 1', (words, code) => {
      const stderr = expect.stringMatching(new RegExp(`^error \\[${code}\\]: .+\n→ .+\n$`));

      expect(endOf(words)).toEqual({ status: 1, stdout: '', stderr });
    });
  });

  it('is the exit code of its process', () => {
    expect(run('lcoal').status).toBe(2);
    expect(run('etl none.log').status).toBe(1);
  });

  it('says nothing but warnings and errors with --quiet, and follows the files of an unquoted pattern', () => {
    for (const name of ['a.log', 'b.log']) {
      writeFileSync(join(folder, name), `1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "GET /${name} HTTP/1.0" 200 2326\n`);
    }

    const [etl, local, failed] = [
      run('etl --quiet a.log'),
      run('-q local --log a.log b.log --once --ui-port 0 --json'),
      run('local --quiet --log none.log --once'),
    ];

    expect(etl).toEqual({ status: 0, stdout: expect.stringMatching(/^\{.+\}\n$/), stderr: '' });
    expect(local).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(local.stdout)).toMatchObject({ read: 2, stored: 2 });
    expect(failed).toMatchObject({ status: 1, stderr: expect.stringMatching(/^error \[LOG_NOT_FOUND\]/) });
  });

  it('has colours only where they are wanted', () => {
    const [forced, none, help] = runTogether([
      line('etl none.log', { FORCE_COLOR: '1' }),
      line('etl none.log', { NO_COLOR: '1' }),
      line('--help', { FORCE_COLOR: '1' }),
    ]);

    expect(forced?.stderr).toContain('\x1b[31m');
    expect(none?.stderr).toMatch(/^error/);
    expect(help?.stdout).toContain('\x1b[1mCommands\x1b[22m');
  });

  it('gives hints that fit npm start', () => {
    const [wrong, failed] = runTogether([
      line('local x', { npm_lifecycle_event: 'start' }),
      line('local --log none.log', { npm_lifecycle_event: 'start', npm_command: 'start' }),
    ]);

    expect(wrong?.stderr).toContain('→ See npm start -- --help.');
    expect(failed?.stderr).toContain('error [LOG_NOT_FOUND]');
    expect(failed?.stderr).not.toMatch(/(?<!npm start --) --\w/);
  });
});

describe('colour', () => {
  it.each<[string, boolean, NodeJS.ProcessEnv, boolean]>([
    ['a terminal', true, {}, true],
    ['a file', false, {}, false],
    ['a terminal with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['a terminal with an empty NO_COLOR', true, { NO_COLOR: '' }, true],
    ['a terminal that has none', true, { TERM: 'dumb' }, false],
    ['a file with FORCE_COLOR', false, { FORCE_COLOR: '1' }, true],
    ['a terminal with FORCE_COLOR=0', true, { FORCE_COLOR: '0' }, false],
    ['both variables', false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ])('%s', (_, isTTY, env, expected) => {
    expect(paintFor({ isTTY }, env)('red', 'x') === 'x').toBe(!expected);
  });
});

describe('a hint under npm start', () => {
  const env = { npm_lifecycle_event: 'start' };

  it.each([
    [
      'Stop what listens there, or choose another: --port 8085',
      'Stop what listens there, or choose another: npm start -- --port 8085',
    ],
    ['Give --user and --password-file.', 'Give npm start -- --user and --password-file.'],
    ['Correct the file.', 'Correct the file.'],
    ['terraform force-unlock -force x--y', 'terraform force-unlock -force x--y'],
  ])('%s', (hint, shown) => {
    expect(asStarted(hint, env)).toBe(shown);
    expect(asStarted(hint, { npm_lifecycle_event: 'test' })).toBe(hint);
  });
});
