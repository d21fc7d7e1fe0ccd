import { describeEngines } from '../support/engines/engines';

describeEngines('a test node', (name, url) => {
  it('answers as its engine does', async () => {
    const reply = await fetch(url());

    const { version } = (await reply.json()) as { version: { number: string; distribution?: string } };
    expect(`${version.distribution ?? 'elasticsearch'}-${version.number}`).toBe(name);
  });
});
