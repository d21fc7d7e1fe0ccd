/** `npm run kibana:build`: writes the saved objects of the workshop’s index to `kibana/objects/`, for import by hand. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../core/package-root';
import { DEFAULT_INDEX } from '../store/search/index-template';
import { lintObjects } from './lint';
import { targets, toFile } from './saved-object';
import { toSavedObjects } from './to-saved-objects';

const folder = join(packageRoot, 'kibana', 'objects');
mkdirSync(folder, { recursive: true });
for (const target of targets) {
  const objects = toSavedObjects(target, DEFAULT_INDEX);
  const faults = lintObjects(objects);
  if (faults.length > 0) throw new Error(`${target.file} is not written:\n${faults.join('\n')}`);
  writeFileSync(join(folder, target.file), toFile(target, objects));
}
