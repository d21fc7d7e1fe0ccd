// Writes what is made from schemas: docs/settings.md and config/settings.schema.json (config/settings.ts), and the option tables (the commands).
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { bundleInto } from './bundle.mjs';

const { renderSettingsDocs, renderSettingsSchema } = await load('config/settings-docs.ts', 'dist/settings-docs.js');
writeFileSync('docs/settings.md', renderSettingsDocs());
writeFileSync('config/settings.schema.json', renderSettingsSchema());

const { renderOptionDocs, OPTION_DOCUMENTS } = await load('scripts/option-docs.ts', 'dist/option-docs.js');
for (const file of OPTION_DOCUMENTS) writeFileSync(file, renderOptionDocs(readFileSync(file, 'utf8')));

async function load(source, bundle) {
  await bundleInto(bundle, { entryPoints: [source], packages: 'external', target: 'node20' });
  const { default: made } = await import(pathToFileURL(bundle).href);
  return made;
}
