/** A run's totals from the embedded store, in SQL. */
import {
  DIMENSIONS,
  type Dimension,
  type EventFacts,
  type ExampleQuery,
  FEW,
  type RunReader,
  type RunTotals,
} from '../store';
import type { Query, Row } from './database';

export function createDuckDbRunReader(query: Query): RunReader {
  return {
    readRunTotals: (run) => readRunTotals(query, run),
    readExamples: (wanted) => readExamples(query, wanted),
    readRuns: async () => {
      const rows = await query(
        `SELECT run FROM events WHERE run IS NOT NULL GROUP BY run ORDER BY count(*) DESC, run LIMIT ${FEW}`,
      );
      return rows.map(({ run }) => String(run));
    },
  };
}

const MINUTE = "strftime(date_trunc('minute', time), '%Y-%m-%dT%H:%MZ')";

/** An event's value in each dimension; null where it has none. */
const KEYS: Readonly<Record<Dimension, string>> = {
  status: 'response::VARCHAR',
  page: 'page',
  action: 'action',
  outcome: "action || ' ' || outcome",
  user: 'username',
  minute: MINUTE,
};

async function readRunTotals(query: Query, run: string | undefined): Promise<RunTotals> {
  const [where, params] = run === undefined ? ['true', {}] : ['run = $run', { run }];
  const [total] = await query(`SELECT count(*) AS stored FROM events WHERE ${where}`, params);
  const copies = await query(
    `WITH copied AS (
       SELECT request_id, count(*) AS copies FROM events
       WHERE ${where} AND request_id IS NOT NULL GROUP BY request_id HAVING count(*) > 1
     )
     SELECT request_id, sum(copies - 1) OVER ()::BIGINT AS duplicated FROM copied ORDER BY request_id LIMIT ${FEW}`,
    params,
  );
  const duplicated = Number(copies[0]?.['duplicated'] ?? 0);
  const clicks = duplicated === 0 ? `SELECT * FROM events WHERE ${where}` : onceEach(where);
  const by: Partial<Record<Dimension, Record<string, number>>> = {};
  for (const name of DIMENSIONS) {
    const rows = await query(
      `SELECT key, count(*) AS clicks FROM (SELECT ${KEYS[name]} AS key FROM (${clicks})) WHERE key IS NOT NULL GROUP BY key`,
      params,
    );
    by[name] = toCounts(rows);
  }
  const sizes = await query(
    `SELECT size AS key, count(*) AS clicks FROM (
       SELECT count(*) AS size FROM (${clicks})
       WHERE session IS NOT NULL AND action IS DISTINCT FROM 'asset' GROUP BY session
     ) GROUP BY ALL`,
    params,
  );
  return {
    stored: Number(total?.['stored'] ?? 0),
    duplicated,
    duplicates: copies.map(({ request_id }) => String(request_id)),
    by: by as RunTotals['by'],
    sessionsBySize: toCounts(sizes),
  };
}

/** Ranks only events that have copies: a window over all events would need memory for them all. */
const onceEach = (where: string) => `
  SELECT * FROM events WHERE ${where} AND _id NOT IN (
    SELECT _id FROM (
      SELECT _id, row_number() OVER (PARTITION BY request_id ORDER BY _id) AS copy FROM events
      WHERE ${where} AND request_id IN (
        SELECT request_id FROM events WHERE ${where} AND request_id IS NOT NULL GROUP BY request_id HAVING count(*) > 1
      )
    ) WHERE copy > 1
  )`;

const toCounts = (rows: readonly Row[]) =>
  Object.fromEntries(rows.map(({ key, clicks }) => [String(key), Number(clicks)]));

async function readExamples(query: Query, { run, by, key }: ExampleQuery): Promise<readonly EventFacts[]> {
  const ofRun = run === undefined ? '' : 'run = $run AND ';
  const rows = await query(
    `SELECT request_id, epoch_ms(time) AS ms, request, response, username
     FROM events WHERE ${ofRun}${KEYS[by]} = $key ORDER BY time DESC, _id DESC LIMIT ${FEW}`,
    { ...(run === undefined ? {} : { run }), key },
  );
  return rows.map(({ request_id, ms, request, response, username }) => ({
    requestId: toText(request_id),
    time: typeof ms === 'number' ? new Date(ms).toISOString() : null,
    request: toText(request),
    status: typeof response === 'number' ? response : null,
    user: toText(username),
  }));
}

const toText = (cell: Row[string] | undefined) => (typeof cell === 'string' ? cell : null);
