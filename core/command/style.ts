/** What depends on the terminal and on how the program was started. */
import { styleText } from 'node:util';

type Env = Readonly<Record<string, string | undefined>>;
type Style = Parameters<typeof styleText>[0];

/** Colours for a stream: on terminals only, unless FORCE_COLOR or NO_COLOR says otherwise. */
export function paintFor({ isTTY }: { readonly isTTY?: boolean }, env: Env): (style: Style, text: string) => string {
  const { FORCE_COLOR: force, NO_COLOR: none } = env;
  const hasColor =
    force === undefined || force === '' ? !none && isTTY === true && env['TERM'] !== 'dumb' : force !== '0';
  return hasColor ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;
}

/** `--port 8085` is an argument of npm itself under `npm start`: there a hint says `npm start -- --port 8085`. */
export function asStarted(hint: string, env: Env): string {
  if (env['npm_lifecycle_event'] !== 'start') return hint;
  return hint.replace(/(?<=^|[\s(`])--(?=[a-z])/, 'npm start -- --');
}
