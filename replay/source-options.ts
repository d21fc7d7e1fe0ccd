/** The options that say which failed records a command is about. */
import { z } from 'zod';
import { parseServerUrl } from '../core/auth-flags';
import { inGroup, list, text, time } from '../core/command/values';
import { UsageError } from '../core/errors';
import type { Failure } from './failure';
import { createFilter } from './filter';
import { openFolderSource } from './folder-source';
import { openS3Source, parseS3Address } from './s3-source';
import type { Source } from './source';

export const sourceOptions = {
  source: text('DIR|s3://BUCKET/PREFIX')
    .describe(
      'Folder or bucket with failed records: a data folder of `local`, a folder with the keys of a bucket, s3://BUCKET/PREFIX',
    )
    .meta({ positional: true }),
  ...inGroup('Which records', {
    prefix: text('KEY')
      .optional()
      .describe('Only objects whose key begins with this, in the folder or after s3://BUCKET/PREFIX'),
    cause: list(text('CODE')).describe(
      'Only records with this error code, such as Lambda.ProcessingFailedStatus or 400',
    ),
    from: time()
      .optional()
      .describe('Only records that arrived at this time or later (2026-11-01, 2026-11-01T10:31:00Z)'),
    to: time().optional().describe('Only records that arrived before this time'),
  }),
};

const Options = z.object(sourceOptions);
export type SourceOptions = z.output<typeof Options>;

export interface Chosen {
  readonly source: Source;
  readonly filter: (failure: Failure) => boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

/** @throws UsageError; ToolkitError REPLAY_SOURCE_UNREADABLE */
export async function openChosen({ source, prefix = '', ...filter }: SourceOptions, env: Env): Promise<Chosen> {
  return { source: await openSource(source, prefix, env), filter: createFilter(filter) };
}

async function openSource(address: string, prefix: string, env: Env): Promise<Source> {
  const place = parseS3Address(address);
  if (place === undefined) {
    if (/^[a-z0-9]+:\/\//i.test(address)) {
      throw new UsageError(`${address.slice(0, 80)} is neither a folder nor s3://BUCKET/PREFIX.`);
    }
    return openFolderSource(address, prefix);
  }
  // A variable that is empty counts as not set.
  const endpoint = env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL'];
  const region = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'];
  return openS3Source({
    bucket: place.bucket,
    prefix: place.prefix + prefix,
    region: region || (endpoint ? 'us-east-1' : undefined),
    endpoint: endpoint ? parseServerUrl(endpoint) : undefined,
  });
}
