/** From a preset and the environment to settings that hold: every fault is told at once, with its path, its value and the mend. */
import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { nearest } from '../core/did-you-mean';
import { reasonOf, UsageError } from '../core/errors';
import { packageRoot } from '../core/package-root';
import { type Fault, showPath, toFaults } from '../core/parse';
import { Settings } from './settings';
import { type SettingEntry, settingsCatalogue } from './settings-catalogue';

type Environment = Readonly<Record<string, string | undefined>>;
type Tree = Record<string, unknown>;

const PREFIX = 'CLICKSTREAMY_';
/** Which file has the settings, relative to the package; the other variables belong to other programs of this package. */
const FILE = `${PREFIX}CONFIG`;
const OTHERS: readonly string[] = [FILE, `${PREFIX}TOKEN`, `${PREFIX}SITE_HOSTS`];

/**
 * The settings of the file that `CLICKSTREAMY_CONFIG` names (default `config/workshop.json`), each of them overridden by its variable
 * where that is set and not empty. Lists are separated by commas.
 *
 * @throws UsageError with all faults.
 */
export function loadSettings(environment: Environment): Settings {
  const file = environment[FILE] || 'config/workshop.json';
  const tree = readTree(file);
  applyOverrides(tree, environment);
  return parseSettings(tree, `Correct it in ${file}, or in the environment; docs/settings.md lists all settings.`);
}

/** @param hint what the reader can do about a fault. @throws UsageError with all faults. */
export function parseSettings(tree: unknown, hint: string): Settings {
  const result = Settings.safeParse(tree, { reportInput: true });
  if (result.success) return result.data;
  const faults = new Set(toFaults(result.error).map(describeFault));
  throw new UsageError([...faults].join('; '), hint);
}

function readTree(file: string): Tree {
  const path = isAbsolute(file) ? file : join(packageRoot, file);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(
      `The settings ${path} cannot be read: ${reasonOf(error)}.`,
      `Set ${FILE} to config/workshop.json, config/production.json or a file of your own.`,
      { cause: error },
    );
  }
  try {
    const tree: unknown = JSON.parse(text);
    if (isTree(tree)) return tree;
  } catch (error) {
    throw new UsageError(`The settings ${path} are no JSON: ${reasonOf(error)}.`, 'Correct the file.', {
      cause: error,
    });
  }
  throw new UsageError(`The settings ${path} are no JSON object.`, 'Write them as { "search": { … } }.');
}

function applyOverrides(tree: Tree, environment: Environment): void {
  const entries = new Map(settingsCatalogue().map((entry) => [entry.variable, entry]));
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(PREFIX) || OTHERS.includes(variable) || text === undefined || text === '') continue;
    const entry = entries.get(variable);
    if (entry === undefined) {
      const meant = nearest(variable, [...entries.keys()]);
      throw new UsageError(
        `The environment has ${variable}, which is no setting${meant === undefined ? '' : `; did you mean ${meant}?`}`,
        'Correct its name or unset it; docs/settings.md lists all variables.',
      );
    }
    setIn(tree, entry.path.split('.'), toValue(text, entry));
  }
}

/** What a variable's text stands for; what does not fit the setting stays text, and the schema says so. */
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
  return `${full} is no setting${meant === undefined ? '' : `; did you mean ${path === '' ? meant : `${path}.${meant}`}?`}`;
}
