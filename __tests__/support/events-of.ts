import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { ClickEvent } from '../../click/click-event';
import { builtFile } from '../../core/package-root';

/** Runs `clickstreamy etl` on a log. */
export async function eventsOf(
  log: string,
): Promise<{ readonly events: readonly ClickEvent[]; readonly rejected: number }> {
  const filter = spawn(process.execPath, [builtFile('cli.js'), 'etl', '--json']);
  filter.stdin.end(log);
  const [lines, summary] = await Promise.all([text(filter.stdout), text(filter.stderr)]);
  const events = lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ClickEvent);
  return { events, rejected: Number(JSON.parse(summary).rejected) };
}
