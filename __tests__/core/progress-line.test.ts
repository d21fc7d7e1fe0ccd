import { openProgressLine, type ProgressLineOptions } from '../../core/progress-line';

function open(options: ProgressLineOptions & { readonly isTTY?: boolean; readonly columns?: number } = {}) {
  const { isTTY = false, columns = 80, ...others } = options;
  const clock = { ms: 1_000_000 };
  const written: string[] = [];
  const stream = { isTTY, columns, write: (text: string) => written.push(text) };
  const line = openProgressLine({ stream, now: () => clock.ms, ...others });
  return {
    line,
    written,
    showAt: (ms: number, text: string) => {
      clock.ms = 1_000_000 + ms;
      line.show(() => text);
    },
  };
}

describe('on a terminal', () => {
  it('rewrites one line, at most ten times a second', () => {
    const { showAt, written } = open({ isTTY: true });

    showAt(99, 'too early');
    showAt(100, '1 read');
    showAt(150, 'too early');
    showAt(500, '2 read');

    expect(written).toEqual(['\r\x1b[K1 read', '\r\x1b[K2 read']);
  });

  it('cuts a line that would wrap', () => {
    const { showAt, written } = open({ isTTY: true, columns: 10 });

    showAt(100, '0123456789');

    expect(written).toEqual(['\r\x1b[K012345678']);
  });

  it('puts a sentence in place of the line, and leaves nothing at its end', () => {
    const { line, showAt, written } = open({ isTTY: true });

    showAt(100, '1 read');
    line.say('A sentence.');
    showAt(200, '2 read');
    line.end();
    line.end();

    expect(written).toEqual(['\r\x1b[K1 read', '\r\x1b[K', 'A sentence.\n', '\r\x1b[K2 read', '\r\x1b[K']);
  });
});

describe('without a terminal', () => {
  it('prints a plain line every so many seconds', () => {
    const { line, showAt, written } = open({ plainSeconds: 5 });

    for (let second = 1; second <= 12; second++) showAt(second * 1000, `${second} s`);
    line.end();

    expect(written).toEqual(['5 s\n', '10 s\n']);
  });

  it('keeps to its seconds when it is shown late once', () => {
    const { showAt, written } = open({ plainSeconds: 5 });

    showAt(5400, 'late');
    showAt(10_000, 'in time');

    expect(written).toEqual(['late\n', 'in time\n']);
  });

  it('prints sentences only, where no seconds are given', () => {
    const { line, showAt, written } = open();

    showAt(3_600_000, 'never');
    line.say('A sentence.');

    expect(written).toEqual(['A sentence.\n']);
  });
});

it('makes no text that it does not show', () => {
  const { line } = open({ plainSeconds: 5 });
  const toText = jest.fn(() => 'text');

  line.show(toText);

  expect(toText).not.toHaveBeenCalled();
});

it.each([true, false])('says nothing with quiet but warnings (terminal: %s)', (isTTY) => {
  const { line, showAt, written } = open({ isTTY, quiet: true, plainSeconds: 1 });

  showAt(5000, '1 read');
  line.say('A sentence.');
  line.warn('A warning.');
  line.end();

  expect(written).toEqual(['A warning.\n']);
});
