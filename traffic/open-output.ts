/** The one place that knows which outputs there are. */
import { DEFAULTS, type TrafficOptions } from './options';
import type { TrafficOutput } from './output';
import { toFirehoseStream } from './outputs/firehose-stream';
import { toHttpOutput } from './outputs/http-output';
import { toLineOutput } from './outputs/line-output';
import { toLogFile } from './outputs/log-file';
import type { SiteNeeds } from './probe-site';

export type OutputName = 'http' | 'file' | 'stream';

/** Of the options, what outputs look at. */
export type OutputOptions = Partial<
  Pick<
    TrafficOptions,
    | 'url'
    | 'token'
    | 'timeout'
    | 'max'
    | 'connections'
    | 'seconds'
    | 'out'
    | 'stream'
    | 'endpoint'
    | 'region'
    | 'from'
    | 'to'
  >
> & {
  readonly run: string;
  readonly seed: string;
  /** What the plan asks of a site besides its pages. */
  readonly needs: SiteNeeds;
  /** Requests a second at the start. */
  readonly startRate: number;
};

/** At most; at full speed, always. */
const CONNECTIONS = { clock: 10_000, max: 64 };

export function nameOfOutput({ out, stream }: Pick<OutputOptions, 'out' | 'stream'>): OutputName {
  if (out !== undefined) return 'file';
  return stream === undefined ? 'http' : 'stream';
}

/** @throws ToolkitError where it cannot be opened; nothing is sent before `run`. */
export function openOutput(options: OutputOptions): TrafficOutput {
  const { token, run, seed, needs, startRate, timeout = DEFAULTS.timeout, max, seconds } = options;
  const { out, stream, endpoint, region, from } = options;
  const { connections = max ? CONNECTIONS.max : CONNECTIONS.clock } = options;
  const url = new URL(options.url ?? DEFAULTS.url);
  if (out !== undefined) return toLineOutput({ run, seed, url, from }, toLogFile(out));
  if (stream !== undefined)
    return toLineOutput(
      { run, seed, url, from },
      toFirehoseStream({ stream, endpoint, region, threads: from === undefined ? 1 : 2 }),
    );
  return toHttpOutput({
    url,
    token,
    run,
    needs,
    startRate,
    max: max ? { seconds: seconds ?? Number.POSITIVE_INFINITY } : undefined,
    maxConnections: connections,
    timeoutSeconds: timeout,
  });
}
