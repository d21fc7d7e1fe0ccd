/** A saved object, as Kibana and OpenSearch Dashboards keep it, and what parts the three targets from one another. */
export type ObjectType = 'index-pattern' | 'visualization' | 'search' | 'dashboard';

export interface Reference {
  readonly name: string;
  readonly type: ObjectType;
  readonly id: string;
}

export interface SavedObject {
  readonly type: ObjectType;
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Kibana 6 has none: there an object names others by their ids, within its attributes. */
  readonly references?: readonly Reference[];
  /** The format that the attributes are in; a newer server migrates them. */
  readonly migrationVersion?: Readonly<Record<string, string>>;
}

export interface Target {
  /** The stem of its file in `kibana/objects/`. */
  readonly name: 'kibana6' | 'kibana7' | 'opensearch-dashboards';
  /** For people: which servers it is for. */
  readonly title: string;
  readonly file: string;
  /** Whether ids of other objects stand in `references`. */
  readonly hasReferences: boolean;
  /** Of Vega, in the address of its schema. */
  readonly vegaMajor: number;
}

/**
 * Objects for the later two are written as Kibana 7.0 had them: each later server migrates from there, and 7.0 refuses what is newer
 * than itself.
 */
export const targets: readonly Target[] = [
  { name: 'kibana6', title: 'Kibana 6.3–6.8', file: 'kibana6.json', hasReferences: false, vegaMajor: 3 },
  { name: 'kibana7', title: 'Kibana 7.0–7.10', file: 'kibana7.ndjson', hasReferences: true, vegaMajor: 5 },
  {
    name: 'opensearch-dashboards',
    title: 'OpenSearch Dashboards 1–3',
    file: 'opensearch-dashboards.ndjson',
    hasReferences: true,
    vegaMajor: 5,
  },
];

const MIGRATION_VERSIONS: Readonly<Record<ObjectType, string>> = {
  'index-pattern': '6.5.0',
  visualization: '7.0.0',
  search: '7.0.0',
  dashboard: '7.0.0',
};

/** Builds one object; `link` notes that it names another and gives the attributes that do so. */
export function makeObject(
  target: Target,
  type: ObjectType,
  id: string,
  build: (link: Link) => Readonly<Record<string, unknown>>,
): SavedObject {
  const references: Reference[] = [];
  const attributes = build((attribute, reference) => {
    if (!target.hasReferences) return { [attribute]: reference.id };
    references.push(reference);
    return { [`${attribute}RefName`]: reference.name };
  });
  if (!target.hasReferences) return { type, id, attributes };
  return { type, id, attributes, references, migrationVersion: { [type]: MIGRATION_VERSIONS[type] } };
}

/** @param attribute what Kibana 6 calls the id: `index`; with references it is `indexRefName`, the reference's name. */
export type Link = (attribute: string, reference: Reference) => Readonly<Record<string, string>>;

/**
 * The id of an object of an index's dashboards: unlike for every other index, so that two pipelines live side by side.
 *
 * @param name a panel's or a dashboard's id, without a dot.
 */
export function objectId(index: string, name: string): string {
  const slug = index.replace(/[^a-z0-9_-]/g, (character) => `.${character.codePointAt(0)?.toString(16)}`);
  return `${slug}.${name}`;
}

/** Of all the objects of one index, as the target's import takes them: an array for Kibana 6, else one object a line. */
export function toFile(target: Target, objects: readonly SavedObject[]): string {
  if (!target.hasReferences) return `${JSON.stringify(objects, undefined, 2)}\n`;
  return objects.map((object) => `${JSON.stringify(object)}\n`).join('');
}
