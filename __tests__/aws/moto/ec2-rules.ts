/** moto's servers, as far as Terraform's provider needs more. */
import { type AwsCall, formOf, type MendRule, withBody, xmlAnswer } from './aws-call';

/** moto has no `MonitorInstances`: the proxy answers it, and shows the instances so. */
export function detailedMonitoring(): MendRule {
  const monitored = new Set<string>();
  return {
    gap: 'server: detailed monitoring is missing',
    concerns: (call) =>
      call.service === 'ec2' && ['MonitorInstances', 'UnmonitorInstances', 'DescribeInstances'].includes(call.action),
    async answer(call, forward) {
      if (call.action === 'DescribeInstances') {
        const answer = await forward(call);
        return withBody(answer, monitoringShown(answer.body.toString(), monitored));
      }
      const ids = instancesOf(call);
      const on = call.action === 'MonitorInstances';
      for (const id of ids) on ? monitored.add(id) : monitored.delete(id);
      const state = on ? 'enabled' : 'disabled';
      const items = ids.map(
        (id) => `<item><instanceId>${id}</instanceId><monitoring><state>${state}</state></monitoring></item>`,
      );
      return xmlAnswer(
        `<${call.action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><instancesSet>${items.join('')}</instancesSet></${call.action}Response>`,
      );
    },
  };
}

function instancesOf(call: AwsCall): string[] {
  return [...formOf(call)].filter(([name]) => name.startsWith('InstanceId.')).map(([, id]) => id);
}

function monitoringShown(body: string, monitored: ReadonlySet<string>): string {
  return body
    .split(/(?=<instanceId>)/)
    .map((part) => {
      const id = /^<instanceId>([^<]+)/.exec(part)?.[1];
      if (id === undefined || !monitored.has(id)) return part;
      return part.replace(/(<monitoring>\s*<state>)[^<]*/, '$1enabled');
    })
    .join('');
}
