/** How a command shows its progress on standard error: one line that is rewritten on a terminal, a plain line now and then elsewhere. */

export interface ProgressLine {
  /** Shows the progress if it is time to; `toText` is called only then. */
  show(toText: () => string): void;
  /** Prints a sentence on a line of its own; nothing with `quiet`. */
  say(sentence: string): void;
  /** As `say`, but also with `quiet`: something went wrong. */
  warn(sentence: string): void;
  /** Removes the progress from the terminal. */
  end(): void;
}

export interface ProgressLineOptions {
  /** Shows and says nothing, but still warns. @default false */
  readonly quiet?: boolean | undefined;
  /** Seconds between two plain lines where there is no terminal. @default none are printed */
  readonly plainSeconds?: number | undefined;
  /** @default process.stderr */
  readonly stream?: ProgressStream | undefined;
  /** Milliseconds from any fixed moment. @default performance.now */
  readonly now?: (() => number) | undefined;
}

/** What is used of a `tty.WriteStream`. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const REDRAW_MS = 100;
const CLEAR = '\r\x1b[K';

export function openProgressLine(options: ProgressLineOptions = {}): ProgressLine {
  const { quiet = false, plainSeconds, stream = process.stderr, now = () => performance.now() } = options;
  const isTerminal = stream.isTTY === true;
  const periodMs = isTerminal ? REDRAW_MS : (plainSeconds ?? Number.POSITIVE_INFINITY) * 1000;
  const startedMs = now();
  let shownPeriods = 0;
  let isDrawn = false;

  const clear = () => {
    if (isDrawn) stream.write(CLEAR);
    isDrawn = false;
  };
  const print = (sentence: string) => {
    clear();
    stream.write(`${sentence}\n`);
  };
  return {
    show(toText) {
      // Counted from the start, so that a caller whose timer is a little late does not skip a period.
      const periods = Math.floor((now() - startedMs) / periodMs);
      if (quiet || periods <= shownPeriods) return;
      shownPeriods = periods;
      if (!isTerminal) {
        stream.write(`${toText()}\n`);
        return;
      }
      // A line that wraps could not be rewritten.
      stream.write(`${CLEAR}${toText().slice(0, (stream.columns || 80) - 1)}`);
      isDrawn = true;
    },
    say(sentence) {
      if (!quiet) print(sentence);
    },
    warn: print,
    end: clear,
  };
}
