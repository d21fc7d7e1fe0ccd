import type { DataPanel, PanelRange, PanelRow } from '../../panels/panel';
import type { Extent } from '../extent';
import type { StoreReader, Totals } from '../store';
import type { Query, Row } from './database';
import { createDuckDbRunReader } from './run-reader';
import { toSql } from './to-sql';

export function createDuckDbReader(query: Query): StoreReader {
  return {
    readTotals: () => readTotals(query),
    readExtent: () => readExtent(query),
    readPanel: async (panel, range) => readPanel(query, panel, range),
    ...createDuckDbRunReader(query),
  };
}

async function readTotals(query: Query): Promise<Totals> {
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

async function readExtent(query: Query): Promise<Extent> {
  const [row] = await query(
    'SELECT count(*) AS events, epoch_ms(min(time)) AS first, epoch_ms(max(time)) AS last FROM events',
  );
  const events = Number(row?.['events'] ?? 0);
  const { first, last } = row ?? {};
  return typeof first === 'number' && typeof last === 'number' ? { events, first, last } : { events };
}

async function readPanel(query: Query, panel: DataPanel, range: PanelRange): Promise<readonly PanelRow[]> {
  const { from, to, bucketMs } = range;
  return (await query(toSql(panel), { from, to, bucket: bucketMs })).map(toPanelRow);
}

function toPanelRow(row: Row): PanelRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'bigint' || value instanceof Date ? Number(value) : value,
    ]),
  );
}
