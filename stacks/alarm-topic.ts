import { SnsTopic, SnsTopicPolicy, SnsTopicSubscription } from './aws';
import { stackOf } from './base-stack';
import { Construct } from './cdktf';
import { EncryptionKey } from './encryption-key';
import { allow, toPolicy } from './policy';

/** The topic that all alarms notify: a new, encrypted one that only CloudWatch may publish to, or an existing one. */
export class AlarmTopic extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const stack = stackOf(this);
    const { name, alarms } = stack.settings;
    if (alarms.topicArn !== undefined) {
      this.arn = alarms.topicArn;
      return;
    }
    const topic = new SnsTopic(this, 'topic', {
      name: `${name}-alarms`,
      // CloudWatch may not use AWS's managed key for topics, so this is always a key of the account.
      kmsMasterKeyId: stack.keyArn ?? new EncryptionKey(this, 'key', `${name}-alarms`).arn,
    });
    new SnsTopicPolicy(this, 'policy', {
      arn: topic.arn,
      policy: toPolicy({
        ...allow('sns:Publish', topic.arn, { StringEquals: { 'aws:SourceAccount': stack.account } }),
        Sid: 'Alarms',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
      }),
    });
    for (const [index, endpoint] of alarms.emails.entries()) {
      new SnsTopicSubscription(this, `mail-${index + 1}`, { topicArn: topic.arn, protocol: 'email', endpoint });
    }
    this.arn = topic.arn;
  }
}
