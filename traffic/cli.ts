#!/usr/bin/env node
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { z } from 'zod';
import { runCommandLine, stopOnSignals } from '../core/command-line';
import { ToolkitError, UsageError } from '../core/errors';
import { parse } from '../core/parse';
import { createProgressView, toTable } from './report';
import { runTraffic, type TrafficReport } from './run-traffic';

const Options = z
  .object({
    url: z
      .url({ protocol: /^https?$/, error: ({ input }) => `'${input}' is no http or https address` })
      .refine((url) => URL.canParse(url) && new URL(url).pathname === '/', 'give the site without a path'),
    rate: z.number('must be one number').positive('must be more than 0').max(100_000, 'must be 100,000 or less'),
    errors: z.number('must be one number').min(0, 'must be 0 to 1').max(1, 'must be 0 to 1 (0.2: every fifth)'),
    seconds: z
      .number('must be one number')
      .positive('must be more than 0')
      .max(31 * 86_400, 'must be 31 days or less')
      .optional(),
    requests: z.int('must be a whole number').positive('must be 1 or more').optional(),
    seed: z.string().min(1, 'must not be empty').optional(),
    users: z.int('must be a whole number').min(1, 'must be 1 or more').max(1_000_000, 'must be 1,000,000 or less'),
    token: z.string().min(1, 'must not be empty').optional(),
    run: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,32}$/, 'must be 1 to 32 letters, digits, - or _')
      .optional(),
    ledger: z.string().min(1, 'must name a file').optional(),
    json: z.boolean(),
  })
  .refine(({ seconds, requests }) => seconds === undefined || requests === undefined, {
    message: 'give --seconds or --requests, not both',
  });

const SECONDS = 10;

async function run(argv: unknown): Promise<void> {
  const options = parse(Options, argv, (why) => new UsageError(why));
  const { seconds = SECONDS, rate, token = process.env['CLICKSTREAMY_TOKEN'] } = options;
  const requests = options.requests ?? Math.max(1, Math.round(rate * seconds));
  const view = createProgressView(process.stderr);
  const report = await runTraffic({ ...options, requests, token, signal: stopOnSignals(), onProgress: view.show });
  view.end();
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : toTable(report));
  failIfBroken(report);
}

/** @throws ToolkitError SITE_BROKE_OFF */
function failIfBroken({ end, sent, answered, lost }: TrafficReport): void {
  if (end !== 'broken' && (answered > 0 || sent === 0)) return;
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
    .options({
      url: { type: 'string', default: 'http://127.0.0.1:8080', describe: 'The site' },
      rate: { type: 'number', default: 50, describe: 'Requests a second' },
      errors: { type: 'number', default: 0, describe: 'The share of requests that the site answers with 500, 0 to 1' },
      seconds: { type: 'number', describe: `How long (default ${SECONDS})` },
      requests: { type: 'number', describe: 'How many requests, in place of --seconds' },
      seed: {
        type: 'string',
        describe: 'Repeats a plan: the same seed and options, the same requests (default random)',
      },
      users: { type: 'number', default: 10_000, describe: 'How many names there are to sign up with' },
      token: {
        type: 'string',
        describe: "For the site's error route; CLICKSTREAMY_TOKEN keeps it out of the shell's history",
      },
      run: { type: 'string', describe: 'The name that this run has in the log (default random)' },
      ledger: { type: 'string', describe: 'Write to this file what was sent and answered, as JSON' },
      json: { type: 'boolean', default: false, describe: 'One line of JSON in place of the table' },
    })
    .example('$0 --rate 50 --errors 0.2', '50 requests a second for 10 s, every fifth a 500')
    .example('$0 --seed monday --requests 1000', 'the same 1,000 requests each time')
    .example('$0 --seconds 60 --ledger run.json', 'a minute, and a ledger to check the dashboards against')
    .epilogue('Exit codes: 0 good, 1 the run failed, 2 wrong usage. Ctrl-C ends the run with its report and ledger.')
    .command('$0', false, {}, run),
);
