/** `docs/settings.md` and `config/settings.schema.json`, made from the one schema; a test holds both files against it. */
import { type SettingEntry, settingsCatalogue, settingsJsonSchema } from './settings-catalogue';

const HEAD = `# Settings

The infrastructure's settings are one JSON file: \`config/workshop.json\` (the default), \`config/production.json\`, or one of your own, which
\`CLICKSTREAMY_CONFIG\` names. Editors check it while you type, by \`config/settings.schema.json\`. A variable in the environment overrides
its setting in the file, where it is set and not empty; lists are separated by commas, maps are JSON:

\`\`\`
CLICKSTREAMY_CONFIG=config/production.json CLICKSTREAMY_REGION=eu-west-1 npm run synth
\`\`\`

A setting that does not exist, a value out of its range or two that do not fit each other stop the synth (exit 2) before anything is
planned, with the path, the value and the mend. An \`existing\` thing (a VPC, a bucket, a key, a role) is used as it is and never changed.
Two deployments in one account need two \`name\`s, and other names for domain, stream and function.

Both files are made from the schema in \`config/settings.ts\`; after a change of it, write them again with

\`\`\`
npm run settings
\`\`\`

`;

/** @returns the whole of docs/settings.md: a table for each section. */
export function renderSettingsDocs(): string {
  const sections = new Map<string, SettingEntry[]>();
  for (const entry of settingsCatalogue()) {
    const section = entry.path.includes('.') ? (entry.path.split('.')[0] ?? '') : '';
    sections.set(section, [...(sections.get(section) ?? []), entry]);
  }
  const parts = [...sections].map(
    ([section, entries]) => `## ${section === '' ? 'In general' : section}\n\n${toTable(entries)}`,
  );
  return HEAD + parts.join('\n');
}

/** @returns the whole of config/settings.schema.json. */
export function renderSettingsSchema(): string {
  return `${JSON.stringify(settingsJsonSchema(), undefined, 2)}\n`;
}

function toTable(entries: readonly SettingEntry[]): string {
  const rows = [['Setting', 'Type', 'Values', 'Default', 'Meaning', 'Variable'], ...entries.map(toCells)];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const [first = [], ...others] = rows.map((cells) =>
    widths.map((width, column) => (cells[column] ?? '').padEnd(width)),
  );
  const lines = [first, widths.map((width) => '-'.repeat(width)), ...others];
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function toCells({ path, type, range, fallback, about, variable }: SettingEntry): string[] {
  const values = path.endsWith('region') ? 'a region of AWS' : code(range);
  return [`\`${path}\``, type, values, fallback === undefined ? '' : `\`${fallback}\``, about, `\`${variable}\``];
}

/** `"all", "failed"` as code, one by one. */
function code(range: string): string {
  return range.replace(/"[^"]*"/g, (value) => `\`${value.slice(1, -1)}\``);
}
