/** The wall clock is moved while the pipeline runs; the clock that intervals are measured by goes on. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eachOnce, useScene } from '../support/faults/scene';
import { firstOf, needs } from '../support/needs';
import { until } from '../support/until';

const library = firstOf(
  ...['x86_64-linux-gnu', 'aarch64-linux-gnu'].map((machine) => `/usr/lib/${machine}/faketime/libfaketimeMT.so.1`),
);

needs('faketime', library)('a wall clock that jumps', () => {
  const scene = useScene();
  const clock = () => join(scene().folder, 'clock');
  const setClock = (offset: string) => writeFileSync(clock(), offset);
  const withClock = () => {
    setClock('+0');
    return {
      LD_PRELOAD: library ?? '',
      FAKETIME_TIMESTAMP_FILE: clock(),
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    };
  };

  it.each(['-1h', '+1d'])(
    'loses and doubles nothing at %s: new files are found, the checkpoint is written',
    async (jump) => {
      const { log } = scene();
      const checkpoint = join(scene().data, 'shipper.json');
      log.start(1000);
      const pipeline = scene().start({ env: withClock() });
      await pipeline.isDoneWith(2000);
      setClock(jump);
      const before = readFileSync(checkpoint, 'utf8');

      for (const rotation of ['rename', 'rename', 'gzip'] as const) {
        const written = log.written;
        log.rotate(rotation);
        await pipeline.isDoneWith(written + 1000);
      }
      await until(() => existsSync(checkpoint) && readFileSync(checkpoint, 'utf8') !== before, {
        what: 'a checkpoint',
      });
      log.stop();

      expect(await pipeline.end('SIGTERM')).toMatchObject({ code: 0 });
      expect(await scene().once()).toMatchObject({ code: 0 });
      expect(await scene().totals()).toEqual(eachOnce(log.written));
    },
  );

  it('goes on trying the store, though a day passes at once', async () => {
    const { log } = scene();
    log.append(1000);
    const pipeline = scene().start({
      env: withClock(),
      faults: [{ call: 'sql', on: '^INSERT INTO events', times: 5, action: 'fail', code: 'EIO' }],
    });
    await until(() => pipeline.stderr.includes('made to fail'), { what: 'the store fails' });
    setClock('+1d');
    await pipeline.isDoneWith(1000);

    expect(await pipeline.end('SIGTERM')).toMatchObject({ code: 0 });
    expect(await scene().totals()).toEqual(eachOnce(1000));
  });
});
