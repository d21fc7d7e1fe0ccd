import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { askEngine } from '../../store/search/engine';
import { describeEngines } from '../support/engines/engines';
import { clientOf, dropIndex, freshIndex } from '../support/engines/use-index';
import { runSetup as setup } from '../support/run-setup';

describeEngines('clickstreamy kibana setup', (name, url) => {
  const isSix = name.startsWith('elasticsearch-6');
  const kind = isSix ? 'template' : 'index_template';
  let folder: string;
  let index: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'setup-'));
    index = freshIndex();
  });
  afterEach(async () => {
    await dropIndex(clientOf(url()), index);
    await rm(folder, { recursive: true, force: true });
  });

  it('puts the template that fits the engine, and can be repeated', async () => {
    const args = ['--url', url(), '--index', index, '--json'];

    const [first, second] = [await setup(args), await setup(args)];

    expect(first).toMatchObject({ code: 0, err: expect.stringContaining(`${name.replace('-', ' ')}: template`) });
    expect(JSON.parse(first.out)).toMatchObject({ template: `clickstreamy-${index}`, indexes: [] });
    expect(second.out).toBe(first.out);
  });

  it('takes the address from a deployment’s outputs', async () => {
    const outputs = join(folder, 'outputs.json');
    await writeFile(outputs, JSON.stringify({ search: { domainEndpoint: url() } }));

    const { code } = await setup(['--outputs', outputs, '--index', index]);

    expect(code).toBe(0);
    const path = `/_${kind}/clickstreamy-${index}`;
    await askEngine(clientOf(url()), { method: 'GET', path }, z.object({}));
  });

  it.each([
    ['the deployment’s outputs', (outputs: string) => ['--outputs', outputs]],
    ['--type', () => ['--url', url(), '--type', 'hits']],
  ])('takes the documents’ type, if the engine has types, from %s', async (_, from) => {
    const outputs = join(folder, 'outputs.json');
    const stacks = { search: { domainEndpoint: url() }, delivery: { typeName: 'hits' } };
    await writeFile(outputs, JSON.stringify(stacks));

    const { code, out } = await setup([...from(outputs), '--index', index, '--json']);
    await askEngine(clientOf(url()), { method: 'PUT', path: `/${index}-2026-11-23` }, z.object({}));

    expect(code).toBe(0);
    expect(JSON.parse(out).type).toBe(isSix ? 'hits' : undefined);
    const made = { method: 'GET', path: `/${index}-2026-11-23` } as const;
    const { [`${index}-2026-11-23`]: found } = await askEngine(clientOf(url()), made, Made);
    expect(Object.keys(found?.mappings ?? {})).toEqual(isSix ? ['hits'] : expect.arrayContaining(['properties']));
  });

  it('exits with 1 and a hint if the index was made without it', async () => {
    const body = { method: 'PUT', path: `/${index}/_doc/1`, json: { page: '/a/' } } as const;
    await askEngine(clientOf(url()), body, z.object({}));

    const { code, out, err } = await setup(['--url', url(), '--index', index, '--json']);

    expect(code).toBe(1);
    expect(err).toContain(`The index ${index} was made without the template`);
    expect(err).toContain('_reindex');
    expect(out).toBe('');
  });
});

const Made = z.record(z.string(), z.object({ mappings: z.record(z.string(), z.unknown()) }));
