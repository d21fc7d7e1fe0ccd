/** The bundle that AWS Lambda runs; `npm test` builds it before. */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { builtFile } from '../../core/package-root';

const BUNDLE = builtFile('lambda', 'index.js');
const LINE =
  '203.0.113.7 - - [10/Oct/2026:13:55:36 +0000] "GET /a/ HTTP/1.1" 200 5 "https://shop.example.org/b/" "curl/8.5.0" "user = alice"';

const base64 = (line: string) => Buffer.from(line).toString('base64');

/** Runs the bundle as Lambda does, in a process without anything else. @returns its reply and its log. */
function callBundle(records: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const event = { records: records.map((data, at) => ({ recordId: `r${at}`, approximateArrivalTimestamp: 0, data })) };
  const script = `require(process.argv[1]).handler(JSON.parse(process.argv[2])).then((reply) => console.log(JSON.stringify(reply)));`;
  const out = execFileSync(process.execPath, ['-e', script, BUNDLE, JSON.stringify(event)], {
    cwd: tmpdir(),
    encoding: 'utf8',
    env: { ...env },
  });
  const [log, reply] = out.trimEnd().split('\n');
  return { log: JSON.parse(log ?? ''), reply: JSON.parse(reply ?? '') };
}

describe('the bundle', () => {
  it('is smaller than 100 kB', () => {
    expect(statSync(BUNDLE).size).toBeLessThan(100_000);
  });

  it('needs nothing but Node', () => {
    const needed = Array.from(
      readFileSync(BUNDLE, 'utf8').matchAll(/\b(?:require|import)\(\s*(.*?)\s*\)/g),
      ([, name]) => name,
    );

    expect(needed.length).toBeGreaterThan(0);
    expect(needed.filter((name) => !/^"[^"]+"$/.test(name ?? '') || !isBuiltin(JSON.parse(name ?? '')))).toEqual([]);
  });

  it('answers an event, and logs one line of counts', () => {
    const { log, reply } = callBundle([base64(LINE), base64('garbage'), '']);

    expect(reply.records).toEqual([
      { recordId: 'r0', result: 'Ok', data: expect.any(String) },
      { recordId: 'r1', result: 'ProcessingFailed', data: base64('garbage') },
      { recordId: 'r2', result: 'Dropped', data: '' },
    ]);
    const event = JSON.parse(Buffer.from(reply.records[0].data, 'base64').toString());
    expect(event).toMatchObject({ host: '203.0.113.7', username: 'alice', browser: 'curl', is_bot: true });
    expect(event).not.toHaveProperty('referer_page');
    expect(log).toMatchObject({
      level: 'info',
      message: 'batch transformed',
      records: 3,
      ok: 1,
      processingFailed: 1,
      dropped: 1,
      reasons: { shape: 1, blank: 1 },
    });
  });

  it('takes the site’s hosts from its environment', () => {
    const { reply } = callBundle([base64(LINE)], { CLICKSTREAMY_SITE_HOSTS: 'www.example.org,Shop.example.org' });

    const event = JSON.parse(Buffer.from(reply.records[0].data, 'base64').toString());
    expect(event.referer_page).toBe('/b/');
  });
});
