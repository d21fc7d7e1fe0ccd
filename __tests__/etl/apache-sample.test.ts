/**
 * 200 lines that a real Apache 2.4 wrote. The expectations were made by reading the lines, not by the parser; only `is_bot` is
 * what isbot says (line 36 calls itself an `agent`).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clickEventFields } from '../../click/click-event';
import { expectValid, transformLine } from '../support/one-line';

const linesOf = (name: string) =>
  readFileSync(join(__dirname, 'fixtures', name), 'utf8')
    .split('\n')
    .slice(0, -1);

const LINES = linesOf('apache-sample.log');
const EXPECTED = linesOf('apache-sample.expected.ndjson').map((line) => JSON.parse(line));

describe('the log that a real Apache wrote', () => {
  it('has an expectation for each of its 200 lines', () => {
    expect(LINES).toHaveLength(200);
    expect(EXPECTED).toHaveLength(200);
  });

  it.each(LINES.map((line, at) => [at + 1, line.slice(0, 100)] as const))(
    'gives the event of line %i: %s',
    (number) => {
      const event = transformLine(LINES[number - 1] ?? '');

      expect(event).toEqual(EXPECTED[number - 1]);
      expectValid(event);
    },
  );

  it('gives the fields in the order of the table', () => {
    const order = Object.keys(clickEventFields);

    for (const line of LINES) {
      const names = Object.keys(transformLine(line));
      expect(names).toEqual(order.filter((name) => names.includes(name)));
    }
  });
});
