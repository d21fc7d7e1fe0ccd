import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { builtFile } from '../../../core/package-root';
import type { LocalReport } from '../../../local/report';
import type { Overview, PipelineStatus } from '../../../page/overview-reply';
import { until } from '../until';
import { type Fault, withFaults } from './fault-plan';

export interface LocalProcessProps {
  /** The data folder. */
  readonly data: string;
  readonly logs: readonly string[];
  /** Further options of `clickstreamy local`. */
  readonly args?: readonly string[];
  readonly faults?: readonly Fault[];
  /** A command line that the process is run by: `['faketime', …]`. */
  readonly by?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Ended {
  /** null if a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  /** What --json printed; undefined if it was killed. */
  readonly report: LocalReport | undefined;
}

/** `clickstreamy local` in a process of its own. */
export class LocalProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  #stderr = '';

  constructor({ data, logs, args = [], faults = [], by = [], env = {} }: LocalProcessProps) {
    const { nodeArgs, env: faultEnv } = withFaults(faults);
    const local = [
      'local',
      '--data',
      data,
      '--ui-port',
      '0',
      '--json',
      ...logs.flatMap((log) => ['--log', log]),
      ...args,
    ];
    const [command = '', ...rest] = [...by, process.execPath, ...nodeArgs, builtFile('cli.js'), ...local];
    this.child = spawn(command, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], ...faultEnv, ...env },
    });
    let stdout = '';
    this.child.stdout?.on('data', (data) => {
      stdout += data;
    });
    this.child.stderr?.on('data', (data) => {
      this.#stderr += data;
    });
    this.ended = once(this.child, 'close').then(([code, signal]) => ({
      code,
      signal,
      stderr: this.#stderr,
      report: stdout.endsWith('}\n') ? JSON.parse(stdout) : undefined,
    }));
  }

  /** What it has said so far. */
  get stderr(): string {
    return this.#stderr;
  }

  /** As its page has it; undefined while there is none. */
  async status(): Promise<PipelineStatus | undefined> {
    const page = /^page +(\S+)/m.exec(this.#stderr)?.[1];
    if (page === undefined) return undefined;
    try {
      const reply = await fetch(new URL('/api/overview?minutes=15', page));
      return ((await reply.json()) as Overview).status;
    } catch {
      return undefined;
    }
  }

  /** Resolves when this run is done with so many lines: they are stored, failed or dropped. */
  async isDoneWith(lines: number): Promise<void> {
    const isDone = async () => {
      const { stored = 0, processingFailed = 0, dropped = 0 } = (await this.status()) ?? {};
      return stored + processingFailed + dropped >= lines;
    };
    await until(isDone, { what: () => `${lines} lines are stored or failed. It said:\n${this.#stderr}` });
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async end(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }
}
