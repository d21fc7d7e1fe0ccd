/** Finds what a server would accept and then show wrongly, or refuse half-way: `npm run kibana:build` fails on it. */
import { fieldsOfObject } from './object-fields';
import { type DashboardPanel, dashboardPanels, parsed, referencesOf } from './object-parts';
import type { ObjectType, SavedObject } from './saved-object';

/** The attributes that every supported server accepts: a strict mapping refuses all others. */
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

/** @returns one sentence for each fault; none if the objects can be imported. */
export function lintObjects(objects: readonly SavedObject[]): readonly string[] {
  const known = new Set(objects.filter(({ type }) => type === 'index-pattern').flatMap(fieldsOfPattern));
  return [
    ...findClashes(objects),
    ...findDangling(objects),
    ...objects.flatMap(findUnknownAttributes),
    ...objects.flatMap((object) => findUnknownFields(object, known)),
    ...objects.filter(({ type }) => type === 'dashboard').flatMap(findGridFaults),
  ];
}

function findClashes(objects: readonly SavedObject[]): readonly string[] {
  const seen = new Set<string>();
  return objects.map(nameOf).flatMap((name) => {
    if (seen.has(name)) return [`${name} is defined twice.`];
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
      return there.has(target) ? [] : [`${nameOf(object)} refers to ${target}, which does not exist.`];
    }),
  );
}

function findUnknownAttributes(object: SavedObject): readonly string[] {
  const accepted = ATTRIBUTES[object.type] ?? [];
  return Object.keys(object.attributes)
    .filter((name) => !accepted.includes(name))
    .map((name) => `${nameOf(object)} has an attribute ${name}, which not every server accepts.`);
}

function findUnknownFields(object: SavedObject, known: ReadonlySet<string>): readonly string[] {
  return fieldsOfObject(object)
    .filter((field) => !known.has(field))
    .map((field) => `${nameOf(object)} reads ${field}, which the index does not have.`);
}

function findGridFaults(object: SavedObject): readonly string[] {
  const panels = dashboardPanels(object);
  return panels.flatMap((panel, place) => {
    const { x, y, w, h } = panel.gridData;
    const name = `Panel ${place + 1} of ${nameOf(object)}`;
    const faults: string[] = [];
    if (panel.panelIndex === undefined) faults.push(`${name} has no panelIndex.`);
    if (panel.panelRefName === undefined && panel.type === undefined) faults.push(`${name} has no type.`);
    if (w < 1 || h < 1 || x < 0 || y < 0 || x + w > COLUMNS) faults.push(`${name} is outside the ${COLUMNS} columns.`);
    const over = panels.findIndex((other, at) => at > place && isOver(panel, other));
    if (over >= 0) faults.push(`${name} overlaps panel ${over + 1}.`);
    return faults;
  });
}

function isOver({ gridData: a }: DashboardPanel, { gridData: b }: DashboardPanel): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

/** The fields that an index pattern lists: those of the index's mapping, and the scripted ones. */
export function fieldsOfPattern(object: SavedObject): readonly string[] {
  const fields = parsed(object.attributes['fields']);
  return Array.isArray(fields) ? fields.map(({ name }) => String(name)) : [];
}
