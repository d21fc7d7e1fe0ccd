import { retry, toPauseMs } from '../../core/retry';

const quick = { firstMs: 1, longestMs: 2 };

describe('retry', () => {
  it('returns the first value that needs no retry', async () => {
    const values = [503, 503, 200, 503];
    const seen: number[] = [];

    const value = await retry(
      async (attempt) => {
        seen.push(attempt);
        return values[attempt - 1];
      },
      { again: (outcome) => 'value' in outcome && outcome.value === 503, backoff: quick },
    );

    expect(value).toBe(200);
    expect(seen).toEqual([1, 2, 3]);
  });

  it('throws the last error once the attempts are used up', async () => {
    const work = (attempt: number) => Promise.reject(new Error(`attempt ${attempt}`));

    await expect(retry(work, { again: () => true, attempts: 3, backoff: quick })).rejects.toThrow('attempt 3');
  });

  it('throws at once where trying again cannot help', async () => {
    const work = jest.fn(() => Promise.reject(new Error('no such stream')));

    await expect(retry(work, { again: () => false, backoff: quick })).rejects.toThrow('no such stream');
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('begins no attempt after its time', async () => {
    const work = jest.fn(async () => 503);

    const value = await retry(work, {
      again: () => true,
      withinMs: 0,
      backoff: { firstMs: 60_000, longestMs: 60_000 },
    });

    expect(value).toBe(503);
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('shortens the last pause, so that an attempt is made when the time is over', async () => {
    const values = [503, 200];

    const value = await retry(async (attempt) => values[attempt - 1], {
      again: (outcome) => 'value' in outcome && outcome.value === 503,
      withinMs: 20,
      backoff: () => 60_000,
    });

    expect(value).toBe(200);
  });

  it('lets the last attempt stand when it is aborted during a pause', async () => {
    const stop = new AbortController();
    const work = jest.fn(async () => {
      setImmediate(() => stop.abort());
      return 503;
    });

    const value = await retry(work, {
      again: () => true,
      signal: stop.signal,
      backoff: { firstMs: 60_000, longestMs: 60_000 },
    });

    expect(value).toBe(503);
    expect(work).toHaveBeenCalledTimes(1);
  });
});

describe('retry that is woken', () => {
  it('makes the next attempt at once, and as many as `again` wants', async () => {
    const wake = new AbortController();
    const seen: number[] = [];

    await retry(
      async (attempt) => {
        seen.push(attempt);
        setImmediate(() => wake.abort());
      },
      { again: (_, attempt) => attempt < 2, wake: wake.signal, backoff: { firstMs: 60_000, longestMs: 60_000 } },
    );

    expect(seen).toEqual([1, 2]);
  });
});

describe('toPauseMs', () => {
  it.each([
    [1, 50, 100],
    [2, 100, 200],
    [4, 400, 800],
    [50, 5000, 10_000],
  ])('waits after attempt %d between %d and %d ms', (attempt, leastMs, mostMs) => {
    for (let times = 0; times < 100; times++) {
      const pauseMs = toPauseMs(attempt);

      expect(pauseMs).toBeGreaterThanOrEqual(leastMs);
      expect(pauseMs).toBeLessThanOrEqual(mostMs);
    }
  });
});
