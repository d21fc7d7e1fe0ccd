/** Renders `docs/click-event.md` from `clickEventFields`; a test compares the file with it. */
import { clickEventFields, type Field } from './click-event';

const HEAD = `# The click event

One request that the site answered, as one line of JSON. An unknown field is absent, never \`-\`, null or an empty string.
This table is made from \`clickEventFields\` in \`click/click-event.ts\`. \`clickEventJsonSchema\` in
\`click/click-event-schema.ts\` has the same table as a JSON schema. After changing a field, render this file again:

\`\`\`
npm run --silent build
node -e "process.stdout.write(require('./dist/click/click-event-docs').renderClickEventDocs())" > docs/click-event.md
\`\`\`

`;

/** @returns the whole file as Markdown, with an aligned table. */
export function renderClickEventDocs(): string {
  const head = ['Field', 'Type', 'Meaning', 'Example', 'Absent when'];
  const rows = [head, ...Object.entries<Field>(clickEventFields).map(toCells)];
  const widths = head.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const [first, ...others] = rows.map((cells) => widths.map((width, column) => (cells[column] ?? '').padEnd(width)));
  const lines = [first ?? [], widths.map((width) => '-'.repeat(width)), ...others];
  return HEAD + lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function toCells([name, field]: readonly [string, Field]): string[] {
  const values = field.values === undefined ? '' : ` One of ${field.values.map((value) => `\`${value}\``).join(', ')}.`;
  const unit = field.unit === undefined ? '' : ` Unit: ${field.unit}.`;
  return [
    `\`${name}\``,
    field.type,
    `${field.about}${values}${unit}`,
    `\`${JSON.stringify(field.example)}\``,
    field.absent ?? 'never',
  ];
}
