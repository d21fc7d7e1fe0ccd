/** All settings by their paths, derived from the schema: for environment overrides, hints and docs/settings.md. */
import { z } from 'zod';
import { Settings } from './settings';

export interface SettingEntry {
  /** `search.nodes.volumeGiB` */
  readonly path: string;
  /** The environment variable that overrides it: `CLICKSTREAMY_SEARCH_NODES_VOLUME_GIB`. */
  readonly variable: string;
  readonly about: string;
  /** In words: `number`, `true or false`, `list`, … */
  readonly type: string;
  /** `10 to 900`, `"all", "failed"`; empty if the type says it all. */
  readonly range: string;
  /** The default as JSON; undefined if there is none. */
  readonly fallback: string | undefined;
}

/** The parts of a JSON schema that are used here. */
interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
}

/** The schema of a settings file, for editors: `config/settings.schema.json`. */
export function settingsJsonSchema(): object {
  return z.toJSONSchema(Settings, { io: 'input' });
}

/** @returns all settings in the schema's order. Those of alternatives (`network.kind`) follow one another, and each path comes once. */
export function settingsCatalogue(): readonly SettingEntry[] {
  const entries = new Map<string, SettingEntry>();
  for (const [path, node] of leavesOf('', settingsJsonSchema())) {
    const before = entries.get(path);
    entries.set(path, before === undefined ? toEntry(path, node) : merge(before, toEntry(path, node)));
  }
  entries.delete('$schema');
  return [...entries.values()];
}

/** `search.nodes.volumeGiB` → `CLICKSTREAMY_SEARCH_NODES_VOLUME_GIB` */
export function variableOf(path: string): string {
  const words = path.replaceAll('GiB', 'Gib').replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  return `CLICKSTREAMY_${words.replaceAll('.', '_').toUpperCase()}`;
}

function* leavesOf(path: string, node: Node): Generator<readonly [string, Node]> {
  if (node.properties !== undefined) {
    for (const [name, child] of Object.entries(node.properties))
      yield* leavesOf(path === '' ? name : `${path}.${name}`, child);
  } else if (node.oneOf?.every((variant) => variant.properties !== undefined)) {
    for (const variant of node.oneOf) yield* leavesOf(path, variant);
  } else {
    yield [path, node];
  }
}

function toEntry(path: string, node: Node): SettingEntry {
  const variants = node.anyOf ?? [node];
  const values = variants.flatMap((variant) => variant.enum ?? (variant.const === undefined ? [] : [variant.const]));
  const types = [...new Set(variants.map(({ type }) => TYPES[type ?? ''] ?? 'text'))];
  const bounds = variants.flatMap(({ minimum, maximum }) =>
    minimum === undefined ? [] : [`${minimum} to ${maximum}`],
  );
  return {
    path,
    variable: variableOf(path),
    about: node.const === undefined ? (node.description ?? '') : `\`${node.const}\`: ${node.description ?? ''}`,
    type: types.join(' or '),
    range: [...values.map((value) => JSON.stringify(value)), ...bounds].join(', '),
    fallback: node.default === undefined ? undefined : JSON.stringify(node.default),
  };
}

/** Merges settings of the same name in two alternatives, mostly their `kind`. */
function merge(first: SettingEntry, second: SettingEntry): SettingEntry {
  return {
    ...first,
    about: [first.about, second.about].filter((about) => about !== '').join(' '),
    range: [first.range, second.range].filter((range) => range !== '').join(', '),
  };
}

const TYPES: Readonly<Record<string, string>> = {
  array: 'list',
  boolean: 'true or false',
  integer: 'number',
  number: 'number',
  object: 'map',
  string: 'text',
};
