/** `clickstreamy traffic`, and `traffic` by itself. */
import type { z } from 'zod';
import type { Command, Context } from '../core/command/command';
import { stopOnSignals } from '../core/command-line';
import { ToolkitError } from '../core/errors';
import { plural } from '../core/plural';
import { openProgressLine } from '../core/progress-line';
import { DEFAULTS, TrafficOptions } from './options';
import type { RunOptions } from './run-traffic';
import type { TrafficReport } from './traffic-report';

export const trafficCommand: Command<typeof TrafficOptions> = {
  about: 'Sends visitors to a site: they browse, sign up, sign in and meet errors, at an exact rate.',
  usage: '[options]',
  options: TrafficOptions,
  examples: [
    ['--rate 50 --errors 0.2', '50 requests a second for 10 seconds, every fifth a 500'],
    ['--seed monday --requests 1000', 'The same 1,000 requests each time'],
    ['--ramp 0:10,60:100 --html run.html', 'From 10 to 100 a second within a minute, and a report with charts'],
    ["--expect 'p99<500' --expect 'errors=0'", 'Exit code 1 unless both hold'],
    ['--seconds 5m --ledger run.json', 'Five minutes, and a ledger to check the store against'],
    ['--out log.gz --from 2026-11-01 --to 2026-11-08', 'A week of access lines, at full speed'],
  ],
  notes:
    'Exit codes: 0 good, 1 the run failed or a threshold does not hold, 2 wrong usage. ' +
    'Ctrl-C ends the run with its report and ledger.',
  commands: {
    merge: {
      summary: 'Add up the ledgers of the shards of one run',
      load: () => (require('./merge-command') as typeof import('./merge-command')).mergeCommand,
    },
    load: {
      summary: 'Run from several tasks on AWS Fargate, against your own deployed site',
      load: () => (require('./load/command') as typeof import('./load/command')).loadCommand,
    },
  },
  run,
};

async function run(options: z.output<typeof TrafficOptions>, { quiet }: Context): Promise<void> {
  // Loaded here, so that --help does not wait for them.
  const { toProgressLine, toTable } = require('./report') as typeof import('./report');
  const { runTraffic } = require('./run-traffic') as typeof import('./run-traffic');
  const view = openProgressLine({ quiet, plainSeconds: 5 });
  const { fault, ...report } = await runTraffic({
    ...options,
    ...toLength(options),
    token: options.token ?? process.env['CLICKSTREAMY_TOKEN'],
    signal: stopOnSignals(),
    onProgress: (progress) => view.show(() => toProgressLine(progress)),
  });
  view.end();
  // Standard output belongs to the lines if they go there.
  const stream = options.out === '-' ? process.stderr : process.stdout;
  stream.write(options.json ? `${JSON.stringify(report)}\n` : toTable(report));
  if (fault !== undefined) throw fault;
  failUnlessPassed(report);
}

/** A command line that does not say when to end has the default length. */
function toLength({ seconds, requests, ramp, to }: TrafficOptions): Pick<RunOptions, 'seconds'> {
  const hasEnd = [requests, ramp, to].some((end) => end !== undefined);
  return { seconds: seconds ?? (hasEnd ? undefined : DEFAULTS.seconds) };
}

/** @throws ToolkitError SITE_BROKE_OFF, THRESHOLD_MISSED */
function failUnlessPassed({ end, sent, lost, expect, passed }: TrafficReport): void {
  if (passed) return;
  const missed = expect.filter(({ passed }) => !passed);
  if (end !== 'broken' && missed.length > 0) {
    throw new ToolkitError(
      'THRESHOLD_MISSED',
      `The run missed what was expected: ${missed.map(({ expect, seen }) => `${expect} (it is ${seen})`).join(', ')}.`,
      'Look at the report for where it went wrong.',
    );
  }
  throw new ToolkitError(
    'SITE_BROKE_OFF',
    `The site stopped answering: ${lost} of ${plural(sent, 'request')} had no answer${end === 'broken' ? ', and the run was aborted' : ''}.`,
    'Look at the site, then run again; a lower --rate is gentler.',
  );
}
