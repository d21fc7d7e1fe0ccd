/** Opens the parts of a replay, runs it and closes them. */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoreLocation } from '../store/open-store';
import { type DestinationProps, holdFolder, openDestination, toRules } from './destination';
import { openReceipts } from './receipt';
import { type ReplayProps, replay } from './replay';
import type { ReplayCounts } from './replay-counts';
import { createTransformAgain } from './transform-again';

export interface RunReplayProps
  extends Pick<ReplayProps, 'source' | 'filter' | 'onProgress' | 'onProblem'>,
    DestinationProps {
  readonly location: StoreLocation;
  /** Whether the user named the index. */
  readonly isIndexChosen: boolean;
  readonly receipts: string;
  readonly siteHosts: readonly string[];
  readonly dryRun: boolean;
}

export interface RunReplayResult {
  readonly counts: ReplayCounts;
  /** The folder with the receipts. */
  readonly receipts: string;
}

/** @throws ToolkitError of the source, the store or the receipts. */
export async function runReplay(props: RunReplayProps): Promise<RunReplayResult> {
  const { location, dryRun } = props;
  const folder = join(props.receipts, ...receiptFolder(location));
  const into = location.kind === 'duckdb' ? location.folder : toAddress(location);
  const release = dryRun || location.kind === 'duckdb' ? undefined : await holdReceipts(folder);
  try {
    const destination = dryRun ? undefined : await openDestination(location, props);
    try {
      const counts = await replay({
        ...props,
        destination,
        rules: toRules(location, props.isIndexChosen),
        transform: createTransformAgain({ siteHosts: props.siteHosts }),
        receipts: await openReceipts(folder, into, dryRun),
      });
      return { counts, receipts: folder };
    } finally {
      await destination?.close();
    }
  } finally {
    await release?.();
  }
}

type SearchLocation = Extract<StoreLocation, { kind: 'search' }>;

const toAddress = ({ client, index }: SearchLocation) => `${client.url.href.replace(/\/$/, '')}/${index}`;

/** What was replayed into one engine says nothing about another, so each index of each engine has its own folder. */
function receiptFolder(location: StoreLocation): readonly string[] {
  if (location.kind === 'duckdb') return [];
  const hash = createHash('sha256').update(toAddress(location)).digest('hex').slice(0, 8);
  return [`${location.client.url.hostname.replace(/[^\w.-]/g, '_')}-${location.index}-${hash}`];
}

/** Two replays into one engine at a time would write the same receipts. */
async function holdReceipts(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch(() => {});
  return holdFolder(folder);
}
