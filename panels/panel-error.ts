/** Thrown by a compiler for a panel that its target cannot show: the definition is wrong, which is found at build time. */
import type { Panel } from './panel';

export class PanelError extends Error {
  /** @param target for people: `Kibana 6.3–6.8`. */
  constructor(panel: Panel, target: string, why: string) {
    super(`The panel “${panel.id}” cannot be compiled for ${target}: ${why}.`);
    this.name = 'PanelError';
  }
}

/** Ends an exhaustive `switch`: a new kind that is not handled there does not compile. */
export function unreachable(value: never): never {
  throw new Error(`not handled: ${JSON.stringify(value)}`);
}
