/**
 * Loaded into a process before its own code (`node --require`): at the n-th call of a function on a path it kills the process, fails
 * the call or delays it. So every step on the disk, in DuckDB and in the transform's thread can be the last one, and the product needs
 * no hook for it. The plan is the JSON in $FAULT_PLAN: see `Fault` in fault-plan.ts.
 */
const fs = require('node:fs');
const { isMainThread, parentPort } = require('node:worker_threads');

const faults = JSON.parse(process.env['FAULT_PLAN'] ?? '[]').map((fault) => ({
  ...fault,
  pattern: new RegExp(fault.on),
  calls: 0,
}));
const dead = () => new Promise(() => {});
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function kill() {
  process.kill(process.pid, 'SIGKILL');
  return dead();
}

/** The fault that this call is due. */
function takeFault(name, on) {
  let due;
  for (const fault of faults) {
    if (fault.call !== name || !fault.pattern.test(on)) continue;
    fault.calls += 1;
    const { nth = 1, times = 1 } = fault;
    if (fault.calls >= nth && fault.calls < nth + times) due ??= fault;
  }
  return due;
}

async function withFault(name, on, call) {
  const fault = takeFault(name, on);
  switch (fault?.action) {
    case undefined:
      return call();
    case 'kill-before':
      return kill();
    case 'kill-during': {
      const result = call();
      await pause(1);
      await kill();
      return result;
    }
    case 'kill-after':
      await call();
      return kill();
    case 'delay':
      await pause(fault.ms);
      return call();
    case 'fail':
      throw Object.assign(new Error(`${fault.code}: made to fail, ${name}`), { code: fault.code });
  }
}

function wrap(object, name, onOf, label = name) {
  const original = object[name];
  object[name] = function (...args) {
    return withFault(label, onOf(this, args), () => original.apply(this, args));
  };
}

const paths = new WeakMap();

function wrapHandles(handle) {
  const prototype = Object.getPrototypeOf(handle);
  for (const name of ['read', 'write', 'writev', 'writeFile', 'datasync', 'truncate'])
    wrap(prototype, name, (self) => paths.get(self) ?? '');
}

function wrapFiles() {
  const { open } = fs.promises;
  let isWrapped = false;
  fs.promises.open = (path, ...rest) =>
    withFault('open', String(path), async () => {
      const handle = await open(path, ...rest);
      if (!isWrapped) wrapHandles(handle);
      isWrapped = true;
      paths.set(handle, String(path));
      return handle;
    });
  for (const name of ['rename', 'rm', 'truncate', 'readFile', 'writeFile'])
    wrap(fs.promises, name, (_, [path]) => String(path));
}

function wrapDuckDb() {
  const { DuckDBConnection } = require('@duckdb/node-api');
  wrap(DuckDBConnection.prototype, 'run', (_, [sql]) => sql, 'sql');
}

if (faults.length > 0) {
  wrapFiles();
  if (!isMainThread && parentPort !== null) wrap(parentPort, 'postMessage', () => 'transform', 'answer');
  else if (faults.some(({ call }) => call === 'sql')) wrapDuckDb();
}
