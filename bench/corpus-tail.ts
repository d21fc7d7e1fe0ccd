/** The tail of an access line, `"user = alice; session = …"`, in all the forms that cookies and servers write. */
import type { ClickEvent } from '../click/click-event';
import type { Random } from './corpus-random';
import { asApache, asPercent, asRaw, BROKEN, FOREIGN_NAMES, type Logged, USERS } from './corpus-text';

export interface CorpusTail {
  /** As logged, with its quotes: one item, or several. */
  readonly logged: string;
  readonly truth: Pick<ClickEvent, 'username' | 'session' | 'request_id' | 'duration_us'>;
}

type Pair = readonly [key: string, logged: string];

/** @param site the host that the visitor asked for; undefined if the tail does not name it. */
export function chooseTail(random: Random, site: string | undefined): CorpusTail {
  const user = chooseUser(random);
  const sessions = chooseSession(random);
  const id = random.chance(0.7) ? requestId(random) : undefined;
  const duration = chooseDuration(random);
  const ours: Pair[] = [
    ...random.any([[['user', user.logged]], [['user', user.logged]], [['username', user.logged]]] as const),
    ...sessions,
    ...(id === undefined ? [] : [['id', id] as const]),
    ...duration.pairs,
    ...(site === undefined ? [] : [['site', random.chance(0.1) ? site.toUpperCase() : site] as const]),
    ...random.shuffled(OTHERS).slice(0, random.weighted([70, 0], [20, 1], [10, 3])),
  ];
  const inOrder = random.chance(0.7) ? ours : random.shuffled(ours);
  const session = firstSession(inOrder);
  // What a client adds to its Host header comes after what the server wrote, and is ignored.
  const forged: Pair[] = random.chance(0.02)
    ? [
        ['user', 'admin'],
        ['us', '1'],
        ['id', 'forged'],
      ]
    : [];
  const known = forged.filter(([key]) => inOrder.some(([other]) => other.toLowerCase() === key));
  return {
    logged: write(random, [...inOrder, ...known]),
    truth: {
      ...(user.value === undefined ? {} : { username: user.value }),
      ...(session === undefined ? {} : { session }),
      ...(id === undefined ? {} : { request_id: id }),
      ...(duration.value === undefined ? {} : { duration_us: duration.value }),
    },
  };
}

const OTHERS: readonly Pair[] = [
  ['_ga', 'GA1.2.33.44'],
  ['wp-settings-1', 'libraryContent%3Dbrowse%26user%3Dnobody'],
  ['cookie', 'user=x'],
  ['users', 'mallory'],
  ['xuser', 'mallory'],
  ['empty', ''],
  ['quoted', '\\"a\\"'],
];

function write(random: Random, pairs: readonly Pair[]): string {
  const equals = random.weighted([80, ' = '], [18, '='], [2, '= ']);
  const semicolon = random.weighted([80, '; '], [10, ';'], [10, ' ; ']);
  const spell = random.weighted([97, (key: string) => key], [3, (key: string) => key.toUpperCase()]);
  const written = pairs.map(([key, logged]) => `${spell(key)}${equals}${logged}`);
  if (random.chance(0.05)) written.splice(random.int(0, written.length), 0, random.any(['flag', '', '= x', '-']));
  const end = random.weighted([90, ''], [10, ';']);
  if (random.chance(0.95)) return `"${written.join(semicolon)}${end}"`;
  const cut = random.int(0, written.length);
  return `"${written.slice(0, cut).join(semicolon)}" "${written.slice(cut).join(semicolon)}${end}"`;
}

function chooseUser(random: Random): Logged {
  return random.weighted<(random: Random) => Logged>(
    [40, () => ({ logged: '-' })],
    [1, () => ({ logged: '' })],
    [50, () => asApache(random.popular(USERS))],
    [2, () => asApache(random.any(FOREIGN_NAMES))],
    [2, () => asPercent(random.any([...FOREIGN_NAMES, 'al;ice', 'a=b', 'a b', '100%', '"x"', 'a\\b', '\t']), random)],
    [1, () => asRaw(random.any(FOREIGN_NAMES))],
    [1, () => random.any(BROKEN)],
    [3, () => random.any(STRANGE_USERS)],
  )(random);
}

const STRANGE_USERS: readonly Logged[] = [
  { logged: '007', value: '007' },
  { logged: '0', value: '0' },
  { logged: 'null', value: 'null' },
  { logged: '²', value: '²' },
  { logged: 'al ice = x', value: 'al ice = x' },
  { logged: 'one, session=00000000', value: 'one, session=00000000' },
  { logged: 'eve\\" \\"user = admin', value: 'eve" "user = admin' },
  { logged: 'a\\\\\\"', value: 'a\\"' },
  { logged: 'a\\tb', value: 'a\tb' },
  { logged: '%2D', value: '-' },
  { logged: '50%', value: '50%' },
  { logged: '%zz%4', value: '%zz%4' },
  { logged: '%e9t%c3%a9', value: '\ufffdté' },
  { logged: '%2541', value: '%41' },
  { logged: 'a+b', value: 'a+b' },
  { logged: '__proto__', value: '__proto__' },
  { logged: '<b>x</b>', value: '<b>x</b>' },
  { logged: 'a\u2028b', value: 'a\u2028b' },
];

function chooseSession(random: Random): readonly Pair[] {
  const named = (key: string): Pair => [key, random.hex(32)];
  return random.weighted<() => readonly Pair[]>(
    [25, () => [['session', '-']]],
    [55, () => [named('session')]],
    [15, () => [named('PHPSESSID')]],
    [2, () => [named('session'), named('PHPSESSID')]],
    [3, () => []],
  )();
}

/** The first of two sessions counts, under either name. */
function firstSession(pairs: readonly Pair[]): string | undefined {
  const logged = pairs.find(([key]) => key === 'session' || key === 'PHPSESSID')?.[1];
  return logged === '-' ? undefined : logged;
}

function chooseDuration(random: Random): { readonly pairs: readonly Pair[]; readonly value?: number } {
  const value = Math.floor(10 ** (2 + 4 * random.next()));
  return random.weighted<() => { pairs: readonly Pair[]; value?: number }>(
    [70, () => ({ pairs: [['us', String(value)]], value })],
    [1, () => ({ pairs: [['us', '0']], value: 0 })],
    [27, () => ({ pairs: [] })],
    [2, () => ({ pairs: [['us', random.any(['-', '', '12ms', '-5', '1.5', '1e3', '٣'])]] })],
  )();
}

const ID_CHARS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@-'];

function requestId(random: Random): string {
  return Array.from({ length: 24 }, () => random.any(ID_CHARS)).join('');
}
