/** What a server would accept and then show wrongly, or refuse half way: found before anything is sent. */

import { fieldsOfObject } from './object-fields';
import { type DashboardPanel, dashboardPanels, parsed, referencesOf } from './object-parts';
import type { ObjectType, SavedObject } from './saved-object';

/** What every server that a target is for accepts: a strict mapping refuses all else. */
const ATTRIBUTES: Readonly<Record<ObjectType, readonly string[]>> = {
  'index-pattern': ['title', 'timeFieldName', 'fields', 'fieldFormatMap'],
  visualization: ['title', 'visState', 'uiStateJSON', 'description', 'version', 'kibanaSavedObjectMeta'],
  search: ['title', 'description', 'hits', 'columns', 'sort', 'version', 'kibanaSavedObjectMeta'],
  dashboard: [
    ...['title', 'hits', 'description', 'panelsJSON', 'optionsJSON', 'version'],
    ...['timeRestore', 'timeFrom', 'timeTo', 'refreshInterval', 'kibanaSavedObjectMeta'],
  ],
};

const COLUMNS = 48;

const nameOf = ({ type, id }: { readonly type: string; readonly id: string }) => `${type} ${id}`;

/**
 * @param known the fields of the index's mapping, and those that the index pattern works out.
 * @returns one sentence for each fault; none: the objects may go.
 */
export function lintObjects(objects: readonly SavedObject[], known: ReadonlySet<string>): readonly string[] {
  return [
    ...findClashes(objects),
    ...findDangling(objects),
    ...objects.flatMap(findForeignAttributes),
    ...objects.flatMap((object) => findUnknownFields(object, known)),
    ...objects.filter(({ type }) => type === 'dashboard').flatMap(findGridFaults),
  ];
}

function findClashes(objects: readonly SavedObject[]): readonly string[] {
  const seen = new Set<string>();
  return objects.map(nameOf).flatMap((name) => {
    if (seen.has(name)) return [`${name} is there twice.`];
    seen.add(name);
    return [];
  });
}

function findDangling(objects: readonly SavedObject[]): readonly string[] {
  const there = new Set(objects.map(nameOf));
  return objects.flatMap((object) =>
    referencesOf(object).flatMap((reference) => {
      if (reference.id === undefined) return [`${nameOf(object)} has no reference named ${reference.name}.`];
      const target = nameOf({ type: reference.type, id: reference.id });
      return there.has(target) ? [] : [`${nameOf(object)} names ${target}, which is not there.`];
    }),
  );
}

function findForeignAttributes(object: SavedObject): readonly string[] {
  const accepted = ATTRIBUTES[object.type] ?? [];
  return Object.keys(object.attributes)
    .filter((name) => !accepted.includes(name))
    .map((name) => `${nameOf(object)} has an attribute ${name}, which not every server accepts.`);
}

function findUnknownFields(object: SavedObject, known: ReadonlySet<string>): readonly string[] {
  return fieldsOfObject(object)
    .filter((field) => !known.has(field))
    .map((field) => `${nameOf(object)} looks at ${field}, which the index does not have.`);
}

function findGridFaults(object: SavedObject): readonly string[] {
  const panels = dashboardPanels(object);
  return panels.flatMap((panel, place) => {
    const { x, y, w, h } = panel.gridData;
    const name = `Panel ${place + 1} of ${nameOf(object)}`;
    const faults: string[] = [];
    if (panel.panelIndex === undefined) faults.push(`${name} has no panelIndex.`);
    if (panel.panelRefName === undefined && panel.type === undefined) faults.push(`${name} has no type.`);
    if (w < 1 || h < 1 || x < 0 || y < 0 || x + w > COLUMNS)
      faults.push(`${name} stands outside the ${COLUMNS} columns.`);
    const over = panels.findIndex((other, at) => at > place && isOver(panel, other));
    if (over >= 0) faults.push(`${name} overlaps panel ${over + 1}.`);
    return faults;
  });
}

function isOver({ gridData: a }: DashboardPanel, { gridData: b }: DashboardPanel): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

/** The fields of an index pattern of ours, as it lists them. */
export function fieldsOfPattern(object: SavedObject): ReadonlySet<string> {
  const fields = parsed(object.attributes['fields']);
  return new Set(Array.isArray(fields) ? fields.map(({ name }) => String(name)) : []);
}
