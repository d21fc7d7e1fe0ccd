/** Kills at each step of a line's way, just before it, in it and just after it; then the pipeline runs again. */
import type { Fault } from '../support/faults/fault-plan';
import { eachOnce, useScene } from '../support/faults/scene';

/** More than two of the stream's buffers. */
const LINES = 15_000;
const scene = useScene();

const STEPS: Readonly<Record<string, Fault>> = {
  'after lines are read': { call: 'read', on: 'access_log', nth: 4, action: 'kill-after' },
  'before a batch is written': { call: 'writev', on: '\\.journal$', nth: 3, action: 'kill-before' },
  'while a batch is written': { call: 'writev', on: '\\.journal$', nth: 3, action: 'kill-during' },
  'before a batch is synced': { call: 'datasync', on: '\\.journal$', nth: 3, action: 'kill-before' },
  'between the journal and the reply': { call: 'datasync', on: '\\.journal$', nth: 3, action: 'kill-after' },
  'in the transform': { call: 'answer', on: 'transform', action: 'kill-before' },
  'before the store gets a batch': { call: 'sql', on: '^INSERT INTO events', action: 'kill-before' },
  'while the store inserts a batch': { call: 'sql', on: '^INSERT INTO events', action: 'kill-during' },
  'between the store’s commit and the acknowledgement': {
    ...{ call: 'sql', on: '^INSERT INTO events', action: 'kill-after' },
  },
  'while an object is written': { call: 'writeFile', on: '\\.draft$', action: 'kill-during' },
  'before an object has its name': { call: 'rename', on: '\\.draft$', action: 'kill-before' },
  'after an object has its name': { call: 'rename', on: '\\.draft$', nth: 2, action: 'kill-after' },
  'before the positions are written': { call: 'write', on: 'positions\\.jsonl$', action: 'kill-before' },
  'before the positions are synced': { call: 'datasync', on: 'positions\\.jsonl$', action: 'kill-before' },
  'after the positions are synced': { call: 'datasync', on: 'positions\\.jsonl$', action: 'kill-after' },
  'before a segment is removed': { call: 'rm', on: '\\.journal$', nth: 2, action: 'kill-before' },
  'after a segment is removed': { call: 'rm', on: '\\.journal$', action: 'kill-after' },
  'before the checkpoint is written': { call: 'open', on: 'shipper\\.json\\.new$', nth: 2, action: 'kill-before' },
  'while the checkpoint is written': { call: 'writeFile', on: 'shipper\\.json\\.new$', nth: 2, action: 'kill-during' },
  'before the checkpoint has its name': { call: 'rename', on: 'shipper\\.json\\.new$', nth: 2, action: 'kill-before' },
  'after the checkpoint has its name': { call: 'rename', on: 'shipper\\.json\\.new$', nth: 2, action: 'kill-after' },
  'while the store closes': { call: 'sql', on: '^CHECKPOINT', action: 'kill-during' },
};

const RECOVERY_STEPS: Readonly<Record<string, Fault>> = {
  'before the positions are replaced': { call: 'rename', on: 'positions\\.jsonl\\.new$', action: 'kill-before' },
  'after the positions are replaced': { call: 'rename', on: 'positions\\.jsonl\\.new$', action: 'kill-after' },
  'after a segment is read': { call: 'readFile', on: '\\.journal$', action: 'kill-after' },
  'while the store inserts it again': { call: 'sql', on: '^INSERT INTO events', action: 'kill-during' },
  'before it is removed': { call: 'rm', on: '\\.journal$', action: 'kill-before' },
};

async function killAt(fault: Fault): Promise<void> {
  const { signal, stderr } = await scene().once({ faults: [fault] });
  expect({ signal, stderr }).toMatchObject({ signal: 'SIGKILL' });
}

async function expectEachOnce(): Promise<void> {
  const { code, stderr } = await scene().once();
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(await scene().totals()).toEqual(eachOnce(scene().log.written));
}

it.each(Object.entries(STEPS))('counts each line once when it is killed %s', async (_, fault) => {
  scene().log.append(LINES);

  await killAt(fault);
  scene().log.append(100);

  await expectEachOnce();
});

it.each(Object.entries(RECOVERY_STEPS))('counts each line once when recovery is killed %s', async (_, fault) => {
  scene().log.append(LINES);
  await killAt({ call: 'rename', on: '\\.draft$', nth: 2, action: 'kill-before' });

  await killAt(fault);
  scene().log.rotate('gzip');
  scene().log.append(100);

  await expectEachOnce();
});
