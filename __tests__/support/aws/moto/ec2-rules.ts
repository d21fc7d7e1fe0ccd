/** moto's servers, and what Terraform's provider needs beyond them. */
import { type AwsAnswer, type AwsCall, formOf, type GapRule, withBody } from './aws-call';

const CONCERNED = ['TerminateInstances', 'DescribeNetworkInterfaces', 'DetachNetworkInterface'];

/** moto leaves a terminated server's interface attached; AWS detaches it and forgets the attachment. */
export function interfaceOfTerminated(): GapRule {
  const terminated = new Set<string>();
  const instanceOf = new Map<string, string>();
  return {
    gap: 'server: its interface stays attached after its end',
    concerns: (call) => call.service === 'ec2' && CONCERNED.includes(call.action),
    async answer(call, forward) {
      if (call.action === 'TerminateInstances') for (const id of instancesOf(call)) terminated.add(id);
      if (call.action === 'DetachNetworkInterface') {
        const attachment = formOf(call).get('AttachmentId') ?? '';
        return terminated.has(instanceOf.get(attachment) ?? '') ? notAttached(attachment) : forward(call);
      }
      const answer = await forward(call);
      const shown = answer.body.toString().replace(/<attachment>.*?<\/attachment>/gs, (attachment) => {
        const [id, instance] = [textOf(attachment, 'attachmentId'), textOf(attachment, 'instanceId')];
        instanceOf.set(id, instance);
        return terminated.has(instance) ? '' : attachment;
      });
      return withBody(answer, shown);
    },
  };
}

/** moto accepts termination protection only as a change, not at a server's creation: the proxy makes the change. */
export function terminationProtection(): GapRule {
  return {
    gap: 'server: protection from its end is not taken at its start',
    concerns: (call) => call.action === 'RunInstances' && formOf(call).get('DisableApiTermination') === 'true',
    async answer(call, forward) {
      const answer = await forward(call);
      const change = {
        Action: 'ModifyInstanceAttribute',
        Version: formOf(call).get('Version') ?? '',
        InstanceId: textOf(answer.body.toString(), 'instanceId'),
        'DisableApiTermination.Value': 'true',
      };
      const body = Buffer.from(new URLSearchParams(change).toString());
      await forward({ ...call, action: change.Action, body });
      return answer;
    },
  };
}

function instancesOf(call: AwsCall): string[] {
  return [...formOf(call)].filter(([name]) => name.startsWith('InstanceId.')).map(([, id]) => id);
}

function textOf(xml: string, element: string): string {
  return new RegExp(`<${element}>([^<]*)`).exec(xml)?.[1] ?? '';
}

function notAttached(attachment: string): AwsAnswer {
  const error = `<Error><Code>InvalidAttachmentID.NotFound</Code><Message>There is no ${attachment}</Message></Error>`;
  const body = Buffer.from(`<Response><Errors>${error}</Errors><RequestID>proxy</RequestID></Response>`);
  return { status: 400, headers: { 'content-type': 'text/xml' }, body };
}
