/** Lines in logs that are not access lines. */
import type { Random } from './corpus-random';

/** An access line in parts, from which garbage is made. */
export interface LineParts {
  readonly client: string;
  readonly time: string;
  readonly request: string;
  readonly numbers: string;
  /** The quoted items after the numbers, each with a space before it; none in the common format. */
  readonly items: readonly string[];
}

/** Makes garbage: a damaged access line, or something else altogether. Never blank, and without a newline. */
export function makeGarbage(random: Random, parts: LineParts): Buffer {
  const make = random.weighted(
    [30, cutShort],
    [15, wrongTime],
    [15, wrongNumbers],
    [15, wrongQuotes],
    [10, otherFormat],
    [10, brokenBytes],
    [5, binary],
  );
  return make(random, parts);
}

function whole({ client, time, request, numbers, items }: LineParts): string {
  return `${client} [${time}] "${request}" ${numbers}${items.join('')}`;
}

/** Cut before the status, or in the middle of the referer or agent. */
function cutShort(random: Random, parts: LineParts): Buffer {
  const { client, time, request, numbers, items } = parts;
  const head = `${client} [${time}] "${request}"`;
  if (items.length === 0 || random.chance(0.5)) return Buffer.from(head.slice(0, random.int(1, head.length)));
  const [whole, cut] = random.chance(0.5) ? ['', items[0] as string] : [items[0] as string, items[1] as string];
  return Buffer.from(`${head} ${numbers}${whole}${cut.slice(0, random.int(' "'.length, cut.length - 1))}`);
}

const WRONG_TIMES = [
  '31/Feb/2026:13:55:36 +0000',
  '29/Feb/2025:13:55:36 +0000',
  '31/Apr/2026:13:55:36 +0000',
  '00/Jan/2026:13:55:36 +0000',
  '99/Foo/2026:13:55:36 +0000',
  '10/Oct/2026:25:55:36 +0000',
  '10/Oct/2026:24:00:00 +0000',
  '10/Oct/2026:13:60:36 +0000',
  '10/Oct/2026:13:55:36 +00',
  '10/Oct/2026:13:55:36 UTC',
  '10/Oct/2026 13:55:36 +0000',
  '2026-10-10T13:55:36Z',
  '1/Oct/2026:13:55:36 +0000',
  '-',
  '',
];

function wrongTime(random: Random, parts: LineParts): Buffer {
  return Buffer.from(whole({ ...parts, time: random.any(WRONG_TIMES) }));
}

const WRONG_NUMBERS = [
  '999 5',
  '000 5',
  '600 5',
  '099 -',
  '20 5',
  '2000 5',
  'abc 5',
  '- 5',
  '200',
  '200 x',
  '200 -5',
  '200 1.5',
  '200  5',
];

function wrongNumbers(random: Random, parts: LineParts): Buffer {
  return Buffer.from(whole({ ...parts, numbers: random.any(WRONG_NUMBERS) }));
}

function wrongQuotes(random: Random, parts: LineParts): Buffer {
  const { client, time, request, numbers } = parts;
  return Buffer.from(
    random.any([
      `${client} [${time}] GET / HTTP/1.1 ${numbers}`,
      `${client} [${time}] "GET / HTTP/1.1 ${numbers}`,
      `${client} ${time} "${request}" ${numbers}`,
      `${client} [${time} "${request}" ${numbers}`,
      `${client} [${time}] "${request}" ${numbers} "-" "agent" behind`,
      `${client} [${time}] "${request}" ${numbers} - -`,
      `${client} [${time}] "${request}" ${numbers} "-" "agent`,
      `${client} [${time}] "${request}" ${numbers} "-" "agent\\"`,
      `${client} [${time}] "${request}" ${numbers} "-"`,
      `[${time}] "${request}" ${numbers} "-" "-"`,
      `"${whole(parts)}"`,
    ]),
  );
}

const OTHER_FORMATS = [
  '{"time":"2026-10-10T13:55:36Z","status":200,"path":"/"}',
  '{}',
  '<34>1 2026-10-10T13:55:36Z web1 sshd 4711 - - Failed password for root',
  'Oct 10 13:55:36 web1 systemd[1]: Started Session 12 of user root.',
  '[Sat Oct 10 13:55:36.123456 2026] [core:error] [pid 4711] [client 203.0.113.7:4711] AH00126: Invalid URI in request',
  '2026/10/10 13:55:36 [error] 4711#0: *1 open() "/x" failed (2: No such file or directory)',
  '#Fields: date time cs-method cs-uri-stem sc-status',
  '2026-10-10 13:55:36 203.0.113.7 GET / - 80 - 200 0 0 15',
  'http 2026-10-10T13:55:36.1Z app/lb/50dc 203.0.113.7:2817 10.0.0.1:80 0.1 0.1 0.1 200 200 34 366 "GET http://x/ HTTP/1.1"',
  '-- MARK --',
  '-',
  '"',
  '\\',
  'null',
  '<html><body>It works!</body></html>',
  '203.0.113.7',
  '" 200 5 "a" "b'.repeat(160),
];

function otherFormat(random: Random): Buffer {
  return Buffer.from(random.any(OTHER_FORMATS));
}

/** A good line except for one byte that never occurs in UTF-8. */
function brokenBytes(random: Random, parts: LineParts): Buffer {
  const bytes = Buffer.from(whole(parts));
  bytes[random.int(0, bytes.length - 1)] = random.any([0xff, 0xfe, 0xc0, 0xf8]);
  return bytes;
}

function binary(random: Random): Buffer {
  const bytes = Buffer.from(Array.from({ length: random.int(2, 400) }, () => random.int(0x0b, 0xff)));
  bytes[0] = 0xff;
  return bytes;
}
