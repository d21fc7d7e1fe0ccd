/** The clients with which the deploy tests read back, all at one endpoint. */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticsearchServiceClient } from '@aws-sdk/client-elasticsearch-service';
import { FirehoseClient } from '@aws-sdk/client-firehose';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { OpenSearchClient } from '@aws-sdk/client-opensearch';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

export type AwsClients = ReturnType<typeof awsClients>;

export const REGION = 'us-east-1';
/** moto's account number. */
export const ACCOUNT = '123456789012';

export function awsClients(endpoint: string) {
  const to = { endpoint, region: REGION, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  return {
    alarms: new CloudWatchClient(to),
    logs: new CloudWatchLogsClient(to),
    servers: new EC2Client(to),
    streams: new FirehoseClient(to),
    rights: new IAMClient(to),
    functions: new LambdaClient(to),
    elasticsearch: new ElasticsearchServiceClient(to),
    opensearch: new OpenSearchClient(to),
    buckets: new S3Client({ ...to, forcePathStyle: true }),
    topics: new SNSClient(to),
  };
}

export function closeClients(clients: AwsClients): void {
  for (const client of Object.values(clients)) client.destroy();
}
