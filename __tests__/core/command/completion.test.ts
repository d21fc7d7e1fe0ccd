/** Completion as a shell asks for it; bash does so for real. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clickstreamy } from '../../../commands';
import { complete } from '../../../core/command/complete';
import { builtFile } from '../../../core/package-root';

const names = (...words: string[]) =>
  complete(() => clickstreamy, words)
    .split('\n')
    .map((line) => line.split('\t', 1)[0])
    .filter(Boolean);

describe('what may come next', () => {
  it.each<[string[], string[]]>([
    [[''], ['local', 'ship', 'firehose', 'etl', 'traffic', 'replay', 'verify', 'kibana', 'completion']],
    [['ki'], ['kibana']],
    [
      ['kibana', ''],
      ['setup', 'import', 'export'],
    ],
    [
      ['traffic', '--err'],
      ['--errors', '--error-mode'],
    ],
    [['traffic', '--rate', '5', '--ra'], ['--ramp']],
    [
      ['traffic', '--error-mode', ''],
      ['route', 'spread'],
    ],
    [['traffic', '--error-mode', '=', 'sp'], ['spread']],
    [
      ['traffic', '--error-mode', '='],
      ['route', 'spread'],
    ],
    [['local', '--log', 'a', '--lo'], ['--log']],
    [['local', '--data', ''], []],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['verify', '--q'], ['--quiet']],
  ])('%j', (words, expected) => {
    expect(names(...words)).toEqual(expected);
  });

  it('comes with what it is', () => {
    expect(complete(() => clickstreamy, ['traffic', '--rat'])).toBe('--rate\tRequests a second\n');
  });
});

describe('clickstreamy completion', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'completion-'));
    const program = join(folder, 'clickstreamy');
    writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${builtFile('cli.js')}" "$@"\n`);
    chmodSync(program, 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    spawnSync(program, args, {
      encoding: 'utf8',
      cwd: folder,
      env: { PATH: `${folder}:${process.env['PATH']}`, ...env },
    });

  /** The line as it is typed, up to the cursor; what bash then offers. */
  function offers(...words: readonly string[]): string[] {
    const script = `eval "$(clickstreamy completion bash)"
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_clickstreamy
printf '%s\\n' "\${COMPREPLY[@]}"; complete -p clickstreamy traffic >&2`;
    const { stdout, stderr, status } = run('bash', ['--norc', '-c', script, 'bash', ...words]);
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: expect.stringMatching(/-F _clickstreamy clickstreamy\n.*-F _clickstreamy traffic\n$/),
    });
    return stdout.split('\n').filter((line) => line !== '');
  }

  it('completes in bash: commands, options and their values', () => {
    expect(offers('clickstreamy', 'tr')).toEqual(['traffic']);
    expect(offers('clickstreamy', 'kibana', 'import', '--over')).toEqual(['--overwrite']);
    expect(offers('clickstreamy', 'traffic', '--error-mode', '=', '')).toEqual(['route', 'spread']);
    expect(offers('clickstreamy', 'etl', '')).toEqual([]);
  });

  it('takes the shell from $SHELL, and asks where it is none of them', () => {
    const [zsh, none] = [
      run('clickstreamy', ['completion'], { SHELL: '/usr/bin/zsh' }),
      run('clickstreamy', ['completion'], { SHELL: '/bin/sh' }),
    ];

    expect(zsh.stdout).toMatch(/^#compdef clickstreamy traffic\n/);
    expect(none).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('Name it: bash, zsh, fish.') });
  });

  it.each(['bash', 'zsh', 'fish'])('prints a script that %s can read, where it is installed', (shell) => {
    const { stdout } = run('clickstreamy', ['completion', shell]);

    const parsed = spawnSync(shell, ['-n'], { input: stdout, encoding: 'utf8' });

    expect(stdout).toContain(`clickstreamy completion ${shell}`);
    if (parsed.error === undefined) expect(parsed).toMatchObject({ status: 0, stderr: '' });
    // Each kind of bracket and quote that is opened is closed, even where no such shell can say so.
    const count = (part: string) => stdout.split(part).length - 1;
    expect([count('('), count('{'), count('"') % 2]).toEqual([count(')'), count('}'), 0]);
  });
});
