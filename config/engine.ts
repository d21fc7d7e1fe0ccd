/** Everything that depends on the search domain’s engine, in one table, so that changing the version is changing one setting. */

/**
 * The engines that Amazon OpenSearch Service offers from Elasticsearch 6.3 on, by their names in its API, each with the day on which its
 * standard support ends (a domain keeps running after it, but costs more); undefined if no date was announced.
 * Source: the service's version policy, as recorded by endoflife.date (amazon-elasticsearch, amazon-opensearch; September 2026).
 */
export const ENGINES = {
  'Elasticsearch_6.3': '2025-11-07',
  'Elasticsearch_6.4': '2025-11-07',
  'Elasticsearch_6.5': '2025-11-07',
  'Elasticsearch_6.7': '2025-11-07',
  'Elasticsearch_6.8': undefined,
  'Elasticsearch_7.1': '2025-11-07',
  'Elasticsearch_7.4': '2025-11-07',
  'Elasticsearch_7.7': '2025-11-07',
  'Elasticsearch_7.8': '2025-11-07',
  'Elasticsearch_7.9': '2027-11-07',
  'Elasticsearch_7.10': '2027-11-07',
  'OpenSearch_1.0': '2025-11-07',
  'OpenSearch_1.1': '2025-11-07',
  'OpenSearch_1.2': '2025-11-07',
  'OpenSearch_1.3': undefined,
  'OpenSearch_2.3': '2025-11-07',
  'OpenSearch_2.5': '2025-11-07',
  'OpenSearch_2.7': '2025-11-07',
  'OpenSearch_2.9': '2025-11-07',
  'OpenSearch_2.11': undefined,
  'OpenSearch_2.13': undefined,
  'OpenSearch_2.15': undefined,
  'OpenSearch_2.17': undefined,
  'OpenSearch_2.19': undefined,
  'OpenSearch_3.1': undefined,
  'OpenSearch_3.2': undefined,
  'OpenSearch_3.3': undefined,
} as const satisfies Record<string, string | undefined>;

export type EngineName = keyof typeof ENGINES;

export const ENGINE_NAMES = Object.keys(ENGINES) as [EngineName, ...EngineName[]];

export interface Engine {
  readonly name: EngineName;
  /** Which of Amazon's two APIs creates the domain, and which of Firehose's two destinations fills it. */
  readonly family: 'elasticsearch' | 'opensearch';
  /** `6.3` */
  readonly version: string;
  /** Whether documents have a type name: up to Elasticsearch 6 they must, from 7 on they must not. */
  readonly typed: boolean;
  /** What the service appends to an instance type: `t3.small.search`. */
  readonly instanceSuffix: 'elasticsearch' | 'search';
  /** Path of the dashboards on the domain's endpoint. */
  readonly dashboardsPath: '/_plugin/kibana/' | '/_dashboards/';
  /** Whether it has fine-grained access control: from Elasticsearch 6.7 on. */
  readonly fineGrained: boolean;
  /** Whether a stream can choose who assigns the documents' ids. */
  readonly documentIdOptions: boolean;
  /** The day on which standard support ends. */
  readonly supportEnds: string | undefined;
}

export function engineOf(name: EngineName): Engine {
  const [product, version = ''] = name.split('_');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const elastic = product === 'Elasticsearch';
  return {
    name,
    family: elastic ? 'elasticsearch' : 'opensearch',
    version,
    typed: elastic && major < 7,
    instanceSuffix: elastic ? 'elasticsearch' : 'search',
    dashboardsPath: elastic ? '/_plugin/kibana/' : '/_dashboards/',
    fineGrained: !elastic || major > 6 || minor >= 7,
    documentIdOptions: !elastic,
    supportEnds: ENGINES[name],
  };
}
