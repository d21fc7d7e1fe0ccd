/** One run of the deployed load tasks: starts them, waits until they have ended, and adds up their ledgers. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ECS, Task } from '@aws-sdk/client-ecs';
import { ToolkitError } from '../../core/errors';
import { builtFile } from '../../core/package-root';
import { plural } from '../../core/plural';
import type { LedgerFile } from '../ledger-file';
import { mergeLedgers, parseLedger, type ShardLedger } from '../merge';
import { awsReply, openEcs, openRunFolder } from './aws-calls';
import type { DeployedLoad } from './deployed-load';

export interface LoadRun {
  readonly deployed: DeployedLoad;
  /** The run's name in its access lines. */
  readonly run: string;
  readonly seed: string;
  /** When all shards begin; the containers must have come up by then. */
  readonly start: Date;
  /** Stops the tasks; the ledgers of what they have sent are still collected. */
  readonly signal?: AbortSignal | undefined;
  /** Progress, one line at a time. */
  readonly say: (line: string) => void;
  /** How often to ask ECS whether they have ended. @default 5 */
  readonly pollSeconds?: number;
}

export interface LoadResult {
  /** The run's ledger, which names the shards that left none; undefined if all of them left none. */
  readonly ledger: LedgerFile | undefined;
  /** Why tasks left no ledger or failed: one line each. */
  readonly faults: readonly string[];
}

/** @throws ToolkitError LOAD_REFUSED where AWS does not start all tasks; those that it had started are stopped. */
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
  const ecs = await openEcs({ url: new URL(deployed.ecsUrl), region });
  // Unique even where an earlier run had the same name: an older ledger must never count.
  const runUrl = `${deployed.bucketUrl}/load/${run}-${randomUUID().slice(0, 8)}`;
  const folder = await openRunFolder({ url: new URL(runUrl), region });
  await folder.write('traffic.js', readFileSync(builtFile('load', 'traffic.js')));
  const shards = Array.from({ length: count }, (_, place) => `${place + 1}/${count}`);
  const arns = await startAll(ecs, deployed, shards, (shard) => ({
    LOAD_RUN_URL: runUrl,
    LOAD_RUN: run,
    LOAD_SEED: seed,
    LOAD_SHARD: shard,
    LOAD_START: start.toISOString(),
  }));
  say(`run ${run}: ${plural(count, 'task')} for ${deployed.site}, from ${start.toISOString()}`);
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

/** All or none: with some of the tasks there would be only some of the load. */
async function startAll(
  ecs: ECS,
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
  ecs: ECS,
  { cluster, taskDefinition, subnetIds, securityGroupId }: DeployedLoad,
  variables: Readonly<Record<string, string>>,
): Promise<string> {
  const environment = Object.entries(variables).map(([name, value]) => ({ name, value }));
  const started = ecs.runTask({
    cluster,
    taskDefinition,
    launchType: 'FARGATE',
    count: 1,
    // Makes a retried call start the same task, not a second one.
    clientToken: randomUUID(),
    startedBy: variables['LOAD_RUN'],
    networkConfiguration: {
      // The subnets are public: without a public address a task could not even fetch its image.
      awsvpcConfiguration: { subnets: [...subnetIds], securityGroups: [securityGroupId], assignPublicIp: 'ENABLED' },
    },
    overrides: { containerOverrides: [{ name: 'traffic', environment }] },
  });
  const { tasks, failures } = await awsReply('ECS refuses RunTask', started);
  const arn = tasks?.[0]?.taskArn;
  if (arn !== undefined) return arn;
  throw new ToolkitError(
    'LOAD_REFUSED',
    `ECS starts no task for shard ${variables['LOAD_SHARD']}: ${failures?.[0]?.reason ?? 'no reason given'}.`,
    'If it is the account’s Fargate quota, ask for more or set `load.tasks` lower; otherwise try again later.',
  );
}

type WaitOptions = Pick<LoadRun, 'signal' | 'say'> & { readonly pollSeconds: number };

async function waitForEnd(
  ecs: ECS,
  cluster: string,
  arns: readonly string[],
  { signal, say, pollSeconds }: WaitOptions,
): Promise<ReadonlyMap<string, Task>> {
  let said = '';
  let isStopped = false;
  for (;;) {
    if (signal?.aborted && !isStopped) {
      isStopped = true;
      say('stopping the tasks; they leave the ledgers of what they have sent');
      await stopAll(ecs, cluster, arns);
    }
    const { tasks = [] } = await awsReply(
      'ECS refuses DescribeTasks',
      ecs.describeTasks({ cluster, tasks: [...arns] }),
    );
    const states = toStates(tasks, arns.length);
    if (states !== said) say(states);
    said = states;
    // ECS forgets a task about an hour after its end.
    if (tasks.every(({ lastStatus }) => lastStatus === 'STOPPED')) {
      return new Map(tasks.map((task) => [task.taskArn ?? '', task]));
    }
    await sleep(pollSeconds * 1000, undefined, isStopped ? {} : { signal }).catch(() => {});
  }
}

function stopAll(ecs: ECS, cluster: string, arns: readonly string[]): Promise<unknown> {
  const reason = 'traffic load was stopped';
  return Promise.allSettled(arns.map((task) => ecs.stopTask({ cluster, task, reason })));
}

/** `2 running, 1 pending` */
function toStates(tasks: readonly Task[], all: number): string {
  const counts = new Map<string, number>();
  for (const { lastStatus = 'UNKNOWN' } of tasks) counts.set(lastStatus, (counts.get(lastStatus) ?? 0) + 1);
  if (tasks.length < all) counts.set('GONE', all - tasks.length);
  return [...counts].map(([status, count]) => `${count} ${status.toLowerCase()}`).join(', ');
}

function faultOf(task: Task | undefined, hasLedger: boolean): string | undefined {
  const container = task?.containers?.[0];
  if (hasLedger && container?.exitCode === 0) return undefined;
  const code = container?.exitCode === undefined ? 'no exit code' : `exit code ${container.exitCode}`;
  return `${hasLedger ? '' : 'no ledger, '}${code}, ${container?.reason ?? task?.stoppedReason ?? 'no reason given'}`;
}
