/** Does for moto's ECS what Fargate does: runs a task's command, as a process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { createEcs } from '../../../traffic/load/aws-calls';
import type { DeployedLoad } from '../../../traffic/load/deployed-load';

const Variables = z.array(z.object({ name: z.string(), value: z.string() }));
const Definition = z.object({
  taskDefinition: z.object({
    containerDefinitions: z.tuple([z.object({ command: z.array(z.string()), environment: Variables })]),
  }),
});
const Tasks = z.object({
  tasks: z.array(
    z.object({
      taskArn: z.string(),
      overrides: z.object({ containerOverrides: z.tuple([z.object({ environment: Variables })]) }),
    }),
  ),
});

const CREDENTIALS = JSON.stringify({ AccessKeyId: 'task', SecretAccessKey: 'task', Token: 'task' });

/** Without this, moto advances a task's state with each request for it. */
export async function keepTasksRunning(motoUrl: string): Promise<void> {
  const body = JSON.stringify({ model_name: 'ecs::task', transition: { progression: 'manual', times: 100_000 } });
  const reply = await fetch(`${motoUrl}/moto-api/state-manager/set-transition`, { method: 'POST', body });
  if (!reply.ok) throw new Error(`moto refuses a transition with ${reply.status}`);
}

/** Waits until all tasks of a run have been requested, runs them to their end and then ends them in ECS. @returns their exit codes. */
export async function runTasks({
  ecsUrl,
  region,
  cluster,
  taskDefinition,
  tasks: count,
}: DeployedLoad): Promise<number[]> {
  const ecs = createEcs({ url: new URL(ecsUrl), region });
  const { taskDefinition: definition } = Definition.parse(await ecs('DescribeTaskDefinition', { taskDefinition }));
  const [{ command, environment }] = definition.containerDefinitions;
  let arns: string[] = [];
  for (const deadline = Date.now() + 20_000; arns.length < count && Date.now() < deadline; await sleep(50)) {
    arns = z.object({ taskArns: z.array(z.string()) }).parse(await ecs('ListTasks', { cluster })).taskArns;
  }
  const { tasks } = Tasks.parse(await ecs('DescribeTasks', { cluster, tasks: arns }));
  const credentialsServer = createServer((_, response) => response.end(CREDENTIALS)).listen(0, '127.0.0.1');
  await once(credentialsServer, 'listening');
  const credentials = {
    name: 'AWS_CONTAINER_CREDENTIALS_FULL_URI',
    value: `http://127.0.0.1:${(credentialsServer.address() as AddressInfo).port}`,
  };
  const codes = await Promise.all(
    tasks.map(({ overrides }) =>
      exitCodeOf(start(command, [...environment, ...overrides.containerOverrides[0].environment, credentials])),
    ),
  );
  credentialsServer.close();
  for (const task of arns) await ecs('StopTask', { cluster, task });
  return codes;
}

/** @param command the container's command, which begins with `node`. */
function start([, ...args]: readonly string[], variables: z.output<typeof Variables>): ChildProcess {
  const environment = Object.fromEntries(variables.map(({ name, value }) => [name, value]));
  return spawn(process.execPath, args, {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function exitCodeOf(child: ChildProcess): Promise<number> {
  const [code] = await once(child, 'close');
  return code ?? 1;
}
