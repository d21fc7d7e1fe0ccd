import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readDeployedAddress } from '../../core/deploy-outputs';
import { JOURNEYS } from '../../traffic/journeys';
import { readJourneys } from '../../traffic/journeys-file';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'traffic-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(value: unknown): string {
  const file = join(folder, 'input.json');
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
  return file;
}

describe('the outputs of a deployment', () => {
  const readSiteUrl = (file: string) => readDeployedAddress(file, 'siteUrl', 'say it').origin;

  it('give the site of whichever stack has it', () => {
    const file = write({
      search: { endpoint: 'https://x' },
      'my-website': { siteUrl: 'https://shop.example/', id: 1 },
    });

    expect(readSiteUrl(file)).toBe('https://shop.example');
  });

  it.each([
    ['not JSON', '{', 'is not JSON'],
    ['no stacks', [1], 'must be stacks'],
    ['no outputs', { search: 'x' }, 'must be outputs by stack'],
    ['no site', { search: { endpoint: 'https://x' } }, 'has no siteUrl'],
    ['no address', { website: { siteUrl: 'shop' } }, 'it must be an http or https address'],
  ])('are refused when they are %s', (_what, value, why) => {
    expect(() => readSiteUrl(write(value))).toThrow(why);
  });

  it('are refused when they are not there', () => {
    expect(() => readSiteUrl(join(folder, 'none.json'))).toThrow('it does not exist');
  });
});

describe('custom journeys', () => {
  it('may be the built-in ones', () => {
    expect(readJourneys(write(JOURNEYS))).toEqual(JOURNEYS);
  });

  it('need little more than paths', () => {
    const file = write([{ name: 'prices', weight: 1, steps: [{ path: '/pricing/' }] }]);

    expect(readJourneys(file)).toEqual([
      {
        name: 'prices',
        weight: 1,
        visitor: 'anonymous',
        steps: [{ method: 'GET', path: '/pricing/', expect: { status: 200, action: 'page_view' } }],
      },
    ]);
  });

  const one = (more: object) => [{ name: 'x', weight: 1, steps: [{ path: '/' }], ...more }];
  it.each([
    ['a path of another site', one({ steps: [{ path: '//evil.example/' }] }), '[0].steps[0].path: must be a path'],
    ['a path with a space', one({ steps: [{ path: '/a b' }] }), '[0].steps[0].path: must be a path'],
    ['a path that ends the line', one({ steps: [{ path: '/\r\nX: y' }] }), '[0].steps[0].path: must be a path'],
    ['a name that is misspelt', one({ wieght: 2 }), 'wieght'],
    ['no steps', one({ steps: [] }), 'must have at least one step'],
    ['no weight at all', one({ weight: 0 }), 'must have a weight above 0'],
    ['members only', one({ visitor: 'member' }), 'must be for anonymous visitors or bots'],
    ['no list', {}, 'must be a list'],
  ])('are refused with %s', (_what, value, why) => {
    expect(() => readJourneys(write(value))).toThrow(why);
  });
});
