/** Reads the settings from a file and the environment. All faults are reported at once, each with its path, its value and a hint. */
import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { nearest } from '../core/did-you-mean';
import { ToolkitError, UsageError } from '../core/errors';
import { readJsonFile } from '../core/json-file';
import { packageRoot } from '../core/package-root';
import { type Fault, showPath, toFaults } from '../core/parse';
import { Settings } from './settings';
import { type SettingEntry, settingsCatalogue } from './settings-catalogue';

type Environment = Readonly<Record<string, string | undefined>>;
const Tree = z.record(z.string(), z.unknown(), 'it must be an object such as { "search": { … } }');
type Tree = z.output<typeof Tree>;

const PREFIX = 'CLICKSTREAMY_';
/** Names the settings file, relative to the package. */
const FILE = `${PREFIX}CONFIG`;
/** Variables of other programs in this package. */
const OTHERS: readonly string[] = [FILE, `${PREFIX}TOKEN`, `${PREFIX}SITE_HOSTS`];

/**
 * Reads the file that `CLICKSTREAMY_CONFIG` names (default `config/workshop.json`). A setting's environment variable overrides it if that
 * is set and not empty; list items are separated by commas.
 *
 * @throws UsageError with all faults of the settings; ToolkitError SETTINGS_UNREADABLE if the file cannot be read or is not an object.
 */
export function loadSettings(environment: Environment): Settings {
  const file = environment[FILE] || 'config/workshop.json';
  const tree = readTree(file);
  applyOverrides(tree, environment);
  return parseSettings(tree, `Correct it in ${file}, or in the environment; docs/settings.md lists all settings.`);
}

/** @param hint where a fault can be corrected. @throws UsageError with all faults. */
export function parseSettings(tree: unknown, hint: string): Settings {
  const result = Settings.safeParse(tree, { reportInput: true });
  if (result.success) return result.data;
  const faults = new Set(toFaults(result.error).map(describeFault));
  throw new UsageError([...faults].join('; '), hint);
}

function readTree(file: string): Tree {
  const path = isAbsolute(file) ? file : join(packageRoot, file);
  const hint = `Correct it, or set ${FILE} to config/workshop.json, config/production.json or a file of your own.`;
  return readJsonFile(
    path,
    Tree,
    (why, cause) => new ToolkitError('SETTINGS_UNREADABLE', `The settings file ${path} ${why}.`, hint, { cause }),
  );
}

function applyOverrides(tree: Tree, environment: Environment): void {
  const entries = new Map(settingsCatalogue().map((entry) => [entry.variable, entry]));
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(PREFIX) || OTHERS.includes(variable) || text === undefined || text === '') continue;
    const entry = entries.get(variable);
    if (entry === undefined) {
      const meant = nearest(variable, [...entries.keys()]);
      throw new UsageError(
        `The environment has ${variable}, which is not a setting${meant === undefined ? '' : `; did you mean ${meant}?`}`,
        'Correct its name or unset it; docs/settings.md lists all variables.',
      );
    }
    setIn(tree, entry.path.split('.'), toValue(text, entry));
  }
}

/** The value that a variable's text stands for. Text that does not fit the setting's type is left for the schema to refuse. */
function toValue(text: string, { type, range }: SettingEntry): unknown {
  if (range.split(', ').includes(JSON.stringify(text))) return text;
  if (type.includes('map') || text.startsWith('[')) return parsedOr(text);
  if (type.includes('list')) return text.split(',').map((item) => item.trim());
  return type === 'number' || type === 'true or false' ? parsedOr(text) : text;
}

function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function setIn(tree: Tree, [name = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    tree[name] = value;
    return;
  }
  const child = tree[name];
  const branch: Tree = isTree(child) ? child : {};
  tree[name] = branch;
  setIn(branch, rest, value);
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describeFault({ path, input, why, isMissing, unknownKey }: Fault): string {
  if (unknownKey !== undefined) return describeUnknown(showPath(path.slice(0, -1)), unknownKey);
  if (isMissing) return `${showPath(path)} is missing: ${why}`;
  return `${showPath(path) || 'the file'} is ${JSON.stringify(input)}: ${why}`;
}

function describeUnknown(path: string, key: string): string {
  const full = path === '' ? key : `${path}.${key}`;
  const depth = path === '' ? 0 : path.split('.').length;
  const siblings = new Set(
    settingsCatalogue()
      .filter((entry) => path === '' || entry.path.startsWith(`${path}.`))
      .map((entry) => entry.path.split('.')[depth] ?? ''),
  );
  // There is such a setting, but not of this alternative: `network.cidr` of a network that exists.
  if (siblings.has(key)) return `${full} does not go with the other settings of ${path}`;
  const meant = nearest(key, [...siblings]);
  return `${full} is not a setting${meant === undefined ? '' : `; did you mean ${path === '' ? meant : `${path}.${meant}`}?`}`;
}
