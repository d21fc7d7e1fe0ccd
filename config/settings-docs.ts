/** Renders `docs/settings.md` and `config/settings.schema.json` from the one schema; a test compares both files with it. */
import { type SettingEntry, settingsCatalogue, settingsJsonSchema } from './settings-catalogue';

const HEAD = `# Settings

The settings of the infrastructure are one JSON file: \`config/workshop.json\` (the default), \`config/production.json\`, or your own, named by
\`CLICKSTREAMY_CONFIG\`. Editors check it as you type, with \`config/settings.schema.json\`. An environment variable overrides its setting in
the file if it is set and not empty. Separate the items of a list with commas; write a map as JSON:

\`\`\`
CLICKSTREAMY_CONFIG=config/production.json CLICKSTREAMY_REGION=eu-west-1 npm run synth
\`\`\`

An unknown setting, a value out of its range, or two settings that do not fit each other stop the synth (exit code 2) before anything is
planned. The error has the path, the value and a hint. Existing resources (a VPC, a bucket, a key, a role) are used as they are and never
changed. Two deployments in one account need different values of \`name\`, and different names for the domain, the stream and the function.

This page and \`config/settings.schema.json\` are generated from the schema in \`config/settings.ts\`. After changing it, run

\`\`\`
npm run settings
\`\`\`

`;

/** @returns the text of docs/settings.md: a table for each section. */
export function renderSettingsDocs(): string {
  const sections = new Map<string, SettingEntry[]>();
  for (const entry of settingsCatalogue()) {
    const section = entry.path.includes('.') ? (entry.path.split('.')[0] ?? '') : '';
    sections.set(section, [...(sections.get(section) ?? []), entry]);
  }
  const parts = [...sections].map(
    ([section, entries]) => `## ${section === '' ? 'General' : section}\n\n${toTable(entries)}`,
  );
  return HEAD + parts.join('\n');
}

/** @returns the text of config/settings.schema.json. */
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
  const values = path.endsWith('region') ? 'an AWS region' : code(range);
  return [`\`${path}\``, type, values, fallback === undefined ? '' : `\`${fallback}\``, about, `\`${variable}\``];
}

/** Formats each value of `"all", "failed"` as code. */
function code(range: string): string {
  return range.replace(/"[^"]*"/g, (value) => `\`${value.slice(1, -1)}\``);
}
