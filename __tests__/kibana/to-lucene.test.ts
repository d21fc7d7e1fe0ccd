import { toLucene } from '../../kibana/to-lucene';
import type { Filter } from '../../panels/filter';

it.each<[Filter | undefined, string]>([
  [undefined, '*'],
  [{ field: 'page', is: '/a b/' }, 'page:"/a b/"'],
  [{ field: 'username', is: 'the "real" ada' }, 'username:"the \\"real\\" ada"'],
  [{ field: 'username', is: 'ada\\' }, 'username:"ada\\\\"'],
  [{ field: 'username', is: '007' }, 'username:"007"'],
  [{ field: 'response', is: 500 }, 'response:500'],
  [{ field: 'bytes', is: -1 }, 'bytes:"-1"'],
  [{ field: 'is_bot', is: false }, 'is_bot:false'],
  [{ field: 'response', is: [200, 500] }, 'response:(200 OR 500)'],
  [{ field: 'response', atLeast: 500 }, 'response:[500 TO *]'],
  [{ field: 'session', exists: true }, '_exists_:session'],
  [
    { all: [{ not: { field: 'session', exists: true } }, { any: [{ field: 'response', is: 200 }] }] },
    '(*:* AND NOT _exists_:session) AND (response:200)',
  ],
])('%j becomes %s', (filter, text) => {
  expect(toLucene(filter)).toBe(text);
});
