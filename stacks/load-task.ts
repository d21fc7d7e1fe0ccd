import type { LoadTestSettings } from '../config/load-test-settings';
import { CloudwatchLogGroup, EcsCluster, EcsTaskDefinition } from './aws';
import { stackOf } from './base-stack';
import { Construct, escapeTemplate } from './cdktf';
import { LoadRole, startRights, taskRights } from './load-role';

export interface LoadTaskProps extends LoadTestSettings {
  readonly site: string;
  /** What the task runs, for `node -e`. */
  readonly script: string;
  readonly bucketArn: string;
}

/** Named by version, not by digest, so that each run gets the newest security fixes. */
const IMAGE = 'public.ecr.aws/docker/library/node:22-slim';

/** The Fargate task of one shard: defined here, started by `traffic load`. */
export class LoadTask extends Construct {
  readonly clusterArn: string;
  /** Includes the revision. */
  readonly definitionArn: string;

  constructor(scope: Construct, id: string, props: LoadTaskProps) {
    super(scope, id);
    const stack = stackOf(this);
    const { name } = stack.settings;
    const logs = new CloudwatchLogGroup(this, 'logs', {
      name: `/${name}/load`,
      retentionInDays: props.logDays,
      ...stack.keyFor('kmsKeyId'),
    });
    const start = new LoadRole(this, 'start', 'load-start', ...startRights(this, logs.arn, props.tokenParameter));
    const task = new LoadRole(this, 'task', 'load-task', ...taskRights(this, props.bucketArn));
    this.clusterArn = new EcsCluster(this, 'cluster', { name: `${name}-load` }).arn;
    this.definitionArn = new EcsTaskDefinition(this, 'definition', {
      family: `${name}-load`,
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
      cpu: String(props.vcpus * 1024),
      memory: String(memoryOf(props)),
      executionRoleArn: start.arn,
      taskRoleArn: task.arn,
      containerDefinitions: JSON.stringify([this.#container(props, logs.name)]),
    }).arn;
  }

  #container(props: LoadTaskProps, logGroup: string) {
    const { site, script, rate, seconds, errors, tokenParameter } = props;
    const stack = stackOf(this);
    const { region } = stack.settings;
    const asked = { REGION: region, SITE: site, RATE: rate, SECONDS: seconds, ERRORS: errors };
    return {
      name: 'traffic',
      image: IMAGE,
      essential: true,
      memory: memoryOf(props),
      // Not root. It writes to /tmp only.
      user: 'node',
      command: ['node', '-e', escapeTemplate(script)],
      environment: Object.entries(asked).map(([name, value]) => ({ name: `LOAD_${name}`, value: String(value) })),
      ...(tokenParameter === undefined
        ? {}
        : { secrets: [{ name: 'CLICKSTREAMY_TOKEN', valueFrom: stack.arn('ssm', `parameter${tokenParameter}`) }] }),
      // Each connection takes a file descriptor, and a slow site has many open.
      ulimits: [{ name: 'nofile', softLimit: 65_536, hardLimit: 65_536 }],
      // Seconds to write the ledger when a run is stopped; Fargate allows no more.
      stopTimeout: 120,
      logConfiguration: {
        logDriver: 'awslogs',
        options: { 'awslogs-group': logGroup, 'awslogs-region': region, 'awslogs-stream-prefix': 'task' },
      },
    };
  }
}

/** In MiB; Fargate offers this much for each of the allowed numbers of processors. */
const memoryOf = ({ vcpus }: LoadTestSettings) => vcpus * 2048;
