import fc from 'fast-check';
import { escapeLogItem } from '../../click/log-format';
import { unescapeEncodedItem, unescapeItem } from '../../etl/unescape';

describe('unescapeItem', () => {
  it.each([
    ['plain', 'plain'],
    ['a \\"b\\"', 'a "b"'],
    ['\\\\x41', '\\x41'],
    ['\\b\\f\\n\\r\\t\\v', '\b\f\n\r\t\v'],
    ['\\x41\\x6A\\x6a', 'Ajj'],
    ['\\xc3\\xa9', 'é'],
    ['\\xf0\\x9f\\x98\\x80', '😀'],
    ['\\xe9 \\xff\\xfe', '\ufffd \ufffd\ufffd'],
    ['é\\xc3\\xa9', 'éé'],
    ['\\q', '\\q'],
    ['\\x4', '\\x4'],
    ['\\xzz', '\\xzz'],
    ['\\x', '\\x'],
    ['\\', '\\'],
    ['%41', '%41'],
  ])('%j stands for %j', (item, text) => {
    expect(unescapeItem(item)).toBe(text);
  });

  it('returns what was escaped, its bytes in UTF-8 or in Latin-1', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => unescapeItem(escapeLogItem(text)) === text));
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const escaped = escapeLogItem(Buffer.from(bytes).toString('latin1'), 'latin1');

        expect(unescapeItem(escaped)).toBe(Buffer.from(bytes).toString('utf8'));
      }),
    );
  });
});

describe('unescapeEncodedItem', () => {
  it.each([
    ['al%3Bice', 'al;ice'],
    ['jos%C3%A9', 'josé'],
    ['jos\\xc3%a9', 'josé'],
    ['%25%34', '%4'],
    ['\\x2541', 'A'],
    ['100%', '100%'],
    ['%4', '%4'],
    ['%zz', '%zz'],
    ['%ff', '\ufffd'],
  ])('%j stands for %j', (item, text) => {
    expect(unescapeEncodedItem(item)).toBe(text);
  });
});
