import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadSettings } from '../../config/load-settings';
import { asksForAddress, findSourceAddress } from '../../config/source-address';

describe('findSourceAddress', () => {
  let server: Server;
  const answering = async (text: string) => {
    server = createServer((_, response) => response.end(text)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it.each([
    ['198.51.100.7\n', '198.51.100.7/32'],
    ['2001:db8::7\n', '2001:db8::7/128'],
  ])('turns %j into a block of one address', async (answer, block) => {
    const from = await answering(answer);

    expect(await findSourceAddress(from)).toBe(block);
  });

  it.each(['<html>sign in</html>', '0.0.0.0/0', ''])('does not take %j for an address', async (answer) => {
    const from = await answering(answer);

    await expect(findSourceAddress(from)).rejects.toMatchObject({ code: 'ADDRESS_UNKNOWN' });
  });

  it('says what to set if nothing answers', async () => {
    const from = await answering('');
    await new Promise((resolve) => server.close(resolve));

    await expect(findSourceAddress(from)).rejects.toThrow(
      /does not answer: connection refused\.\n→ Set `search\.access\.from`/,
    );
  });
});

describe('asksForAddress', () => {
  it('is true only if a setting says auto', () => {
    const address = '198.51.100.7';

    expect(asksForAddress(loadSettings({}))).toBe(true);
    expect(asksForAddress(loadSettings({ CLICKSTREAMY_SEARCH_ACCESS_FROM: address }))).toBe(true);
    expect(
      asksForAddress(
        loadSettings({ CLICKSTREAMY_SEARCH_ACCESS_FROM: address, CLICKSTREAMY_WEBSITE_VISITORS: address }),
      ),
    ).toBe(false);
    expect(
      asksForAddress(loadSettings({ CLICKSTREAMY_SEARCH_ACCESS_FROM: address, CLICKSTREAMY_WEBSITE_ENABLED: 'false' })),
    ).toBe(false);
  });
});
