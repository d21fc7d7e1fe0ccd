#!/usr/bin/env node
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { runCommandLine, stopOnSignals } from '../core/command-line';
import { ToolkitError, UsageError } from '../core/errors';
import { parse } from '../core/parse';
import { openProgressLine } from '../core/progress-line';
import { FLAGS } from './flags';
import { loadCommand } from './load/command';
import { mergeCommand } from './merge-command';
import { DEFAULTS, flagOf, TrafficOptions } from './options';
import { toProgressLine, toTable } from './report';
import { type RunOptions, runTraffic } from './run-traffic';
import type { TrafficReport } from './traffic-report';

async function run(argv: Readonly<Record<string, unknown>>): Promise<void> {
  const given = Object.fromEntries(Object.keys(TrafficOptions.shape).map((name) => [name, argv[name]]));
  const options = parse(TrafficOptions, given, (why) => new UsageError(inFlags(why)));
  const view = openProgressLine({ plainSeconds: 5 });
  const { fault, ...report } = await runTraffic({
    ...options,
    ...toLength(options),
    token: options.token ?? process.env['CLICKSTREAMY_TOKEN'],
    signal: stopOnSignals(),
    onProgress: (progress) => view.show(() => toProgressLine(progress)),
  });
  view.end();
  // Standard output is the lines' where they go there.
  const stream = options.out === '-' ? process.stderr : process.stdout;
  stream.write(
    options.json
      ? `${JSON.stringify(report)}
`
      : toTable(report),
  );
  if (fault !== undefined) throw fault;
  failUnlessPassed(report);
}

/** `slowMs: must be …` as the flag that was typed. */
function inFlags(why: string): string {
  return why.replace(/(?<=^|; )\w+(?=: )/g, flagOf);
}

/** A command that says nothing of its end has one all the same. */
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
      `The run is not as it was asked to be: ${missed.map(({ expect, seen }) => `${expect} (it is ${seen})`).join(', ')}.`,
      'Look at the report for where it went wrong.',
    );
  }
  throw new ToolkitError(
    'SITE_BROKE_OFF',
    `The site stopped answering: ${lost} of ${sent} requests had no answer${end === 'broken' ? ', and the run was broken off' : ''}.`,
    'Look at the site, then run again; a lower --rate is gentler.',
  );
}

runCommandLine(
  yargs(hideBin(process.argv))
    .scriptName('traffic')
    .usage('$0 [options]\n\nVisitors for a site: they browse, sign up, sign in and meet errors, at an exact rate.')
    .example('$0 --rate 50 --errors 0.2', '50 requests a second for 10 s, every fifth a 500')
    .example('$0 --seed monday --requests 1000', 'the same 1,000 requests each time')
    .example('$0 --ramp 0:10,60:100 --html run.html', 'from 10 to 100 a second in a minute, and a report with charts')
    .example("$0 --expect 'p99<500' --expect 'errors=0'", 'exit code 1 unless both hold')
    .example('$0 --seconds 60 --ledger run.json', 'a minute, and a ledger to check the dashboards against')
    .example('$0 --out log.gz --from 2026-11-01 --to 2026-11-08', 'a week of access lines, at full speed')
    .epilogue('Exit codes: 0 good, 1 the run failed, 2 wrong usage. Ctrl-C ends the run with its report and ledger.')
    .command('$0', false, FLAGS, run)
    .command(mergeCommand)
    .command(loadCommand),
);
