// `npm run settings`: writes docs/settings.md and config/settings.schema.json from the schema in config/settings.ts.
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { bundleInto } from './bundle.mjs';

await bundleInto('dist/settings-docs.js', {
  entryPoints: ['config/settings-docs.ts'],
  packages: 'external',
  target: 'node20',
});
const { default: made } = await import(pathToFileURL('dist/settings-docs.js').href);
writeFileSync('docs/settings.md', made.renderSettingsDocs());
writeFileSync('config/settings.schema.json', made.renderSettingsSchema());
