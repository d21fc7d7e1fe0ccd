/** moto's functions, as far as Terraform's provider needs more. */
import { bodyOf, type Json, type MendRule, withBody } from './aws-call';

const FUNCTION = /\/functions(?:\/([^/?]+))?(?:\/(?:code|configuration))?\/?(?:\?.*)?$/;
const FORGOTTEN = ['LoggingConfig', 'DeadLetterConfig'];

/** moto forgets what a function was told of its log and of its dead letters: the proxy keeps it and lays it over later answers. */
export function functionOptions(): MendRule {
  const kept = new Map<string, Json>();
  return {
    gap: 'function: LoggingConfig and DeadLetterConfig are forgotten',
    concerns: (call) => call.service === 'lambda' && FUNCTION.test(call.path),
    async answer(call, forward) {
      const asked = call.method === 'POST' || call.method === 'PUT' ? bodyOf(call) : {};
      const name = FUNCTION.exec(call.path)?.[1] ?? asked.FunctionName ?? '';
      const told = Object.fromEntries(
        FORGOTTEN.filter((member) => member in asked).map((member) => [member, asked[member]]),
      );
      kept.set(name, { ...kept.get(name), ...told });
      if (call.method === 'DELETE') kept.delete(name);

      const answer = await forward(call);
      if (answer.status >= 300 || answer.body.length === 0) return answer;
      const body = bodyOf(answer);
      if (body.Configuration !== undefined) Object.assign(body.Configuration, kept.get(name));
      else if (body.FunctionName !== undefined) Object.assign(body, kept.get(name));
      return withBody(answer, body);
    },
  };
}
