/** Reads the file that `cdktf deploy --outputs-file FILE` writes: `{"<stack>": {"siteUrl": …}}`. */
import { z } from 'zod';
import { ToolkitError } from './errors';
import { readJsonFile } from './json-file';
import { parse } from './parse';

const Stacks = z.record(z.string(), z.record(z.string(), z.unknown(), 'must be outputs by stack'), 'must be stacks');
const Address = z.url({ protocol: /^https?$/, error: 'must be an http or https address' });

/** Outputs of the stacks in `stacks/`. */
export type AddressOutput = 'siteUrl' | 'domainEndpoint' | 'dashboardsEndpoint';

/**
 * @param instead what else to do, to complete the hint `Deploy with --outputs-file, or …`.
 * @returns the address, from whichever stack has it.
 * @throws ToolkitError OUTPUTS_UNUSABLE
 */
export function readDeployedAddress(file: string, output: AddressOutput, instead: string): URL {
  return new URL(readDeployed(file, output, Address, instead));
}

/**
 * @param schema checks the output's value.
 * @throws ToolkitError OUTPUTS_UNUSABLE
 */
export function readDeployed<S extends z.ZodType>(
  file: string,
  output: string,
  schema: S,
  instead: string,
): z.output<S> {
  const found = readDeployedIfAny(file, output, schema, instead);
  if (found === undefined) throw unusable(`The outputs file ${file} has no ${output}.`, instead);
  return found;
}

/**
 * For an output that only some deployments have.
 *
 * @throws ToolkitError OUTPUTS_UNUSABLE
 */
export function readDeployedIfAny<S extends z.ZodType>(
  file: string,
  output: string,
  schema: S,
  instead: string,
): z.output<S> | undefined {
  const stacks = readJsonFile(file, Stacks, (why, cause) =>
    unusable(`The outputs file ${file} ${why}.`, instead, cause),
  );
  const found = Object.values(stacks).find((outputs) => output in outputs);
  if (found === undefined) return undefined;
  return parse(schema, found[output], (why) =>
    unusable(`The ${output} in ${file} cannot be used: it ${why}.`, instead),
  );
}

function unusable(message: string, instead: string, cause?: unknown): ToolkitError {
  return new ToolkitError('OUTPUTS_UNUSABLE', message, `Deploy with --outputs-file, or ${instead}.`, { cause });
}
