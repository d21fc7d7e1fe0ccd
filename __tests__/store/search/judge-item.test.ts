import { judgeItem } from '../../../store/search/judge-item';

/** As recorded from Elasticsearch 6.3.2 and 7.10.2 and OpenSearch 2.19.1, or as later versions document them. */
describe('an item of a bulk reply', () => {
  it.each([
    [201, undefined, undefined, 'stored'],
    [200, undefined, undefined, 'stored'],
    [400, 'mapper_parsing_exception', "failed to parse field [bytes] of type [long] in document with id '6'", 'event'],
    [400, 'mapper_parsing_exception', 'failed to parse', 'event'],
    [400, 'document_parsing_exception', '[1:9] failed to parse field [bytes] of type [long]', 'event'],
    [
      400,
      'strict_dynamic_mapping_exception',
      'mapping set to strict, dynamic introduction of [z] within [_doc]',
      'event',
    ],
    [400, 'illegal_argument_exception', 'Document contains at least one immense term in field="k" (whose …', 'event'],
    [400, 'illegal_argument_exception', 'Limit of total fields [1000] in index [apache] has been exceeded', 'event'],
    [400, 'illegal_argument_exception', 'Limit of total fields [10] has been exceeded', 'event'],
    [400, 'illegal_argument_exception', 'Limit of mapping depth [20] in index [apache] has been exceeded', 'event'],
    [400, 'illegal_argument_exception', 'mapper [a] cannot be changed from type [long] to [text]', 'event'],
    [
      400,
      'illegal_argument_exception',
      'mapper [a.b] of different type, current_type [long], merged_type [text]',
      'event',
    ],
    [400, 'illegal_argument_exception', "Can't merge a non object mapping [o] with an object mapping [o]", 'event'],
    [413, 'es_rejected_execution_exception', 'operation too large', 'event'],
    [400, 'mapper_parsing_exception', 'Failed to parse mapping [_doc]: No handler for type [string]', 'index'],
    [400, 'index_closed_exception', 'closed', 'index'],
    [400, 'validation_exception', 'Validation Failed: 1: this action would add [2] total shards, but …', 'index'],
    [400, 'illegal_argument_exception', 'no write index is defined for alias [al]. The write index may be …', 'index'],
    [400, 'illegal_argument_exception', 'pipeline with id [nope] does not exist', 'index'],
    [
      400,
      'illegal_argument_exception',
      'only write ops with an op_type of create are allowed in data streams',
      'index',
    ],
    [400, 'illegal_argument_exception', 'Rejecting mapping update to [t1] as the final mapping would have …', 'index'],
    [400, 'routing_missing_exception', 'routing is required for [e3]/[i0]', 'index'],
    [400, 'invalid_index_name_exception', 'Invalid index name [BAD], must be lowercase', 'index'],
    [400, 'invalid_index_template_exception', 'index_template [x] invalid', 'index'],
    [404, 'index_not_found_exception', 'no such index [nx1]', 'index'],
    [403, 'cluster_block_exception', 'blocked by: [FORBIDDEN/12/index read-only / allow delete (api)];', 'index'],
    [429, 'cluster_block_exception', 'index [b1] blocked by: [TOO_MANY_REQUESTS/12/disk usage …];', 'index'],
    [403, 'security_exception', 'no permissions for [indices:data/write/bulk[s]]', 'index'],
    [401, 'security_exception', 'missing authentication credentials', 'index'],
    [429, 'es_rejected_execution_exception', 'rejected execution of …', 'busy'],
    [429, 'circuit_breaking_exception', '[parent] Data too large', 'busy'],
    [503, 'unavailable_shards_exception', '[u1][0] primary shard is not active Timeout: [1m]', 'busy'],
    [500, 'null_pointer_exception', undefined, 'busy'],
    [502, undefined, undefined, 'busy'],
    [500, 'ingest_processor_exception', 'java.lang.IllegalArgumentException: …', 'unclear'],
    [500, 'fail_processor_exception', 'not today', 'unclear'],
    [400, 'script_exception', 'runtime error', 'unclear'],
    [400, 'illegal_argument_exception', 'unknown setting [index.frobnicate]', 'unclear'],
    [400, 'illegal_argument_exception', undefined, 'unclear'],
    [409, 'version_conflict_engine_exception', '[1]: version conflict', 'unclear'],
    [400, 'tomorrows_exception', 'new', 'unclear'],
    [400, undefined, undefined, 'unclear'],
  ] as const)('of status %i, %s: %s is judged %4$s', (status, type, reason, verdict) => {
    const item = type === undefined ? { status } : { status, error: { type, reason } };

    expect(judgeItem(item)).toBe(verdict);
  });
});
