// Writes what is made from schemas: docs/settings.md and config/settings.schema.json (config/settings.ts), and the option tables (commands.ts).
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { bundleInto } from './bundle.mjs';

const { renderSettingsDocs, renderSettingsSchema } = await load('config/settings-docs.ts', 'dist/settings-docs.js');
writeFileSync('docs/settings.md', renderSettingsDocs());
writeFileSync('config/settings.schema.json', renderSettingsSchema());

const { clickstreamy } = await load('commands.ts', 'dist/command-docs.js');
const { renderOptionTables } = await load('core/command/option-table.ts', 'dist/option-table.js');
for (const file of [
  'docs/firehose.md',
  'docs/operations.md',
  'docs/replay.md',
  'docs/ship.md',
  'docs/traffic.md',
  'docs/verify.md',
]) {
  writeFileSync(file, renderOptionTables(readFileSync(file, 'utf8'), clickstreamy));
}

async function load(source, bundle) {
  await bundleInto(bundle, { entryPoints: [source], packages: 'external', target: 'node20' });
  const { default: made } = await import(pathToFileURL(bundle).href);
  return made;
}
