/** The only module that knows all outputs. */
import { DEFAULTS, type TrafficOptions } from './options';
import type { TrafficOutput } from './output';
import { toFirehoseStream } from './outputs/firehose-stream';
import { toHttpOutput } from './outputs/http-output';
import { toLineOutput } from './outputs/line-output';
import type { SinkFactory } from './outputs/line-sink';
import { toLogFile } from './outputs/log-file';
import type { SiteNeeds } from './probe-site';

export type OutputName = 'http' | 'file' | 'stream';

/** The options that outputs read. */
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
  /** What the plan needs of a site besides its pages. */
  readonly needs: SiteNeeds;
  /** Requests a second at the start. */
  readonly startRate: number;
};

/** By the clock at most this many; at full speed always this many. */
const CONNECTIONS = { clock: 10_000, max: 64 };

export function nameOfOutput({ out, stream }: Pick<OutputOptions, 'out' | 'stream'>): OutputName {
  if (out !== undefined) return 'file';
  return stream === undefined ? 'http' : 'stream';
}

/** Sends nothing before `run`. @throws ToolkitError if the output cannot be opened */
export function openOutput(options: OutputOptions): TrafficOutput {
  const {
    token,
    run,
    seed,
    needs,
    startRate,
    timeout = DEFAULTS.timeout,
    seconds = Number.POSITIVE_INFINITY,
  } = options;
  const url = new URL(options.url ?? DEFAULTS.url);
  const max = options.max ? { seconds } : undefined;
  const sink = openSink(options);
  if (sink !== undefined) return toLineOutput({ run, seed, url, from: options.from, max }, sink);
  const { connections = max ? CONNECTIONS.max : CONNECTIONS.clock } = options;
  return toHttpOutput({ url, token, run, needs, startRate, max, maxConnections: connections, timeoutSeconds: timeout });
}

/** @returns undefined if the requests go to a site. */
function openSink({ out, stream, endpoint, region, from, max }: OutputOptions): SinkFactory | undefined {
  if (out !== undefined) return toLogFile(out);
  const threads = from === undefined && !max ? 1 : 2;
  return stream === undefined ? undefined : toFirehoseStream({ stream, endpoint, region, threads });
}
