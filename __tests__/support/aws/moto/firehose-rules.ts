/** moto's delivery streams, and what Terraform's provider needs beyond them. */
import { type AwsCall, bodyOf, type GapRule, type Json, withBody } from './aws-call';

const OPENSEARCH = 'Amazonopensearchservice';
const CONFIGURED = 'DestinationConfiguration';
const DESCRIBED = 'DestinationDescription';

/** moto has no OpenSearch destination: it stores such streams as Elasticsearch's, which have the same members, and the proxy renames them. */
export function opensearchDestination(): GapRule {
  const streams = new Set<string>();
  return {
    gap: 'delivery stream: no OpenSearch destination',
    concerns: (call) =>
      isFirehose(call) && (bodyOf(call)[OPENSEARCH + CONFIGURED] !== undefined || streams.has(streamOf(call))),
    async answer(call, forward) {
      if (call.action === 'CreateDeliveryStream') {
        streams.add(streamOf(call));
        return forward(withBody(call, renamed(call.body, OPENSEARCH, 'Elasticsearch')));
      }
      if (call.action === 'DeleteDeliveryStream') streams.delete(streamOf(call));
      const answer = await forward(withBody(call, renamed(call.body, OPENSEARCH, 'Elasticsearch')));
      return withBody(answer, renamed(answer.body, 'Elasticsearch', OPENSEARCH));
    },
  };
}

/** moto forgets a destination's VPC: the proxy remembers it, and describes it as AWS does, with a VPC's id. */
export function vpcOfDestination(): GapRule {
  const kept = new Map<string, Json>();
  return {
    gap: "delivery stream: a destination's VPC is forgotten",
    concerns: (call) => isFirehose(call) && (vpcAsked(call) !== undefined || kept.has(streamOf(call))),
    async answer(call, forward) {
      const stream = streamOf(call);
      if (call.action === 'CreateDeliveryStream') kept.set(stream, { ...vpcAsked(call), VpcId: 'vpc-of-the-subnets' });
      const vpc = kept.get(stream);
      if (call.action === 'DeleteDeliveryStream') kept.delete(stream);

      const answer = await forward(call);
      if (call.action !== 'DescribeDeliveryStream' || answer.status !== 200) return answer;
      const body = bodyOf(answer);
      for (const destination of body.DeliveryStreamDescription.Destinations) {
        for (const [name, description] of Object.entries<Json>(destination)) {
          if (name.endsWith(DESCRIBED)) description.VpcConfigurationDescription = vpc;
        }
      }
      return withBody(answer, body);
    },
  };
}

function isFirehose(call: AwsCall): boolean {
  return call.service === 'firehose';
}

function vpcAsked(call: AwsCall): Json {
  const destinations = Object.entries<Json>(bodyOf(call)).filter(([name]) => name.endsWith(CONFIGURED));
  return destinations.map(([, destination]) => destination.VpcConfiguration).find((vpc) => vpc !== undefined);
}

function streamOf(call: AwsCall): string {
  return bodyOf(call).DeliveryStreamName ?? '';
}

/** Renames a destination's members: `XDestinationConfiguration`, `XDestinationUpdate`, `XDestinationDescription`. */
function renamed(body: Buffer, from: string, to: string): string {
  return body.toString().replaceAll(`"${from}Destination`, `"${to}Destination`);
}
