/** What a command is: data and one function. `core/command-line.ts` runs it; `--help`, the docs and the completion show it. */
import type { z } from 'zod';

export interface Command<Schema extends z.ZodObject = z.ZodObject> {
  /** What it does, in one or a few lines. */
  readonly about: string;
  /** Follows the name in the usage line. @default the required options, then `[options]` */
  readonly usage?: string;
  /** Made of the kinds in values.ts. */
  readonly options?: Schema;
  /** Words after the command's name, each with what they do; `$0` stands for the name where it is not the first word. */
  readonly examples: readonly (readonly [line: string, what: string])[];
  /** At the end of `--help`: exit codes, signals. */
  readonly notes?: string;
  readonly commands?: Subcommands;
  /** Absent where the command only groups others. */
  run?(options: z.output<Schema>, context: Context): void | Promise<void>;
}

export type Subcommands = Readonly<Record<string, Subcommand>>;

export interface Subcommand {
  /** Beside its name in the `--help` of the command above it. */
  readonly summary: string;
  /** Loads the command's file only when it is needed, so that `--help` does not wait for DuckDB or the AWS SDK. */
  load(): Command;
}

export interface Context {
  /** `--quiet`: nothing on standard error but warnings and errors. */
  readonly quiet: boolean;
  /** Writes a line to standard error, unless quiet. */
  note(line: string): void;
}
