/** One run of the deployed load tasks: starts them, waits for their end, and adds their ledgers up. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { ToolkitError } from '../../core/errors';
import { builtFile } from '../../core/package-root';
import type { LedgerFile } from '../ledger-file';
import { mergeLedgers, parseLedger, type ShardLedger } from '../merge';
import { createEcs, type EcsCall, openRunFolder } from './aws-calls';
import type { DeployedLoad } from './deployed-load';

export interface LoadRun {
  readonly deployed: DeployedLoad;
  /** Of the run, as in its lines. */
  readonly run: string;
  readonly seed: string;
  /** When all shards begin: long enough from now for the containers to come up. */
  readonly start: Date;
  /** Stops the tasks; what they have sent is still collected. */
  readonly signal?: AbortSignal | undefined;
  /** What goes on, a line at a time. */
  readonly say: (line: string) => void;
  /** How often to ask whether they have ended. @default 5 */
  readonly pollSeconds?: number;
}

export interface LoadResult {
  /** Of the run; it names the shards that left no ledger. Undefined if none did. */
  readonly ledger: LedgerFile | undefined;
  /** Why tasks left no ledger, or ended badly: one line each. */
  readonly faults: readonly string[];
}

const Task = z.object({
  taskArn: z.string(),
  lastStatus: z.string(),
  stoppedReason: z.string().optional(),
  containers: z.array(z.object({ exitCode: z.int().optional(), reason: z.string().optional() })).default([]),
});
type Task = z.output<typeof Task>;
const Failures = z.array(z.object({ arn: z.string().optional(), reason: z.string().optional() })).default([]);
const Tasks = z.object({ tasks: z.array(Task).default([]), failures: Failures });

/** @throws ToolkitError LOAD_REFUSED where AWS does not let them start: then none goes on. */
export async function runLoad({
  deployed,
  run,
  seed,
  start,
  signal,
  say,
  pollSeconds = 5,
}: LoadRun): Promise<LoadResult> {
  const { region, tasks: count } = deployed;
  const ecs = createEcs({ url: new URL(deployed.ecsUrl), region });
  // Of this run alone, also where another had its name: an older ledger must never count.
  const runUrl = `${deployed.bucketUrl}/load/${run}-${randomUUID().slice(0, 8)}`;
  const folder = openRunFolder({ url: new URL(runUrl), region });
  await folder.write('traffic.js', readFileSync(builtFile('load', 'traffic.js')));
  const shards = Array.from({ length: count }, (_, place) => `${place + 1}/${count}`);
  const arns = await startAll(ecs, deployed, shards, (shard) => ({
    LOAD_RUN_URL: runUrl,
    LOAD_RUN: run,
    LOAD_SEED: seed,
    LOAD_SHARD: shard,
    LOAD_START: start.toISOString(),
  }));
  say(`run ${run}: ${count} tasks for ${deployed.site}, from ${start.toISOString()}`);
  const ended = await waitForEnd(ecs, deployed.cluster, arns, { signal, say, pollSeconds });
  const ledgers: ShardLedger[] = [];
  const faults: string[] = [];
  for (const [place, arn] of arns.entries()) {
    const text = await folder.read(`${place + 1}.json`);
    if (text !== undefined) ledgers.push(parseLedger(`${runUrl}/${place + 1}.json`, text));
    const fault = faultOf(ended.get(arn), text !== undefined);
    if (fault !== undefined) faults.push(`shard ${shards[place]}: ${fault}`);
  }
  return { ledger: ledgers.length === 0 ? undefined : mergeLedgers(ledgers, true), faults };
}

/** All, or none: a share of the tasks would be a share of the load. */
async function startAll(
  ecs: EcsCall,
  deployed: DeployedLoad,
  shards: readonly string[],
  toVariables: (shard: string) => Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const arns: string[] = [];
  try {
    for (const shard of shards) arns.push(await startOne(ecs, deployed, toVariables(shard)));
  } catch (error) {
    await stopAll(ecs, deployed.cluster, arns);
    throw error;
  }
  return arns;
}

async function startOne(
  ecs: EcsCall,
  { cluster, taskDefinition, subnetIds, securityGroupId }: DeployedLoad,
  variables: Readonly<Record<string, string>>,
): Promise<string> {
  const environment = Object.entries(variables).map(([name, value]) => ({ name, value }));
  const reply = await ecs('RunTask', {
    cluster,
    taskDefinition,
    launchType: 'FARGATE',
    count: 1,
    // Asked a second time for want of an answer, it is the same task.
    clientToken: randomUUID(),
    startedBy: variables['LOAD_RUN'],
    networkConfiguration: {
      // The subnets are public, and without an address of its own a task could not even fetch its image.
      awsvpcConfiguration: { subnets: subnetIds, securityGroups: [securityGroupId], assignPublicIp: 'ENABLED' },
    },
    overrides: { containerOverrides: [{ name: 'traffic', environment }] },
  });
  const { tasks, failures } = Tasks.parse(reply);
  const arn = tasks[0]?.taskArn;
  if (arn !== undefined) return arn;
  throw new ToolkitError(
    'LOAD_REFUSED',
    `ECS starts no task for shard ${variables['LOAD_SHARD']}: ${failures[0]?.reason ?? 'no reason given'}.`,
    'Where it is the account’s quota of Fargate, ask for more, or set `load.tasks` lower; else try again later.',
  );
}

type Waiting = Pick<LoadRun, 'signal' | 'say'> & { readonly pollSeconds: number };

async function waitForEnd(
  ecs: EcsCall,
  cluster: string,
  arns: readonly string[],
  { signal, say, pollSeconds }: Waiting,
): Promise<ReadonlyMap<string, Task>> {
  let said = '';
  let isStopped = false;
  for (;;) {
    if (signal?.aborted && !isStopped) {
      isStopped = true;
      say('stopping the tasks; they leave the ledgers of what they have sent');
      await stopAll(ecs, cluster, arns);
    }
    const { tasks } = Tasks.parse(await ecs('DescribeTasks', { cluster, tasks: arns }));
    const states = toStates(tasks, arns.length);
    if (states !== said) say(states);
    said = states;
    // ECS forgets a task an hour or so after its end.
    if (tasks.every(({ lastStatus }) => lastStatus === 'STOPPED')) {
      return new Map(tasks.map((task) => [task.taskArn, task]));
    }
    await sleep(pollSeconds * 1000, undefined, isStopped ? {} : { signal }).catch(() => {});
  }
}

function stopAll(ecs: EcsCall, cluster: string, arns: readonly string[]): Promise<unknown> {
  return Promise.allSettled(arns.map((task) => ecs('StopTask', { cluster, task, reason: 'traffic load was stopped' })));
}

/** `2 running, 1 pending` */
function toStates(tasks: readonly Task[], all: number): string {
  const counts = new Map<string, number>();
  for (const { lastStatus } of tasks) counts.set(lastStatus, (counts.get(lastStatus) ?? 0) + 1);
  if (tasks.length < all) counts.set('GONE', all - tasks.length);
  return [...counts].map(([status, count]) => `${count} ${status.toLowerCase()}`).join(', ');
}

function faultOf(task: Task | undefined, hasLedger: boolean): string | undefined {
  const container = task?.containers[0];
  if (hasLedger && container?.exitCode === 0) return undefined;
  const code = container?.exitCode === undefined ? 'no exit code' : `exit code ${container.exitCode}`;
  return `${hasLedger ? '' : 'no ledger, '}${code}, ${container?.reason ?? task?.stoppedReason ?? 'no reason given'}`;
}
