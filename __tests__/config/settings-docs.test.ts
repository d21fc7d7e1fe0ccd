import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { renderSettingsDocs, renderSettingsSchema } from '../../config/settings-docs';
import { packageRoot } from '../../core/package-root';

const read = (path: string) => readFileSync(join(packageRoot, path), 'utf8');

describe('the files generated from the schema', () => {
  it.each([
    ['docs/settings.md', renderSettingsDocs],
    ['config/settings.schema.json', renderSettingsSchema],
  ])('%s is up to date (npm run settings)', (path, render) => {
    expect(read(path)).toBe(render());
  });

  it.each(['workshop', 'production'])('accept config/%s.json, as an editor would', (preset) => {
    const ajv = addFormats(new Ajv2020());
    const validate = ajv.compile(JSON.parse(read('config/settings.schema.json')));

    validate(JSON.parse(read(`config/${preset}.json`)));

    expect(validate.errors).toBeNull();
  });
});
