/** Does for moto's ECS what Fargate does: runs a task's command, as a process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { openEcs } from '../../../traffic/load/aws-calls';
import type { DeployedLoad } from '../../../traffic/load/deployed-load';
import { until } from '../until';

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
  const ecs = await openEcs({ url: new URL(ecsUrl), region });
  const { taskDefinition: definition } = Definition.parse(await ecs.describeTaskDefinition({ taskDefinition }));
  const [{ command, environment }] = definition.containerDefinitions;
  const arns = await until(
    async () => {
      const { taskArns } = z.object({ taskArns: z.array(z.string()) }).parse(await ecs.listTasks({ cluster }));
      return taskArns.length >= count && taskArns;
    },
    { what: `${count} tasks are started` },
  );
  const { tasks } = Tasks.parse(await ecs.describeTasks({ cluster, tasks: arns }));
  const endpoint = createServer((_, response) => response.end(CREDENTIALS)).listen(0, '127.0.0.1');
  await once(endpoint, 'listening');
  const credentials = {
    name: 'AWS_CONTAINER_CREDENTIALS_FULL_URI',
    value: `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}`,
  };
  const codes = await Promise.all(
    tasks.map(({ overrides }) =>
      exitCodeOf(start(command, [...environment, ...overrides.containerOverrides[0].environment, credentials])),
    ),
  );
  endpoint.close();
  for (const task of arns) await ecs.stopTask({ cluster, task });
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
