/**
 * Decides what an item of a `_bulk` reply means. The status alone does not say: 400 is both "this field is not a number" and "this index
 * is closed". An answer about the event makes it a failed event; an answer that every event would get holds all of them back.
 */
import type { BulkItem } from './bulk';

/**
 * - `event`: this event can never be stored as it is.
 * - `index`: no event can be stored until somebody acts.
 * - `busy`: it may be stored in a moment.
 * - `unclear`: either of the first two. Whether the index takes another event decides it (`bulk-writer.ts`).
 */
export type Verdict = 'stored' | 'event' | 'index' | 'busy' | 'unclear';

interface Rule {
  readonly type: string;
  /** @default any */
  readonly reason?: RegExp;
  readonly verdict: Exclude<Verdict, 'stored'>;
}

/**
 * By the error's type, and where engines use one type for both, by its reason. The first rule that fits decides; an error that fits none is
 * judged by its status. Types and reasons are those of Elasticsearch 6.3 to 8 and OpenSearch 2; the tests provoke most of them.
 */
const RULES: readonly Rule[] = [
  // An index is being made for the event, and a template's mapping for it cannot be used.
  { type: 'mapper_parsing_exception', reason: /^failed to parse mapping/i, verdict: 'index' },
  // A value of another type, or text that is not JSON.
  { type: 'mapper_parsing_exception', verdict: 'event' },
  // The same since Elasticsearch 8.8.
  { type: 'document_parsing_exception', verdict: 'event' },
  // A field that the mapping does not have, and may not get.
  { type: 'strict_dynamic_mapping_exception', verdict: 'event' },
  // A keyword over 32,766 bytes.
  { type: 'illegal_argument_exception', reason: /immense term/, verdict: 'event' },
  // More fields, or deeper ones, than the index may have.
  { type: 'illegal_argument_exception', reason: /^limit of (total fields|mapping depth|nested)/i, verdict: 'event' },
  // A new field whose type contradicts that of another.
  {
    type: 'illegal_argument_exception',
    reason: /^(mapper|object mapping) .*\[.*type|non.object mapping/i,
    verdict: 'event',
  },
  { type: 'illegal_argument_exception', reason: /no write index is defined/, verdict: 'index' },
  { type: 'illegal_argument_exception', reason: /pipeline with id .* does not exist/, verdict: 'index' },
  // The name is a data stream's.
  { type: 'illegal_argument_exception', reason: /only write ops with an op_type of create/, verdict: 'index' },
  // The index has documents of another type (Elasticsearch 6).
  { type: 'illegal_argument_exception', reason: /^rejecting mapping update/i, verdict: 'index' },
  // Its mapping demands a routing value, which no event has.
  { type: 'routing_missing_exception', verdict: 'index' },
  { type: 'index_closed_exception', verdict: 'index' },
  // The index cannot be made: too many shards, a name or a template that is not allowed.
  { type: 'validation_exception', verdict: 'index' },
  { type: 'invalid_index_name_exception', verdict: 'index' },
  { type: 'invalid_index_template_exception', verdict: 'index' },
  // Read-only, perhaps because of a full disk: 403 on Elasticsearch 6, 429 or 403 later.
  { type: 'cluster_block_exception', verdict: 'index' },
  // The index's ingest pipeline fails, at times with 500: for this event, or for all of them.
  { type: 'ingest_processor_exception', verdict: 'unclear' },
  { type: 'fail_processor_exception', verdict: 'unclear' },
  { type: 'script_exception', verdict: 'unclear' },
];

export function judgeItem({ status, error }: BulkItem): Verdict {
  if (status < 300) return 'stored';
  const rule = RULES.find(({ type, reason }) => type === error?.type && (reason?.test(error.reason ?? '') ?? true));
  return rule?.verdict ?? judgeStatus(status);
}

function judgeStatus(status: number): Verdict {
  // Larger than the engine takes.
  if (status === 413) return 'event';
  // A role is missing, or the index is and may not be created.
  if ([401, 403, 404].includes(status)) return 'index';
  return status === 429 || status >= 500 ? 'busy' : 'unclear';
}
