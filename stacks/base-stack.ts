import { partitionOf } from '../config/regions';
import type { Settings } from '../config/settings';
import { AwsProvider, DataAwsCallerIdentity } from './aws';
import { Annotations, type Construct, S3Backend, TerraformStack } from './cdktf';
import { enforceRules } from './rules';

/** What all stacks share: the provider with its tags, the state and the account. */
export class BaseStack extends TerraformStack {
  readonly settings: Settings;
  /** The account's number, known at plan. */
  readonly account: string;
  /** The KMS key to encrypt with; undefined for keys that AWS owns. */
  keyArn: string | undefined;

  /** @param keyArn the key that an earlier stack created. */
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

  /** The ARN of a resource that this stack does not create, or not yet: `arn:aws:es:us-east-1:123456789012:domain/clickstream`. */
  arn(service: string, resource: string): string {
    const { region } = this.settings;
    return `arn:${partitionOf(region)}:${service}:${region}:${this.account}:${resource}`;
  }

  /** The key under the name that a resource has for it (`kmsKeyId`, `kmsMasterKeyId`, …), or nothing. */
  keyFor<Name extends string>(name: Name): Partial<Record<Name, string>> {
    return this.keyArn === undefined ? {} : ({ [name]: this.keyArn } as Record<Name, string>);
  }

  /** Prints a warning at synth. */
  warn(message: string): void {
    Annotations.of(this).addWarning(message);
  }
}

/** Through its stack a construct finds the settings and the account. */
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
  // This version of CDKTF has no property for it. Without the lock, two deploys at once would overwrite each other's state.
  stack.addOverride('terraform.backend.s3.use_lockfile', true);
}

/** The services that an emulator stands in for. */
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

/** Never reaches AWS: the settings allow only a loopback address, and the credentials are made up. */
function emulated(endpoint: string) {
  return {
    accessKey: 'emulator',
    secretKey: 'emulator',
    skipCredentialsValidation: true,
    skipMetadataApiCheck: 'true',
    // Without the account's number, ARNs would lack it.
    skipRequestingAccountId: false,
    s3UsePathStyle: true,
    endpoints: [Object.fromEntries(SERVICES.map((service) => [service, endpoint]))],
  };
}
