/** Compares the fields that an index has, or would get, with those of the click event. */
import { z } from 'zod';
import { eventMapping, type FieldMapping } from './index-template';

const Property = z.looseObject({
  type: z.string().optional(),
  fields: z.record(z.string(), z.looseObject({ type: z.string().optional() })).optional(),
});

/** A mapping in an engine's reply. */
export const Mapping = z.object({ properties: z.record(z.string(), Property).default({}) });
export type Properties = z.output<typeof Mapping>['properties'];

export interface Difference {
  /** Fields that can be added; a field that lacks only a sub-field, too. */
  readonly missing: Readonly<Record<string, FieldMapping>>;
  /** What cannot be changed: `page is text, not keyword`. */
  readonly conflict?: string;
}

export function compareMapping(have: Properties): Difference {
  const missing: Record<string, FieldMapping> = {};
  for (const [name, wanted] of Object.entries(eventMapping)) {
    const found = have[name];
    if (found === undefined) {
      missing[name] = wanted;
      continue;
    }
    if (found.type !== wanted.type) {
      return { missing, conflict: `${name} is ${found.type ?? 'an object'}, not ${wanted.type}` };
    }
    const lacks = Object.keys(wanted.fields ?? {}).filter((sub) => found.fields?.[sub] === undefined);
    // Sub-fields that somebody has added stay.
    if (lacks.length > 0) missing[name] = wanted;
  }
  return { missing };
}
