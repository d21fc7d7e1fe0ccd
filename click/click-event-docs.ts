/** `docs/click-event.md`, made from the event's one table; a test holds the file against it. */
import { clickEventFields, type Field } from './click-event';

const HEAD = `# The click event

One answered request of the site, as one line of JSON. What is not known is absent, never \`-\`, null or an empty text.
The table is made from \`clickEventFields\` in \`click/click-event.ts\`; the same as a JSON schema is \`clickEventJsonSchema\` in
\`click/click-event-schema.ts\`. After a change of the fields, write this file again:

\`\`\`
npm run --silent build
node -e "process.stdout.write(require('./dist/click/click-event-docs').renderClickEventDocs())" > docs/click-event.md
\`\`\`

`;

/** @returns the whole file, Markdown, its table aligned as the formatter wants it. */
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
