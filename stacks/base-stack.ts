import { partitionOf } from '../config/regions';
import type { Settings } from '../config/settings';
import { AwsProvider, DataAwsCallerIdentity } from './aws';
import { Annotations, type Construct, S3Backend, TerraformStack } from './cdktf';

import { enforceRules } from './rules';

/** What all stacks have: the provider with its tags, the state, the account. */
export class BaseStack extends TerraformStack {
  readonly settings: Settings;
  /** Number of the account, known at plan. */
  readonly account: string;
  /** The KMS key that encrypts; undefined where keys that AWS owns do. */
  keyArn: string | undefined;

  /** @param keyArn of the key that an earlier stack has made. */
  constructor(scope: Construct, id: string, settings: Settings, keyArn?: string) {
    super(scope, id);
    this.settings = settings;
    this.keyArn = keyArn ?? (settings.key.startsWith('arn:') ? settings.key : undefined);
    new AwsProvider(this, 'aws', {
      region: settings.region,
      defaultTags: [{ tags: { Project: settings.name, ...settings.tags } }],
      ...(settings.emulator === undefined ? {} : emulated(settings.emulator)),
    });
    this.account = new DataAwsCallerIdentity(this, 'account').accountId;
    keepState(this, id, settings);
    enforceRules(this);
  }

  /** `arn:aws:es:us-east-1:123456789012:domain/clickstream`, of a resource that this stack does not make, or not yet. */
  arn(service: string, resource: string): string {
    const { region } = this.settings;
    return `arn:${partitionOf(region)}:${service}:${region}:${this.account}:${resource}`;
  }

  /** The key as a resource wants it (`kmsKeyId`, `kmsMasterKeyId`, …), or nothing. */
  keyFor<Name extends string>(name: Name): Partial<Record<Name, string>> {
    return this.keyArn === undefined ? {} : ({ [name]: this.keyArn } as Record<Name, string>);
  }

  /** Seen at synth, stops nothing. */
  warn(message: string): void {
    Annotations.of(this).addWarning(message);
  }
}

/** A construct finds the settings and the account through its stack. */
export function stackOf(construct: Construct): BaseStack {
  const stack = TerraformStack.of(construct);
  if (stack instanceof BaseStack) return stack;
  throw new TypeError(`${construct.node.path} is in no stack of this project`);
}

function keepState(stack: BaseStack, id: string, { state, region }: Settings): void {
  if (state.kind === 'local') return;
  new S3Backend(stack, {
    bucket: state.bucket,
    key: `${state.prefix}${id}.tfstate`,
    region: state.region ?? region,
    encrypt: true,
  });
  // Not a property of this version of CDKTF; without it two deploys at once would overwrite each other's state.
  stack.addOverride('terraform.backend.s3.use_lockfile', true);
}

/** The services whose interface an emulator answers in place of AWS. */
const SERVICES = [
  'cloudwatch',
  'cloudwatchlogs',
  'cognitoidentity',
  'cognitoidp',
  'ec2',
  'ecs',
  'elasticsearch',
  'elbv2',
  'firehose',
  'iam',
  'kinesis',
  'kms',
  'lambda',
  'opensearch',
  's3',
  'sns',
  'ssm',
  'sts',
] as const;

/** Never reaches AWS: loopback only (the settings see to that), and with credentials that are none. */
function emulated(endpoint: string) {
  return {
    accessKey: 'emulator',
    secretKey: 'emulator',
    skipCredentialsValidation: true,
    skipMetadataApiCheck: 'true',
    // Asked for all the same: without it ARNs lack the account.
    skipRequestingAccountId: false,
    s3UsePathStyle: true,
    endpoints: [Object.fromEntries(SERVICES.map((service) => [service, endpoint]))],
  };
}
