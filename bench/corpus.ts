/**
 * Generates an access log together with its truth: fields are chosen first, at random from a seed, and then written as a web
 * server writes them. Nothing here parses, so that the parser can be checked against it.
 */
import type { ClickEvent } from '../click/click-event';
import { BOTS, BROWSERS, MONITORS } from './corpus-agents';
import { type LineParts, makeGarbage } from './corpus-garbage';
import { Random } from './corpus-random';
import { chooseReferer, SITES } from './corpus-referers';
import { chooseRequest } from './corpus-requests';
import { chooseTail } from './corpus-tail';
import { ABSENT, asApache, BROKEN, type Logged, NO_ESCAPES } from './corpus-text';

export interface CorpusOptions {
  readonly lines: number;
  readonly seed: number;
  /** Share of lines that are not access lines. @default 0.03 */
  readonly garbage?: number;
}

export interface CorpusLine {
  /** Without its newline; some end in a carriage return. */
  readonly line: Buffer;
  /** The event that a correct transform makes of it; undefined if the line must be rejected. */
  readonly truth: ClickEvent | undefined;
}

/** Makes lines with the events that a transform must make of them when it is told the site hosts `CORPUS_SITE_HOSTS`. */
export function* generateCorpus({ lines, seed, garbage = 0.03 }: CorpusOptions): Generator<CorpusLine> {
  const random = new Random(seed);
  let epochSeconds = Date.UTC(2026, 9, 10, 3, 55, 36) / 1000;
  for (let count = 0; count < lines; count++) {
    epochSeconds += random.weighted([60, 0], [30, 1], [9, 3], [1, 4000]);
    const { parts, truth } = chooseHit(random, epochSeconds);
    if (random.chance(garbage)) {
      yield { line: makeGarbage(random, parts), truth: undefined };
      continue;
    }
    const { client, time, request, numbers, items } = parts;
    const end = random.chance(0.03) ? '\r' : '';
    yield { line: Buffer.from(`${client} [${time}] "${request}" ${numbers}${items.join('')}${end}`), truth };
  }
}

function chooseHit(random: Random, epochSeconds: number): { parts: LineParts; truth: ClickEvent } {
  const format = random.weighted([82, 'tail'], [12, 'combined'], [6, 'common']);
  const agent = format === 'common' ? NO_AGENT : chooseAgent(random);
  const client = chooseClient(random);
  const time = chooseTime(random, epochSeconds);
  const request = chooseRequest(random, agent.isMonitor);
  const bytes = chooseBytes(random, request.status);
  const site = format === 'tail' && random.chance(0.6) ? random.any(SITES) : undefined;
  const referer = format === 'common' ? { ...ABSENT, truth: {} } : chooseReferer(random, site);
  const tail = format === 'tail' ? chooseTail(random, site) : { logged: '', truth: {} };
  const items = [` "${referer.logged}"`, ` "${agent.logged}"`, ` ${tail.logged}`];
  return {
    parts: {
      client: client.logged,
      time: time.logged,
      request: request.logged,
      numbers: `${request.status} ${bytes.logged}`,
      items: items.slice(0, { common: 0, combined: 2, tail: 3 }[format]),
    },
    truth: {
      ...client.truth,
      ...time.truth,
      ...request.truth,
      response: request.status,
      status_class: `${String(request.status).charAt(0)}xx` as ClickEvent['status_class'],
      bytes: bytes.value,
      ...referer.truth,
      ...agent.truth,
      ...tail.truth,
    },
  };
}

interface CorpusClient {
  readonly logged: string;
  readonly truth: Pick<ClickEvent, 'host' | 'ident' | 'authuser'>;
}

const HOSTS = [
  ...Array.from({ length: 500 }, (_, at) => `203.0.${at % 7}.${at % 251}`),
  ...Array.from({ length: 60 }, (_, at) => `2001:db8::${at.toString(16)}`),
];
const RARE_HOSTS = [
  '::1',
  '127.0.0.1',
  'fe80::1%eth0',
  '::ffff:192.0.2.1',
  'host-1.example.com',
  'localhost',
  '2001:DB8::A',
];
const AUTHUSERS: readonly Logged[] = [
  { logged: 'bob', value: 'bob' },
  { logged: 'bob smith', value: 'bob smith' },
  { logged: '""' },
  { logged: 'no\\"body\\xe9', value: 'no"body\ufffd' },
  { logged: 'jos\\xc3\\xa9', value: 'josé' },
  { logged: 'a [b] c', value: 'a [b] c' },
  { logged: 'CORP\\\\kim', value: 'CORP\\kim' },
];

