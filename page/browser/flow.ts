import type { PipelineStatus } from '../overview-reply';
import { html, setText } from './dom';
import { toNumber } from './format';

interface Stage {
  readonly label: string;
  readonly about: string;
  /** Replaces `about` once it has something to say. */
  readonly reasons?: (status: PipelineStatus) => Readonly<Record<string, number>> | undefined;
  readonly count: (status: PipelineStatus) => number;
  /** Needs attention as soon as it is not 0. */
  readonly failure?: true;
  /** Shown without a rate. */
  readonly level?: true;
}

const STAGES: readonly Stage[] = [
  { label: 'Read', about: 'log lines', count: ({ read }) => read },
  { label: 'Accepted', about: 'by the stream', count: ({ accepted }) => accepted },
  { label: 'Buffered', about: 'not stored yet', count: ({ buffered }) => buffered, level: true },
  { label: 'Stored', about: 'events', count: ({ stored }) => stored },
  {
    label: 'Processing failed',
    about: 'malformed lines',
    count: ({ processingFailed }) => processingFailed,
    failure: true,
  },
  {
    label: 'Delivery failed',
    about: 'rejected events',
    reasons: ({ deliveryReasons }) => deliveryReasons,
    count: ({ deliveryFailed }) => deliveryFailed,
    failure: true,
  },
  { label: 'Dropped', about: 'blank lines', count: ({ dropped }) => dropped, level: true },
];

/** Fills the strip with the pipeline's stages: the count at each, and its rate. @returns a function that shows a status. */
export function makeFlow(strip: HTMLElement): (status: PipelineStatus) => void {
  const stages = STAGES.map((stage) => {
    const count = html('b', { class: 'count' }, '0');
    const speed = html('small', {}, stage.about);
    const kind = stage.failure ? 'failure' : stage.level ? 'level' : 'stage';
    const item = html('li', { class: kind }, html('span', {}, stage.label), count, speed);
    strip.append(item);
    return { ...stage, item, speedText: speed, countText: count };
  });
  let before: { readonly status: PipelineStatus; readonly speeds: readonly (number | undefined)[] } | undefined;

  return (status) => {
    const seconds = before === undefined ? 0 : status.seconds - before.status.seconds;
    const speeds = stages.map(({ count }, at) => {
      if (before === undefined) return undefined;
      if (seconds <= 0) return before.speeds[at];
      const now = Math.max(0, count(status) - count(before.status)) / seconds;
      // Smoothed, since counts jump by whole batches.
      return 0.7 * (before.speeds[at] ?? now) + 0.3 * now;
    });
    before = { status, speeds };
    stages.forEach(({ count, countText, speedText, item, failure, level, about, reasons }, at) => {
      const value = count(status);
      const speed = speeds[at] ?? 0;
      setText(countText, toNumber(value));
      const why = Object.entries(reasons?.(status) ?? {}).map(([reason, events]) => `${reason} ${toNumber(events)}`);
      const still = why.length === 0 ? about : why.join(', ');
      setText(speedText, failure || level || speed < 0.05 ? still : `${toNumber(speed)}/s`);
      speedText.title = still;
      item.classList.toggle('alarm', failure === true && value > 0);
    });
  };
}
