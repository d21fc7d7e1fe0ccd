import { z } from 'zod';
import { describeIssues, parse } from '../../core/parse';

const Plan = z.strictObject({
  name: z.string(),
  rate: z.number().min(1).max(10).default(5),
  mode: z.enum(['route', 'spread']).optional(),
  steps: z.array(z.strictObject({ page: z.string().min(1), status: z.int().optional() })).min(1),
  end: z
    .discriminatedUnion('kind', [z.object({ kind: z.literal('time') }), z.object({ kind: z.literal('count') })])
    .optional(),
  size: z.union([z.string(), z.number()]).optional(),
  id: z.string('must be an id').optional(),
});

const faultsOf = (value: unknown): string[] => {
  const { error } = Plan.safeParse(value, { reportInput: true });
  return error === undefined ? [] : describeIssues(error, Plan);
};
const good = { name: 'a', steps: [{ page: '/' }] };

describe('what is wrong with a value is said in plain words', () => {
  it.each<[string, object, string]>([
    ['a missing key', { steps: good.steps }, 'name is missing'],
    ['another type', { ...good, name: 7 }, 'name: must be a text'],
    ['a number out of range', { ...good, rate: 11 }, 'rate: must be at most 10'],
    [
      'a value that is not of the list',
      { ...good, mode: 'sprad' },
      'mode: must be one of "route", "spread"; did you mean spread?',
    ],
    [
      'an item of a list, by its place',
      { ...good, steps: [{ page: '/' }, { page: '' }] },
      'steps[1].page: must not be empty',
    ],
    ['a fraction', { ...good, steps: [{ page: '/', status: 1.5 }] }, 'steps[0].status: must be a whole number'],
    ['a list that is too short', { ...good, steps: [] }, 'steps: must not be empty'],
    ['a misspelt key', { ...good, rat: 1 }, 'rat: is not known; did you mean rate?'],
    [
      'a misspelt key further down',
      { ...good, steps: [{ page: '/', stauts: 1 }] },
      'steps[0].stauts: is not known; did you mean status?',
    ],
    ['a key like no other', { ...good, whatever: 1 }, 'whatever: is not known'],
    [
      'an alternative that does not exist',
      { ...good, end: { kind: 'tim' } },
      'end.kind: must be one of "time", "count"; did you mean time?',
    ],
    ['none of the forms', { ...good, size: true }, 'size: fits none of its forms'],
    ['a sentence that the schema has itself', { ...good, id: 5 }, 'id: must be an id'],
  ])('%s', (_, value, sentence) => {
    expect(faultsOf(value)).toEqual([sentence]);
  });

  it('all faults at once, none of them in zod’s own words', () => {
    const fail = (why: string) => new Error(why);

    expect(() => parse(Plan, { name: 1, rate: '5', steps: 'no' }, fail)).toThrow(
      'name: must be a text; rate: must be a number; steps: must be a list',
    );
    expect(() => parse(Plan, 5, fail)).toThrow('must be an object');
  });
});