function chooseClient(random: Random): CorpusClient {
  const host = random.weighted([95, random.popular(HOSTS)], [4, random.any(RARE_HOSTS)], [1, undefined]);
  const ident = random.chance(0.01) ? 'kim' : undefined;
  const user = random.chance(0.04) ? random.any(AUTHUSERS) : ABSENT;
  return {
    logged: `${host ?? '-'} ${ident ?? '-'} ${user.logged}`,
    truth: {
      ...(host === undefined ? {} : { host }),
      ...(ident === undefined ? {} : { ident }),
      ...(user.value === undefined ? {} : { authuser: user.value }),
    },
  };
}

interface CorpusTime {
  readonly logged: string;
  readonly truth: Pick<ClickEvent, '@timestamp' | '@timestamp_utc' | 'timezone'>;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const OFFSETS = [600, -210, 345, -480, 60, 120, -300, 840, -720, 0];

function chooseTime(random: Random, epochSeconds: number): CorpusTime {
  // One in a hundred is on any day between 1971 and 2099, leap days included.
  const seconds = random.chance(0.01) ? random.int(31_536_000, 4_102_444_799) : epochSeconds;
  const minutes = random.weighted([85, 0], [14, random.any(OFFSETS)], [1, undefined]);
  const local = new Date((seconds + (minutes ?? 0) * 60) * 1000);
  const day = two(local.getUTCDate());
  const clock = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`;
  const logged = `${day}/${MONTHS[local.getUTCMonth()]}/${local.getUTCFullYear()}:${clock}`;
  const stamp = `${local.getUTCFullYear()}-${two(local.getUTCMonth() + 1)}-${day}T${clock}`;
  if (minutes === undefined) return { logged, truth: { '@timestamp': stamp } };

  const [sign, ahead] = [minutes < 0 ? '-' : '+', Math.abs(minutes)];
  const [hh, mm] = [two(Math.floor(ahead / 60)), two(ahead % 60)];
  const utc = new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
  return {
    logged: `${logged} ${sign}${hh}${mm}`,
    truth: { '@timestamp': `${stamp}${sign}${hh}:${mm}`, '@timestamp_utc': utc, timezone: `${sign}${hh}${mm}` },
  };
}

const two = (value: number) => `${value < 10 ? '0' : ''}${value}`;

/** For redirects, 304 and HEAD, which have no body, `%b` logs `-`. */
function chooseBytes(random: Random, status: number): { readonly logged: string; readonly value: number } {
  const value = random.weighted([98, random.int(40, 90_000)], [1, random.int(1e6, 9e9)], [1, 0]);
  if ([204, 303, 304].includes(status) || random.chance(0.03)) return { logged: '-', value: 0 };
  return { logged: String(value), value };
}

interface ChosenAgent {
  readonly logged: string;
  readonly isMonitor: boolean;
  readonly truth: Pick<ClickEvent, 'user-agent' | 'browser' | 'os' | 'is_bot' | 'run'>;
}

const NO_AGENT: ChosenAgent = { ...ABSENT, isMonitor: false, truth: { is_bot: false } };

function chooseAgent(random: Random): ChosenAgent {
  if (random.chance(0.02)) return { ...NO_AGENT, logged: random.any(['-', '']) };
  const { text, browser, os, isBot, isMonitor } = random.weighted(
    [84, random.popular(BROWSERS)],
    [14, random.popular(BOTS)],
    [2, random.any(MONITORS)],
  );
  const run = random.weighted([94, undefined], [6, random.any(['r7', '2026-10-10T13.55', 'a_b-c'])]);
  const suffix = !isBot && random.chance(0.01) ? random.any(UNUSUAL_SUFFIXES) : { logged: '', value: '' };
  const mark = run === undefined ? '' : ` clickstreamy/${run}`;
  return {
    logged: `${asApache(text).logged}${suffix.logged}${mark}`,
    isMonitor: isMonitor === true,
    truth: {
      'user-agent': `${text}${suffix.value}${mark}`,
      ...(browser === undefined ? {} : { browser }),
      ...(os === undefined ? {} : { os }),
      is_bot: isBot,
      ...(run === undefined ? {} : { run }),
    },
  };
}

/** Unusual text that a client may add to its user agent; the event keeps it. */
const UNUSUAL_SUFFIXES: readonly Logged[] = [
  asApache(' "q" \\back\\'),
  asApache(' café 東京 😀'),
  asApache('\ta'),
  ...BROKEN,
  ...NO_ESCAPES,
].map(({ logged, value }) => ({ logged: ` ${logged}`, value: ` ${value}` }));
