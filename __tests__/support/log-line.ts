/** Reads a line as a person would: one plain regex, nothing of the code under test. */
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

/** @throws where the text is not exactly one line of the format. */
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

/** Polls until the log has as many lines that `matches` accepts, and gives those. */
export async function waitForLines(
  readLog: () => Promise<string>,
  matches: (line: Line) => boolean,
  count: number,
): Promise<readonly Line[]> {
  const deadline = Date.now() + 5000;
  for (;;) {
    const text = await readLog();
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    const lines = whole.split('\n').slice(0, -1).map(readLine).filter(matches);
    if (lines.length >= count) return lines;
    if (Date.now() > deadline)
      throw new Error(`${lines.length} of ${count} lines came. The log ends:\n${text.slice(-2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
