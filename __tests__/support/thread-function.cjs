// A function in a thread that does what its first record says: `fail`, `hang`, `die`, `eat` all memory; anything else, it answers.
const { join } = require('node:path');
const { serve } = require(join(__dirname, '../../dist/core/worker-thread.js'));

serve({
  call({ ids, bytes, ends }) {
    const wish = Buffer.from(bytes.buffer, 0, ends[0]).toString();
    if (wish === 'fail') throw new Error('boom');
    if (wish === 'die') process.exit(3);
    if (wish === 'hang') for (;;);
    for (const eaten = []; wish === 'eat'; ) eaten.push(Array(10_000).fill(eaten.length));
    return { value: { documents: bytes, ends, records: Uint32Array.from(ids.keys()), failures: [], dropped: 0 } };
  },
});
