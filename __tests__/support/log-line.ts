/** Reads a log line with one plain regex, independent of the code under test. */
import { until } from './until';

export interface Line {
  readonly host: string;
  readonly authuser: string;
  readonly time: string;
  readonly request: string;
  readonly status: number;
  readonly bytes: string;
  readonly referer: string;
  readonly agent: string;
  readonly user: string;
  readonly session: string;
  readonly id: string;
  readonly us: string;
  readonly site: string;
}

const QUOTED = '"((?:[^"\\\\]|\\\\.)*)"';
const LINE = new RegExp(
  `^(\\S+) - (.*?) \\[([^\\]]+)\\] ${QUOTED} (\\d{3}) (\\d+|-) ${QUOTED} ${QUOTED} ` +
    '"user = (\\S+); session = (\\S+); id = (\\S+); us = (\\d+|-); site = ((?:[^"\\\\]|\\\\.)*)"$',
);

/** @throws unless the text is exactly one line of the format. */
export function readLine(text: string): Line {
  const match = LINE.exec(text);
  if (match === null) throw new Error(`Not a line of the format: ${text}`);
  const [, host, authuser, time, request, status, bytes, referer, agent, user, session, id, us, site] =
    match as unknown as string[];
  return {
    host,
    authuser,
    time,
    request,
    status: Number(status),
    bytes,
    referer,
    agent,
    user,
    session,
    id,
    us,
    site,
  } as Line;
}

/** Waits until the log has at least `count` lines that `matches` accepts. @returns these lines. */
export async function waitForLines(
  readLog: () => Promise<string>,
  matches: (line: Line) => boolean,
  count: number,
): Promise<readonly Line[]> {
  let text = '';
  const what = () => `${count} such lines are in the log. It ends:\n${text.slice(-2000)}`;
  return until(
    async () => {
      text = await readLog();
      const whole = text.slice(0, text.lastIndexOf('\n') + 1);
      const lines = whole.split('\n').slice(0, -1).map(readLine).filter(matches);
      return lines.length >= count && lines;
    },
    { what },
  );
}
