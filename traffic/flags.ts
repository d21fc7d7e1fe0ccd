/** The command line's flags, as `--help` shows them; their ranges are in options.ts. */
import type { Options } from 'yargs';
import { DEFAULTS } from './options';

export const FLAGS = {
  url: { type: 'string', describe: `The site (default ${DEFAULTS.url})`, group: 'What:' },
  outputs: { type: 'string', describe: "The deployed site: the file of cdktf's --outputs-file", group: 'What:' },
  rate: { type: 'number', describe: `Requests a second (default ${DEFAULTS.rate})`, group: 'What:' },
  ramp: { type: 'string', describe: 'SECONDS:RATE points in place of --rate: 0:10,60:100', group: 'What:' },
  max: { type: 'boolean', describe: 'No rate: as fast as the site answers', group: 'What:' },
  connections: { type: 'number', describe: 'At most (default 10,000; with --max always so many, 64)', group: 'What:' },
  errors: { type: 'number', describe: 'The share of requests that the site answers with 500, 0 to 1', group: 'What:' },
  'error-mode': {
    type: 'string',
    describe: `Errors by the error route (route), or on pages and forms (spread); default ${DEFAULTS.errorMode}`,
    group: 'What:',
  },
  'not-found': { type: 'number', describe: 'The share of requests for pages that are not there', group: 'What:' },
  slow: { type: 'number', describe: 'The share of requests that the site answers later', group: 'What:' },
  'slow-ms': { type: 'number', describe: `That much later (default ${DEFAULTS.slowMs})`, group: 'What:' },
  seconds: { type: 'number', describe: `How long (default ${DEFAULTS.seconds})`, group: 'What:' },
  requests: { type: 'number', describe: 'How many requests, in place of --seconds', group: 'What:' },
  seed: {
    type: 'string',
    describe: 'Repeats a plan: the same seed and options, the same requests (default random)',
    group: 'Who:',
  },
  users: {
    type: 'number',
    describe: `How many names there are to sign up with (default ${DEFAULTS.users})`,
    group: 'Who:',
  },
  think: {
    type: 'number',
    describe: `How long a visitor looks at a page, on average (default ${DEFAULTS.think} s)`,
    group: 'Who:',
  },
  journeys: { type: 'string', describe: "A JSON file of journeys of one's own", group: 'Who:' },
  token: {
    type: 'string',
    describe: "For the site's error route; CLICKSTREAMY_TOKEN keeps it out of the shell's history",
    group: 'Who:',
  },
  run: { type: 'string', describe: 'The name that this run has in the log (default random)', group: 'Who:' },
  timeout: { type: 'number', describe: `How long to wait for a reply (default ${DEFAULTS.timeout} s)`, group: 'What:' },
  out: {
    type: 'string',
    // So that `-` is its value, not an argument.
    nargs: 1,
    describe: 'Write the access lines to this file (.gz: packed; -: standard output), and send nothing',
    group: 'Where to:',
  },
  stream: { type: 'string', describe: 'Put the access lines into this Firehose stream', group: 'Where to:' },
  endpoint: { type: 'string', describe: "Firehose's address, in place of AWS's own", group: 'Where to:' },
  region: { type: 'string', describe: 'Of the stream (default as the AWS SDK finds it)', group: 'Where to:' },
  from: {
    type: 'string',
    describe: 'The lines begin at this time (2026-11-01, 2026-11-01T10:31:00Z), and are made at full speed',
    group: 'Where to:',
  },
  to: { type: 'string', describe: 'The lines end at this time', group: 'Where to:' },
  shard: {
    type: 'string',
    describe: 'Only this share of the plan, 2/8: for several machines, with one --run and one --seed',
    group: 'Where to:',
  },
  ledger: { type: 'string', describe: 'Write to this file what was sent and answered, as JSON', group: 'Result:' },
  html: { type: 'string', describe: 'Write a report with charts to this file', group: 'Result:' },
  expect: {
    type: 'string',
    array: true,
    requiresArg: true,
    nargs: 1,
    describe: "What must hold, else exit code 1: 'p99<500', 'errors=0.2', 'rate>=49.9'; repeatable",
    group: 'Result:',
  },
  json: { type: 'boolean', describe: 'One line of JSON in place of the table', group: 'Result:' },
} as const satisfies Readonly<Record<string, Options>>;
