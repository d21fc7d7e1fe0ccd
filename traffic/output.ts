/**
 * Where the planned requests go: HTTP, a log file or a delivery stream. All take the same plan and tell the same recorder what
 * became of each request.
 */
import type { ToolkitError } from '../core/errors';
import type { Expectation } from './expected-click';
import type { PlannedRequest } from './plan';

/** Why a request has no reply. A `refused` one did not reach the site; the others may have. */
export type Loss = 'refused' | 'reset' | 'closed' | 'timeout' | 'cut';

export interface Answer {
  readonly request: PlannedRequest;
  /** How it was answered; if this differs from `request.expect`, the site did not do as planned. */
  readonly seen: Expectation & { readonly user?: string | undefined };
  readonly sentAtMs: number;
  /** From the intended start to the end of the reply. */
  readonly latencyMs: number;
}

/** Is told what happens to each request. All times are milliseconds from the run's start. */
export interface Recorder {
  /** Called once, before everything else. @param startedAt moment 0 of the run, in real time or in the time span that is back-filled. */
  onStart(startedAt: Date): void;
  /** @param isLate whether the visitor had to wait for the previous reply. */
  onSent(request: PlannedRequest, sentAtMs: number, isLate: boolean): void;
  /** The request is in the log like this. Each request sent is answered or lost, exactly once. */
  onAnswer(answer: Answer): void;
  /** The request may or may not be in the log. */
  onLost(request: PlannedRequest, loss: Loss): void;
}

/** `stopped` by its signal; `broken` because the output failed for good. */
export type OutputEnd = 'complete' | 'stopped' | 'broken';

export interface OutputResult {
  readonly end: OutputEnd;
  /** Requests whose time came. */
  readonly due: number;
  /** Why it is broken; what the recorder was told stays true. */
  readonly fault?: ToolkitError | undefined;
  /** Further figures for the report that only this output knows (bytes, records sent again). */
  readonly figures?: Readonly<Record<string, number | string>>;
}

export interface TrafficOutput {
  /** Checks that the output can work, before anything is sent or a file touched. @throws ToolkitError if it cannot */
  probe(): Promise<void>;
  /**
   * Sends the plan to its end or until `signal`. Then nothing more is sent; requests under way may still be answered.
   *
   * @throws ToolkitError if no later request could succeed; what the recorder was told until then stays true.
   */
  run(plan: Iterator<PlannedRequest>, recorder: Recorder, signal?: AbortSignal): Promise<OutputResult>;
  /** Connections open now, for the progress line; undefined if the output has none. */
  readonly connections?: number;
}
