import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { clickstreamy } from '../../../commands';
import type { Command } from '../../../core/command/command';
import { findCommand } from '../../../core/command/find-command';
import { renderHelp } from '../../../core/command/help';
import { OUTLINES_FILE, type Outline, outlineTree, readOutline } from '../../../core/command/outline';
import { builtFile } from '../../../core/package-root';

const built: Readonly<Record<string, Outline>> = JSON.parse(readFileSync(builtFile(OUTLINES_FILE), 'utf8'));
const notLoaded = () => {
  throw new Error('the command is loaded');
};

describe('the outlines that the build writes down', () => {
  it('are those of the commands', () => {
    const outline = JSON.parse(JSON.stringify(outlineTree(clickstreamy)));

    expect(built).toEqual({ clickstreamy: outline, traffic: outline.commands.traffic.outline });
  });

  it('give the help of every command without loading one', () => {
    const paths = pathsBelow(clickstreamy, []);

    expect(paths).toContainEqual(['kibana', 'import']);
    for (const path of paths) {
      const loaded = findCommand(['clickstreamy'], () => clickstreamy, path);
      const found = findCommand(['clickstreamy'], notLoaded, path, built['clickstreamy']);

      expect(found.path).toEqual(['clickstreamy', ...path]);
      expect(renderHelp(found, 110, (text) => text)).toBe(renderHelp(loaded, 110, (text) => text));
    }
  });

  it.each([
    ['cli.js', 'kibana import --help'],
    ['cli.js', '--complete local --'],
    ['traffic/cli.js', '--help'],
  ])('answer in %s %s', (program, words) => {
    const print = "process.on('exit', () => console.error(Object.keys(require.cache).join('\\n')))";
    const preload = `data:text/javascript,import { createRequire } from 'node:module'; const require = createRequire('/x.js'); ${print}`;

    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', preload, builtFile(program), ...words.split(' ')],
      { encoding: 'utf8' },
    );

    expect(stdout).toContain('--');
    expect(stderr).toContain('outline.js');
    expect(stderr).not.toMatch(/\/command\.js|zod/);
  });

  it('still lead to the command itself', () => {
    const { command } = findCommand(['clickstreamy'], () => clickstreamy, ['kibana', 'setup'], built['clickstreamy']);

    expect(command.run).toBeInstanceOf(Function);
  });

  it('are not read from the sources, where the last build’s would be out of date', () => {
    expect(readOutline('clickstreamy')).toBeUndefined();
  });
});

function pathsBelow({ commands = {} }: Command, path: readonly string[]): readonly (readonly string[])[] {
  const below = Object.entries(commands).flatMap(([name, { load }]) => pathsBelow(load(), [...path, name]));
  return [path, ...below];
}
