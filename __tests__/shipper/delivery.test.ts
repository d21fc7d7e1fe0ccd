import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { openEndpoint } from '../support/shipper-endpoint';
import { accessLines, openWorkbench, type Workbench } from '../support/shipper-workbench';
import { until } from '../support/until';

let bench: Workbench;
beforeEach(async () => {
  bench = await openWorkbench();
});
afterEach(() => bench.close());

describe('what is sent', () => {
  it('is one record a line, with its newline, bytes unchanged', async () => {
    writeFileSync(bench.path('access_log'), Buffer.from('a\r\n\n\xff\x00\xfe\nlast without newline', 'latin1'));

    const shipper = await bench.ship();

    expect(bench.endpoint.lines).toEqual(['a\r\n', '\n', '\xff\x00\xfe\n', 'last without newline']);
    expect(shipper.counts()).toEqual({
      read: 4,
      acknowledged: 4,
      tooLong: 0,
      uncertain: 0,
      nulBytes: 0,
      bytesRead: 28,
      bytesTotal: 28,
    });
  });

  it('is nothing, and done, for an empty log', async () => {
    writeFileSync(bench.path('access_log'), '');

    const shipper = await bench.ship();

    expect(bench.endpoint.batches).toEqual([]);
    expect(shipper.counts().read).toBe(0);
  });

  it('is signed with made-up credentials at a loopback address', async () => {
    writeFileSync(bench.path('access_log'), 'a\n');

    await bench.ship();

    expect(bench.endpoint.headers[0]?.authorization).toContain('Credential=local/');
    expect(bench.endpoint.headers[0]?.authorization).toContain('/us-east-1/firehose/');
    expect(bench.endpoint.headers[0]?.['x-amz-target']).toBe('Firehose_20150804.PutRecordBatch');
  });

  it('has at most 500 records in a batch', async () => {
    writeFileSync(bench.path('access_log'), accessLines('a', 1001).join(''));

    await bench.ship();

    expect(bench.endpoint.batches.map(({ length }) => length)).toEqual([500, 500, 1]);
  });

  it('has at most 4 MiB in a batch', async () => {
    const megabyte = `${'x'.repeat(1_000_000 - 1)}\n`;
    writeFileSync(bench.path('access_log'), megabyte.repeat(9));

    await bench.ship();

    expect(bench.endpoint.batches.map(({ length }) => length).sort()).toEqual([1, 4, 4]);
    expect(bench.endpoint.lines).toHaveLength(9);
  });

  it('fills a batch to 4 MiB to the byte', async () => {
    const quarter = (bytes: number) => `${'x'.repeat(bytes - 1)}\n`;
    const exact = [1_000_000, 1_000_000, 1_000_000, 1_000_000, 4 * 1024 * 1024 - 4_000_000];
    writeFileSync(bench.path('access_log'), [...exact, 1].map(quarter).join(''));

    await bench.ship();

    expect(bench.endpoint.batches.sort((a, b) => b.length - a.length)).toEqual([exact, [1]]);
  });

  it('keeps a line over 1,000 KiB out, whole, in a separate file', async () => {
    const longest = `${'l'.repeat(1_023_999)}\n`;
    const tooLong = `${'t'.repeat(1_024_000)}\n`;
    const huge = `${'h'.repeat(5_000_000)}\n`;
    const noNewline = 'n'.repeat(1_024_001);
    writeFileSync(bench.path('access_log'), `a\n${longest}${tooLong}b\n${huge}${noNewline}`);

    const shipper = await bench.ship();

    expect(bench.endpoint.lines.map(({ length }) => length)).toEqual([2, 1_024_000, 2]);
    expect(shipper.counts()).toMatchObject({ read: 6, acknowledged: 3, tooLong: 3 });
    const kept = readdirSync(bench.path('rejects')).map((name) => readFileSync(bench.path(`rejects/${name}`), 'utf8'));
    expect(kept.sort((a, b) => a.length - b.length)).toEqual(
      [tooLong, noNewline, huge].sort((a, b) => a.length - b.length),
    );
    expect(bench.warnings).toHaveLength(3);
    expect(bench.warnings[0]).toContain(bench.path('rejects'));
  });

  it('sends a last line of just 1,000 KiB without a newline', async () => {
    writeFileSync(bench.path('access_log'), 'x'.repeat(1_024_000));

    const shipper = await bench.ship();

    expect(bench.endpoint.batches).toEqual([[1_024_000]]);
    expect(shipper.counts().tooLong).toBe(0);
  });

  it('is the same lines, without NUL bytes before them, however the writes are cut', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\0', 'é'), maxLength: 40 }), { maxLength: 12 }),
        async (writes) => {
          run += 1;
          bench.endpoint.lines.length = 0;
          const log = bench.path(`cut-${run}.log`);
          const text = Buffer.from(writes.join('')).toString('latin1');
          const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
          const expected = lines.map((line) => line.replace(/^\0+/, '')).filter((line) => line !== '');
          writeFileSync(log, '');
          const shipper = bench.start({ patterns: [log], checkpointFile: bench.path(`cut-${run}.json`) });
          for (const [index, write] of writes.entries()) {
            appendFileSync(log, write);
            if (index % 4 === 3) await new Promise(setImmediate);
          }
          const whole = expected.filter((line) => line.endsWith('\n'));
          await until(() => bench.endpoint.lines.length >= whole.length, { what: 'the whole lines arrive' });
          await shipper.stop();
          expect(bench.endpoint.lines).toEqual(whole);

          await bench.ship({ patterns: [log], checkpointFile: bench.path(`cut-${run}.json`) });

          expect(bench.endpoint.lines).toEqual(expected);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('has lines of every length around the size of a block whole', async () => {
    const lengths = [1_023_000, 24_575, 1, 1_000, 25_577, 999_999, 48_577, 2, 1_023_998, 500_000, 548_576];
    const lines = lengths.map((length, index) => `${String.fromCharCode(97 + index).repeat(length - 1)}\n`);
    writeFileSync(bench.path('access_log'), lines.join(''));

    await bench.ship();

    expect([...bench.endpoint.lines].sort()).toEqual(lines.sort());
  });
});

describe('a stream that fails', () => {
  it.each(['503', 'throttle', 'reset', 'empty'] as const)(
    'by %s gets the batch again, nothing lost or twice',
    async (behaviour) => {
      const lines = accessLines('a', 1200);
      writeFileSync(bench.path('access_log'), lines.join(''));
      bench.endpoint.behave = (request) => (request % 2 === 0 ? behaviour : 'accept');

      const shipper = await bench.ship();

      expect([...bench.endpoint.lines].sort()).toEqual([...lines].sort());
      expect(shipper.counts().acknowledged).toBe(1200);
    },
  );

  it('in part gets only the failed records again', async () => {
    const lines = accessLines('a', 500);
    writeFileSync(bench.path('access_log'), lines.join(''));
    bench.endpoint.behave = (request) => (request === 0 ? (index) => index % 5 === 0 : 'accept');

    await bench.ship();

    expect(bench.endpoint.batches.map(({ length }) => length)).toEqual([500, 100]);
    expect([...bench.endpoint.lines].sort()).toEqual([...lines].sort());
  });

  it('by losing its reply has the batch twice: that cannot be avoided', async () => {
    writeFileSync(bench.path('access_log'), 'a\nb\n');
    bench.endpoint.behave = (request) => (request === 0 ? 'lost' : 'accept');

    const shipper = await bench.ship();

    expect(bench.endpoint.lines).toEqual(['a\n', 'b\n', 'a\n', 'b\n']);
    expect(shipper.counts()).toMatchObject({ acknowledged: 2, uncertain: 2 });
    expect(bench.warnings).toEqual([expect.stringMatching(/2 records of .*access_log, bytes 0 to 4: sent again/)]);
  });

  it('because it is out of reach is waited for', async () => {
    const port = Number(bench.endpoint.url.port);
    await bench.endpoint.close();
    writeFileSync(bench.path('access_log'), 'a\n');

    const shipper = bench.start({ once: true });
    await until(() => bench.warnings.length > 0, { what: 'the shipper says so' });
    const again = await openEndpoint(port);
    await shipper.finished;
    await again.close();

    expect(bench.warnings[0]).toMatch(/connection refused|ECONNREFUSED/); // The SDK wraps an error of another realm.
    expect(again.lines).toEqual(['a\n']);
  });

  it('for good is one clear failure', async () => {
    writeFileSync(bench.path('access_log'), accessLines('a', 5000).join(''));
    bench.endpoint.behave = () => 'not-found';

    const shipper = bench.start();

    await expect(shipper.finished).rejects.toMatchObject({
      code: 'FIREHOSE_REFUSED',
      message: expect.stringContaining('There is no delivery stream clicks at http:'),
    });
    bench.endpoint.behave = () => 'accept';
    await bench.ship();
    expect(bench.endpoint.lines).toHaveLength(5000);
  });

  it('does not hold up a stop, and gets the rest from the next run', async () => {
    const lines = accessLines('a', 3000);
    writeFileSync(bench.path('access_log'), lines.join(''));
    bench.endpoint.behave = () => '503';
    const shipper = bench.start();
    await until(() => bench.endpoint.batches.length > 4, { what: 'it tries' });

    await shipper.stop();
    await shipper.finished;
    bench.endpoint.behave = () => 'accept';
    await bench.ship();

    expect([...bench.endpoint.lines].sort()).toEqual([...lines].sort());
  });
});

describe('following', () => {
  it('sends a new line, and a partial one only when its newline has come', async () => {
    writeFileSync(bench.path('access_log'), 'a\n');
    bench.start();
    await until(() => bench.endpoint.lines.length === 1, { what: 'a' });

    appendFileSync(bench.path('access_log'), 'b\npart');
    await until(() => bench.endpoint.lines.length === 2, { what: 'b' });
    appendFileSync(bench.path('access_log'), 'ial\n');
    await until(() => bench.endpoint.lines.length === 3, { what: 'the partial line' });

    expect(bench.endpoint.lines).toEqual(['a\n', 'b\n', 'partial\n']);
  });

  it('leaves a partial last line to the next run', async () => {
    writeFileSync(bench.path('access_log'), 'a\npart');
    const shipper = bench.start();
    await until(() => bench.endpoint.lines.length === 1, { what: 'a' });
    await shipper.stop();
    appendFileSync(bench.path('access_log'), 'ial\nb\n');

    bench.start();
    await until(() => bench.endpoint.lines.length === 3, { what: 'the rest' });

    expect(bench.endpoint.lines).toEqual(['a\n', 'partial\n', 'b\n']);
  });

  it('puts a line aside that grows too long while it is followed', async () => {
    writeFileSync(bench.path('access_log'), 'x'.repeat(1_000_000));
    const shipper = bench.start();
    for (let part = 0; part < 3; part += 1) appendFileSync(bench.path('access_log'), 'x'.repeat(700_000));
    appendFileSync(bench.path('access_log'), '\nb\n');

    await until(() => bench.endpoint.lines.length === 1, { what: 'b' });

    expect(bench.endpoint.lines).toEqual(['b\n']);
    expect(shipper.counts().tooLong).toBe(1);
    const [kept = ''] = readdirSync(bench.path('rejects'));
    expect(readFileSync(bench.path(`rejects/${kept}`))).toHaveLength(3_100_001);
  });

  it('waits for a log that may come later', async () => {
    bench.start({ mayBeMissing: true, patterns: [bench.path('later/*/access_log')] });
    mkdirSync(bench.path('later/site'), { recursive: true });
    writeFileSync(bench.path('later/site/access_log'), 'a\n');

    await until(() => bench.endpoint.lines.length === 1, { what: 'a' });

    expect(bench.endpoint.lines).toEqual(['a\n']);
  });
});

describe('the checkpoint', () => {
  it('lets the next run go on where this one ended', async () => {
    writeFileSync(bench.path('access_log'), 'a\nb\n');
    await bench.ship();
    appendFileSync(bench.path('access_log'), 'c\n');

    await bench.ship();
    await bench.ship();

    expect(bench.endpoint.lines).toEqual(['a\n', 'b\n', 'c\n']);
  });

  it('holds no byte of the log itself', async () => {
    writeFileSync(bench.path('access_log'), accessLines('secret', 3).join(''));

    await bench.ship();

    expect(readFileSync(bench.path('checkpoint.json'), 'utf8')).not.toContain('secret');
  });

  it('passes no batch that is not acknowledged, though later ones are', async () => {
    const lines = accessLines('a', 2000);
    writeFileSync(bench.path('access_log'), lines.join(''));
    bench.endpoint.behave = (request) => (request === 0 ? 'hold' : 'accept');
    bench.start();
    await until(() => bench.endpoint.lines.length === 1500, { what: 'the later batches arrive' });
    await until(() => readFileSync(bench.path('checkpoint.json'), 'utf8').includes('access_log'), {
      what: 'a checkpoint',
    });

    // As after kill -9: the file as it stands, and another shipper.
    const saved = JSON.parse(readFileSync(bench.path('checkpoint.json'), 'utf8'));
    writeFileSync(bench.path('killed.json'), JSON.stringify(saved));
    bench.endpoint.behave = () => 'accept';
    await bench.ship({ checkpointFile: bench.path('killed.json') });

    expect(saved.contents[0].ranges.map(({ from }: { from: number }) => from)).not.toContain(0);
    expect(new Set(bench.endpoint.lines)).toEqual(new Set(lines));
  });

  it.each(['', '{', '{"version":1}', '{"version":3,"contents":[]}', '\0\0\0'])(
    'that is damaged (%j) is refused, not skipped',
    async (text) => {
      writeFileSync(bench.path('access_log'), 'a\n');
      writeFileSync(bench.path('checkpoint.json'), text);

      const { finished } = bench.start({ once: true });

      await expect(finished).rejects.toMatchObject({ code: 'CHECKPOINT_UNREADABLE' });
      expect(bench.endpoint.lines).toEqual([]);
      expect(readFileSync(bench.path('checkpoint.json'), 'utf8')).toBe(text);
    },
  );

  it('that cannot be written ends the run before anything is sent', async () => {
    writeFileSync(bench.path('access_log'), 'a\n');

    const { finished } = bench.start({ once: true, checkpointFile: bench.path('no/such/folder/checkpoint.json') });

    await expect(finished).rejects.toMatchObject({ code: 'CHECKPOINT_UNWRITABLE' });
    expect(bench.endpoint.lines).toEqual([]);
  });
});

describe('gzip', () => {
  it('is unpacked, of several members, too', async () => {
    const lines = accessLines('a', 30_000);
    const [first, second] = [lines.slice(0, 20_000), lines.slice(20_000)];
    writeFileSync(bench.path('access_log.2.gz'), Buffer.concat([gzipSync(first.join('')), gzipSync(second.join(''))]));

    const shipper = await bench.ship();
    await bench.ship();

    expect([...bench.endpoint.lines].sort()).toEqual([...lines].sort());
    const { bytesRead, bytesTotal } = shipper.counts();
    expect(bytesRead).toBe(bytesTotal);
  });

  it('that is damaged is reported, and everything before the damage is sent', async () => {
    const lines = accessLines('a', 30_000);
    const damaged = gzipSync('b\n');
    damaged[10] = 0x07; // No block of deflate begins so.
    writeFileSync(bench.path('access_log.1.gz'), Buffer.concat([gzipSync(lines.join('')), damaged]));

    const { finished } = bench.start({ once: true });

    await expect(finished).rejects.toMatchObject({
      code: 'LOG_CORRUPT',
      message: expect.stringMatching(/access_log\.1\.gz is not valid gzip beyond byte \d{4,} of/),
    });
    expect([...bench.endpoint.lines].sort()).toEqual([...lines].sort());
  });

  it('in name only is read as the plain log it is', async () => {
    writeFileSync(bench.path('access_log.1.gz'), 'plain text\nand more\n');

    const shipper = await bench.ship();

    expect(bench.endpoint.lines).toEqual(['plain text\n', 'and more\n']);
    expect(shipper.counts()).toMatchObject({ bytesRead: 20, bytesTotal: 20 });
  });

  it('in content only is unpacked, and goes on where an earlier run ended', async () => {
    const lines = accessLines('a', 300);
    writeFileSync(bench.path('access_log.1'), lines.slice(0, 100).join(''));
    await bench.ship();
    rmSync(bench.path('access_log.1'));
    writeFileSync(bench.path('access_log-archive'), gzipSync(lines.join('')));

    await bench.ship();
    await bench.ship();

    expect([...bench.endpoint.lines].sort()).toEqual([...lines].sort());
  });

  it.each([0, 1])('of which %i bytes are there when it is found is unpacked when there are more', async (bytes) => {
    const lines = accessLines('a', 20);
    const packed = gzipSync(lines.join(''));
    const log = bench.path('access_log_packed');
    writeFileSync(log, packed.subarray(0, bytes));
    writeFileSync(bench.path('access_log'), 'b\n');
    bench.start();
    await until(() => bench.endpoint.lines.length === 1, { what: 'the other log has arrived' });

    appendFileSync(log, packed.subarray(bytes));
    await until(() => bench.endpoint.lines.length > 20, { what: 'all lines have arrived' });

    expect([...bench.endpoint.lines].sort()).toEqual([...lines, 'b\n'].sort());
  });

  it('is not waited for in a log of one byte that is read once', async () => {
    writeFileSync(bench.path('access_log'), '\x1f');

    await bench.ship();

    expect(bench.endpoint.lines).toEqual(['\x1f']);
  });

  it('that is still being written is read when it is whole', async () => {
    const packed = gzipSync(accessLines('a', 2000).join(''));
    writeFileSync(bench.path('access_log.1.gz'), packed.subarray(0, packed.length - 20));
    const shipper = bench.start({ once: true });
    await until(() => bench.endpoint.lines.length > 1000, { what: 'most of it' });

    appendFileSync(bench.path('access_log.1.gz'), packed.subarray(packed.length - 20));
    await shipper.finished;

    expect(bench.endpoint.lines.sort()).toEqual(accessLines('a', 2000).sort());
  });
});
