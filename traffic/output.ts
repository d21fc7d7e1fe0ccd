/**
 * Where the planned requests go. HTTP is one output; a log file and a delivery stream are others: they take the same plan and
 * tell the same recorder what became of each request.
 */
import type { ToolkitError } from '../core/errors';
import type { Expectation } from './expected-click';
import type { PlannedRequest } from './plan';

/** Why a request has no reply: it may or may not have reached the site, but for `refused`, which did not. */
export type Loss = 'refused' | 'reset' | 'closed' | 'timeout' | 'cut';

export interface Answer {
  readonly request: PlannedRequest;
  /** As it was answered: where it differs from `request.expect`, the site did something else than planned. */
  readonly seen: Expectation & { readonly user?: string | undefined };
  readonly sentAtMs: number;
  /** From the intended start to the end of the reply. */
  readonly latencyMs: number;
}

/** Hears what happens to each request; all times are milliseconds from the run's start. */
export interface Recorder {
  /** Once, before all others. @param startedAt moment 0 of the wall clock, or of the time that is back-filled. */
  onStart(startedAt: Date): void;
  /** @param isLate the visitor waited for the reply to the request before. */
  onSent(request: PlannedRequest, sentAtMs: number, isLate: boolean): void;
  /** The request stands in the log, and this is how. Every request that was sent is answered or lost, exactly once. */
  onAnswer(answer: Answer): void;
  /** The request may stand in the log or not. */
  onLost(request: PlannedRequest, loss: Loss): void;
}

/** `stopped`: by its signal. `broken`: what is written to failed for good. */
export type OutputEnd = 'complete' | 'stopped' | 'broken';

export interface OutputResult {
  readonly end: OutputEnd;
  /** Requests whose time came. */
  readonly due: number;
  /** Why it is broken; what the recorder has heard stays true. */
  readonly fault?: ToolkitError | undefined;
  /** What only this output knows (bytes, records sent again): further figures of the report. */
  readonly figures?: Readonly<Record<string, number | string>>;
}

export interface TrafficOutput {
  /** Asks, before anything is sent or a file is touched, whether it can work. @throws ToolkitError */
  probe(): Promise<void>;
  /**
   * Takes the plan to its end, or until `signal`: then nothing more is sent, and what is under way may still be answered.
   *
   * @throws ToolkitError what no later request could do better; what the recorder has heard until then stays true.
   */
  run(plan: Iterator<PlannedRequest>, recorder: Recorder, signal?: AbortSignal): Promise<OutputResult>;
  /** Connections open now, for the progress line; only where there are any. */
  readonly connections?: number;
}
