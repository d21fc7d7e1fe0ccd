/** The parts that a saved object holds as JSON within JSON: panels, searches, controls, and the objects that they refer to. */
import type { ObjectType, SavedObject } from './saved-object';

export interface DashboardPanel {
  readonly panelIndex?: string;
  readonly gridData: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly panelRefName?: string;
  readonly type?: ObjectType;
  readonly id?: string;
}

export interface Named {
  readonly name: string;
  readonly type: ObjectType;
  /** Absent where the object lacks the reference of that name. */
  readonly id: string | undefined;
}

/** Parses the JSON of an attribute; an empty object where there is none. */
// biome-ignore lint/suspicious/noExplicitAny: a server may have changed it in any way, and it is only read.
export function parsed(json: unknown): any {
  return typeof json === 'string' ? JSON.parse(json) : {};
}

export function dashboardPanels({ attributes }: SavedObject): readonly DashboardPanel[] {
  const panels = parsed(attributes['panelsJSON']);
  return Array.isArray(panels) ? panels : [];
}

export function searchSourceOf({ attributes }: SavedObject): Readonly<Record<string, unknown>> {
  const meta = attributes['kibanaSavedObjectMeta'] as { readonly searchSourceJSON?: unknown } | undefined;
  return parsed(meta?.searchSourceJSON);
}

/** All objects that one refers to, by reference or by id. */
export function referencesOf(object: SavedObject): readonly Named[] {
  const byName = new Map(object.references?.map((reference) => [reference.name, reference]));
  const named = (type: ObjectType, id: unknown, name: unknown): readonly Named[] => {
    if (typeof id === 'string') return [{ name: id, type, id }];
    return typeof name === 'string' ? [{ name, type: byName.get(name)?.type ?? type, id: byName.get(name)?.id }] : [];
  };
  const source = searchSourceOf(object);
  const { params } = parsed(object.attributes['visState']);
  const controls: readonly Readonly<Record<string, unknown>>[] = params?.controls ?? [];
  return [
    ...named('index-pattern', source['index'], source['indexRefName']),
    ...controls.flatMap((control) => named('index-pattern', control['indexPattern'], control['indexPatternRefName'])),
    ...dashboardPanels(object).flatMap(({ type, id, panelRefName }) =>
      named(type ?? 'visualization', id, panelRefName),
    ),
  ];
}
