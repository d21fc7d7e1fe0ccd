/** Reads a command's options from its schema, for parsing, `--help`, docs and completion. */
import type { z } from 'zod';
import { grouped } from '../progress-text';
import type { OptionMeta } from './values';

export interface Option extends OptionMeta {
  /** `slowMs` */
  readonly key: string;
  /** `slow-ms`; without its dashes. */
  readonly name: string;
  readonly type: 'boolean' | 'list' | 'value';
  readonly isRequired: boolean;
  /** As `--help` and the docs show it: `10,000`, `10s`. */
  readonly fallback?: string | undefined;
  readonly choices: readonly string[];
  readonly group: string;
}

/** `slowMs` on the command line: `slow-ms`. */
export const optionName = (key: string) => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** @returns the options in the schema's order. */
export function readOptions(schema: z.ZodObject): readonly Option[] {
  return Object.entries(schema.shape).map(([key, field]) => readOption(key, field as z.ZodType));
}

interface Def {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly in?: z.ZodType;
  readonly defaultValue?: unknown;
  readonly entries?: Readonly<Record<string, string>>;
}

function readOption(key: string, field: z.ZodType): Option {
  let meta: OptionMeta = {};
  let [type, isRequired]: [Option['type'], boolean] = ['value', true];
  let [fallback, choices]: [unknown, readonly string[]] = [undefined, []];
  // From the outside in; the outermost wins.
  for (let schema: z.ZodType | undefined = field; schema !== undefined; ) {
    const def = schema.def as unknown as Def;
    meta = { ...(schema.meta() as OptionMeta | undefined), ...meta };
    if (def.type === 'optional' || def.type === 'default') isRequired = false;
    if (def.type === 'default') fallback ??= def.defaultValue;
    if (def.type === 'boolean') type = 'boolean';
    if (def.type === 'array') type = 'list';
    if (def.type === 'enum') choices = Object.values(def.entries ?? {});
    schema = def.innerType ?? def.element ?? def.in;
  }
  const isSilent = type !== 'value' || fallback === undefined || fallback === '';
  return {
    ...{ ...meta, key, name: optionName(key), type, isRequired, choices, group: meta.group ?? 'Options' },
    fallback: isSilent ? shown(meta.otherwise, meta.unit) : shown(fallback, meta.unit),
  };
}

function shown(value: unknown, unit = ''): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'number' ? `${grouped(value)}${unit}` : String(value);
}
