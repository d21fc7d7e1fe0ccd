/** The whole transform on one line, and the JSON schema of its events. */
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { ClickEvent } from '../../click/click-event';
import { clickEventJsonSchema } from '../../click/click-event-schema';
import { ByteSink } from '../../etl/byte-sink';
import type { RejectReason } from '../../etl/line-transform';
import { createLineTransform } from '../../etl/transform';

const transform = createLineTransform();
const sink = new ByteSink();

/** @returns the line's event, or why there is none. */
export function transformLine(line: string | Buffer): ClickEvent | RejectReason {
  const input = typeof line === 'string' ? Buffer.from(line) : line;
  sink.length = 0;
  const reason = transform(input, 0, input.length, sink);
  if (reason === undefined) return JSON.parse(sink.bytes.toString('utf8', 0, sink.length));
  if (sink.length !== 0) throw new Error(`A rejected line (${reason}) left ${sink.length} bytes.`);
  return reason;
}

/** @throws if the line gives no event. */
export function eventOf(line: string | Buffer): ClickEvent {
  const event = transformLine(line);
  if (typeof event === 'string') throw new Error(`No event: ${event}`);
  return event;
}

const ajv = addFormats(new Ajv2020({ allErrors: true }));
const validate = ajv.compile(clickEventJsonSchema);

/** @throws if the event does not match the JSON schema. */
export function expectValid(event: unknown): void {
  if (!validate(event)) throw new Error(`${ajv.errorsText(validate.errors)}: ${JSON.stringify(event)}`);
}
