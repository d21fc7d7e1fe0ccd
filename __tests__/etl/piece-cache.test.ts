import { toWords } from '../../etl/byte-words';
import { FALLBACK, HASH_START, hashOn, PieceCache } from '../../etl/piece-cache';

const hashOf = (piece: Buffer) => piece.reduce(hashOn, HASH_START);

/** A cache whose JSON is the piece in brackets, and whose facts are its length; for the piece `unusual` it makes null. */
function openCache(capacity = 1024) {
  let made = 0;
  const cache = new PieceCache(capacity, 64, (piece) => {
    made++;
    return piece.equals(Buffer.from('unusual')) ? null : { json: Buffer.from(`[${piece}]`), facts: piece.length };
  });
  const find = (text: string, hash?: number) => {
    const piece = Buffer.from(text);
    const handle = cache.find(
      toWords(Buffer.concat([Buffer.from('ab'), piece])),
      2,
      2 + piece.length,
      hash ?? hashOf(piece),
    );
    if (cache.facts(handle) === FALLBACK) return undefined;
    const output = toWords(Buffer.alloc(64 * 1024));
    return output.bytes.toString('utf8', 1, cache.copyJson(handle, output, 1));
  };
  return { cache, find, made: () => made };
}

it('makes a piece once', () => {
  const { find, made } = openCache();

  const texts = ['GET / HTTP/1.1', 'x', '', 'GET / HTTP/1.1', 'x', ''].map((text) => find(text));

  expect(texts).toEqual(['[GET / HTTP/1.1]', '[x]', '[]', '[GET / HTTP/1.1]', '[x]', '[]']);
  expect(made()).toBe(3);
});

it('remembers that a piece needs the simple transform', () => {
  const { find, made } = openCache();

  expect([find('unusual'), find('unusual')]).toEqual([undefined, undefined]);
  expect(made()).toBe(1);
});

it('never mixes up pieces with the same hash, and keeps only a few of them', () => {
  const { find, made } = openCache();
  const texts = Array.from({ length: 500 }, (_, at) => `piece ${at}`);

  const found = [...texts, ...texts].map((text) => find(text, 7));

  expect(found).toEqual([...texts, ...texts].map((text) => `[${text}]`));
  expect(made()).toBeGreaterThan(texts.length);
});

it('keeps what is looked up often, however many other pieces there are', () => {
  const { find, made } = openCache(64);
  find('often');
  for (let at = 0; at < 20_000; at++) {
    if (at % 16 === 0) expect(find('often')).toBe('[often]');
    expect(find(`seldom ${at}`)).toBe(`[seldom ${at}]`);
  }

  // Made again when chance replaces it in its bucket, which is far rarer than a look-up.
  expect(made() - 20_000).toBeLessThan(200);
});

it('falls back for a piece that is too long to keep', () => {
  const { find, made } = openCache();

  expect([find('x'.repeat(512)) === undefined, find('x'.repeat(513)) === undefined]).toEqual([false, true]);
  expect(made()).toBe(1);
});

it('falls back for a piece whose JSON is too long to keep', () => {
  const cache = new PieceCache(16, 16, (piece) => ({ json: Buffer.alloc(40_000), facts: piece.length }));

  const handle = cache.find(toWords(Buffer.from('x')), 0, 1, 1);

  expect(cache.facts(handle)).toBe(FALLBACK);
});
