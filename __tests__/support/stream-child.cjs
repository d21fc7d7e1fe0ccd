// Puts records into a stream until it is killed; says which were accepted, and keeps what it stored, both as they happen.
const { appendFileSync, writeSync } = require('node:fs');
const { join } = require('node:path');

const [dist, folder, run, lineBytes, bufferBytes] = process.argv.slice(2);
const { openDeliveryStream } = require(join(dist, 'firehose/delivery-stream.js'));
const { callHandler } = require(join(dist, 'firehose/function-call.js'));
const handler = async ({ records }) => ({
  records: records.map(({ recordId, data }) => ({ recordId, result: 'Ok', data })),
});
const say = (word) => writeSync(1, `${JSON.stringify(word)}\n`);

async function main() {
  const stream = await openDeliveryStream({
    name: 'webserver_stream',
    folder,
    prefix: 'apache_',
    index: { name: 'apache' },
    bufferBytes: Number(bufferBytes),
    bufferSeconds: 0.05,
    transform: (call) => callHandler(handler, call),
    store: {
      async write(batch) {
        const lines = batch.map(({ id, document }) => `${JSON.stringify([id, document.toString()])}\n`);
        appendFileSync(join(folder, 'stored'), lines.join(''));
        return [];
      },
      async close() {},
    },
    warn: (warning) => say({ warning }),
  });
  say({ opened: true });
  let next = 0;
  async function send() {
    for (;;) {
      const names = Array.from({ length: 20 }, () => `${run}-${next++}`);
      try {
        const ids = await stream.putRecords(names.map((name) => Buffer.from(`${name.padEnd(Number(lineBytes))}\n`)));
        say({ accepted: names.map((name, index) => [ids[index], name]) });
      } catch (error) {
        say({ refused: error.code });
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
  }
  await Promise.all([send(), send(), send()]);
}

main();
