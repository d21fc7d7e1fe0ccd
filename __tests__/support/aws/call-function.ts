import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';

interface Reply {
  readonly records: readonly { readonly recordId: string; readonly result: string; readonly data: string }[];
}

const CALL = `
  const [file, event] = process.argv.slice(1);
  Promise.resolve(require(file).handler(JSON.parse(event))).then((reply) => console.log('\\n' + JSON.stringify(reply)));
`;

/**
 * Calls the handler in a function's zip as Lambda would, with an event from Firehose, in a separate Node process that has nothing but the
 * zip. (moto runs functions in Docker, which a machine may lack.)
 *
 * @param file the module that the handler is in.
 * @param lines one for each of the event's records.
 */
export async function callFunction(zip: Buffer, file: string, lines: readonly string[]): Promise<Reply> {
  const folder = mkdtempSync(join(tmpdir(), 'clickstreamy-function-'));
  try {
    for (const [name, content] of Object.entries(unzipSync(zip))) writeFileSync(join(folder, name), content);
    const event = {
      invocationId: 'invocation',
      deliveryStreamArn: 'arn:aws:firehose:us-east-1:123456789012:deliverystream/webserver_stream',
      region: 'us-east-1',
      records: lines.map((line, index) => ({
        recordId: `record-${index}`,
        approximateArrivalTimestamp: 1_600_000_000_000,
        data: Buffer.from(line).toString('base64'),
      })),
    };
    const args = ['-e', CALL, join(folder, file), JSON.stringify(event)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, env: {}, timeout: 30_000 });
    return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
