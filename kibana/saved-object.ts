/** A saved object, as Kibana and OpenSearch Dashboards store it, and how the three targets differ. */
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
  /** Absent in Kibana 6, where an object refers to others by id within its attributes. */
  readonly references?: readonly Reference[];
  /** The version of the attributes' format; a newer server migrates them. */
  readonly migrationVersion?: Readonly<Record<string, string>>;
}

export interface Target {
  /** The base name of its file in `kibana/objects/`. */
  readonly name: 'kibana6' | 'kibana7' | 'opensearch-dashboards';
  /** The servers that it is for, as people call them. */
  readonly title: string;
  readonly file: string;
  /** Whether ids of other objects are in `references`. */
  readonly hasReferences: boolean;
  /** Whether one form of the bucket aggregation `filters` works in all of its versions: Kibana 6.3 fails on the language that 6.4 requires. */
  readonly hasFiltersBucket: boolean;
  /** The major version of Vega, part of its schema's address. */
  readonly vegaMajor: number;
}

/** Objects for the later two are in the format of Kibana 7.0: newer servers migrate them, and 7.0 refuses anything newer than itself. */
export const targets: readonly Target[] = [
  {
    name: 'kibana6',
    title: 'Kibana 6.3–6.8',
    file: 'kibana6.json',
    hasReferences: false,
    hasFiltersBucket: false,
    vegaMajor: 3,
  },
  {
    name: 'kibana7',
    title: 'Kibana 7.0–7.10',
    file: 'kibana7.ndjson',
    hasReferences: true,
    hasFiltersBucket: true,
    vegaMajor: 5,
  },
  {
    name: 'opensearch-dashboards',
    title: 'OpenSearch Dashboards 1–3',
    file: 'opensearch-dashboards.ndjson',
    hasReferences: true,
    hasFiltersBucket: true,
    vegaMajor: 5,
  },
];

const MIGRATION_VERSIONS: Readonly<Record<ObjectType, string>> = {
  'index-pattern': '6.5.0',
  visualization: '7.0.0',
  search: '7.0.0',
  dashboard: '7.0.0',
};

/** Builds one object; `link` records a reference to another and returns the attributes that express it. */
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

/** @param attribute the name of the id in Kibana 6: `index`; with references it is `indexRefName`, the reference's name. */
export type Link = (attribute: string, reference: Reference) => Readonly<Record<string, string>>;

/**
 * The id of an object of an index's dashboards. It differs for each index, so that two pipelines can share a server.
 *
 * @param name a panel's or a dashboard's id, without a dot.
 */
export function objectId(index: string, name: string): string {
  const slug = index.replace(/[^a-z0-9_-]/g, (character) => `.${character.codePointAt(0)?.toString(16)}`);
  return `${slug}.${name}`;
}

/** The objects of one index as the target's import takes them: an array for Kibana 6, otherwise one object a line. */
export function toFile(target: Target, objects: readonly SavedObject[]): string {
  if (!target.hasReferences) return `${JSON.stringify(objects, undefined, 2)}\n`;
  return objects.map((object) => `${JSON.stringify(object)}\n`).join('');
}
