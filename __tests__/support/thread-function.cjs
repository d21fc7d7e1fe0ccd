// A function in a thread that does what its first record says: `answer`, `fail`, `hang`, `die` or `eat` all memory.
const { parentPort } = require('node:worker_threads');

parentPort.on('message', ({ ids, bytes, ends }) => {
  const wish = Buffer.from(bytes.buffer, 0, ends[0]).toString();
  if (wish === 'fail') return parentPort.postMessage({ kind: 'failed', message: 'boom' });
  if (wish === 'die') process.exit(3);
  if (wish === 'hang') for (;;);
  for (const eaten = []; wish === 'eat'; ) eaten.push(Array(10_000).fill(eaten.length));
  const verdicts = { documents: bytes, ends, records: Uint32Array.from(ids.keys()), failures: [], dropped: 0 };
  parentPort.postMessage({ kind: 'verdicts', verdicts });
});
