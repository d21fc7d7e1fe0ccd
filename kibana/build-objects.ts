/** `npm run kibana:build`: writes the saved objects of the workshop’s index to `kibana/objects/`, for who imports them by hand. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../core/package-root';
import { DEFAULT_INDEX } from '../store/search/index-template';
import { targets, toFile } from './saved-object';
import { toSavedObjects } from './to-saved-objects';

const folder = join(packageRoot, 'kibana', 'objects');
mkdirSync(folder, { recursive: true });
for (const target of targets)
  writeFileSync(join(folder, target.file), toFile(target, toSavedObjects(target, DEFAULT_INDEX)));
