import { join } from 'node:path';
import { z } from 'zod';
import { ToolkitError } from '../../core/errors';
import { readJsonFile } from '../../core/json-file';

/** The file that cdktf writes beside the stacks. */
const Manifest = z.object({
  stacks: z.record(
    z.string(),
    z.object({ name: z.string(), workingDirectory: z.string(), dependencies: z.array(z.string()).default([]) }),
  ),
});

export type Stack = z.output<typeof Manifest>['stacks'][string];

/** @returns the stacks of a synthesized app, each after those whose outputs it reads. @throws ToolkitError MANIFEST_UNREADABLE */
export function readManifest(folder: string): readonly Stack[] {
  const path = join(folder, 'manifest.json');
  const { stacks } = readJsonFile(path, Manifest, (why, cause) => {
    return new ToolkitError(
      'MANIFEST_UNREADABLE',
      `The manifest in ${path} ${why}.`,
      'Run `npm ci`, which installs the version of CDKTF that this needs, then run this again.',
      { cause },
    );
  });
  return upstreamFirst(Object.values(stacks));
}

function upstreamFirst(stacks: readonly Stack[]): readonly Stack[] {
  const ordered: Stack[] = [];
  const visit = (stack: Stack) => {
    if (ordered.includes(stack)) return;
    for (const upstream of stacks) if (stack.dependencies.includes(upstream.name)) visit(upstream);
    ordered.push(stack);
  };
  stacks.forEach(visit);
  return ordered;
}
