// Runs command lines of the built program one after another in one process, and prints what became of each, as JSON. A process takes
// longer to start than most command lines take to fail. Anything that one of them leaves open keeps this process from ending.
const { join } = require('node:path');

const [, , dist, commandLines] = process.argv;
const { clickstreamy } = require(join(dist, 'commands.js'));
const { runCommandLine } = require(join(dist, 'core', 'command-line.js'));

// Each run listens for signals and for a closed pipe; as a rule, a process has one.
for (const emitter of [process, process.stdout, process.stderr]) emitter.setMaxListeners(0);

async function main() {
  const ended = [];
  for (const { args, env } of JSON.parse(commandLines)) ended.push(await run(args, env));
  process.stdout.write(JSON.stringify(ended));
}

async function run(args, env) {
  const said = { stdout: '', stderr: '' };
  const real = Object.keys(said).map((name) => [name, process[name].write]);
  for (const name of Object.keys(said)) {
    process[name].write = (text, ...rest) => {
      said[name] += text;
      rest.find((last) => typeof last === 'function')?.();
      return true;
    };
  }
  Object.assign(process.env, env);
  await runCommandLine('clickstreamy', () => clickstreamy, args);
  // A warning that Node gives in the next tick belongs to this run.
  await new Promise(setImmediate);
  for (const name of Object.keys(env ?? {})) delete process.env[name];
  for (const [name, write] of real) process[name].write = write;
  const status = process.exitCode ?? 0;
  process.exitCode = undefined;
  return { status, ...said };
}

main();
