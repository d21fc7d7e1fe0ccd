import fc from 'fast-check';
import { describeAgent } from '../../etl/agent';

describe('describeAgent', () => {
  it.each<[string, object]>([
    [
      'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      { browser: 'Firefox', os: 'Linux', is_bot: false, isMonitor: false },
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36',
      { browser: 'Chrome', os: 'Windows', is_bot: false, isMonitor: false },
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15',
      { browser: 'Safari', os: 'macOS', is_bot: false, isMonitor: false },
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1',
      { browser: 'Safari', os: 'iOS', is_bot: false, isMonitor: false },
    ],
    [
      'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Mobile Safari/537.36',
      { browser: 'Chrome', os: 'Android', is_bot: false, isMonitor: false },
    ],
    [
      'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
      { browser: 'Googlebot', is_bot: true, isMonitor: false },
    ],
    ['curl/8.5.0', { browser: 'curl', is_bot: true, isMonitor: false }],
    ['ELB-HealthChecker/2.0', { browser: 'ELB-HealthChecker', is_bot: true, isMonitor: true }],
    ['kube-probe/1.29', { browser: 'kube-probe', is_bot: true, isMonitor: true }],
  ])('%s', (userAgent, facts) => {
    expect(JSON.parse(JSON.stringify(describeAgent(userAgent)))).toEqual(facts);
  });

  const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

  it('knows the traffic tool’s run, and takes its visitors for the browsers that they imitate', () => {
    expect(describeAgent(`${FIREFOX} clickstreamy/r-7.a`)).toEqual({ ...describeAgent(FIREFOX), run: 'r-7.a' });
  });

  it.each([
    `clickstreamy/r7 ${FIREFOX}`,
    `${FIREFOX} clickstreamy/`,
    `${FIREFOX} clickstreamy/r 7`,
    `${FIREFOX} clickstreamy/${'r'.repeat(65)}`,
  ])('sees no run in %s', (userAgent) => {
    expect(describeAgent(userAgent).run).toBeUndefined();
  });

  it('sees the run after a long agent', () => {
    expect(describeAgent(`${FIREFOX} ${'x'.repeat(5000)} clickstreamy/r7`)).toMatchObject({
      browser: 'Firefox',
      run: 'r7',
    });
  });

  it('never throws, and never gives an empty name', () => {
    const pieces = fc.constantFrom(
      'Mozilla/5.0 ',
      '(',
      ')',
      ';',
      'Chrome/',
      '129',
      ' ',
      '/',
      'Android',
      ' clickstreamy/',
      'é',
      '\0',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(pieces).map((parts) => parts.join('')),
        ),
        (userAgent) => {
          const { browser, os, run, is_bot } = describeAgent(userAgent);

          expect([browser, os, run]).not.toContain('');
          expect(typeof is_bot).toBe('boolean');
        },
      ),
      { numRuns: 500 },
    );
  });
});
