import type { Query } from './duckdb-store';

/** What the store holds, counted over all time. */
export interface Totals {
  /** Events by status: `{"200": 4, "500": 1}`. */
  readonly byStatus: Readonly<Record<string, number>>;
  readonly pageViews: number;
  /** That succeeded. */
  readonly signUps: number;
  /** That succeeded. */
  readonly signIns: number;
  /** Different user names. */
  readonly users: number;
}

export async function readTotals(query: Query): Promise<Totals> {
  const statuses = await query(
    'SELECT response, count(*) AS events FROM events WHERE response IS NOT NULL GROUP BY ALL ORDER BY ALL',
  );
  const [counts] = await query(`
    SELECT
      count(*) FILTER (action = 'page_view') AS "pageViews",
      count(*) FILTER (action = 'sign_up' AND outcome = 'success') AS "signUps",
      count(*) FILTER (action = 'sign_in' AND outcome = 'success') AS "signIns",
      count(DISTINCT username) AS users
    FROM events`);
  const count = (name: string) => Number(counts?.[name] ?? 0);
  return {
    byStatus: Object.fromEntries(statuses.map(({ response, events }) => [String(response), Number(events)])),
    pageViews: count('pageViews'),
    signUps: count('signUps'),
    signIns: count('signIns'),
    users: count('users'),
  };
}
