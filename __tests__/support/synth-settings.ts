import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSettings } from '../../config/load-settings';
import type { Settings } from '../../config/settings';
import { packageRoot } from '../../core/package-root';
import { addStacks } from '../../stacks/all-stacks';
import { App } from '../../stacks/cdktf';
import { packLambda } from '../../stacks/lambda-package';
import { synth } from '../../stacks/rules';

export type Tree = { [name: string]: unknown };

// biome-ignore lint/suspicious/noExplicitAny: the result of JSON.parse; each test states what it expects.
export type Json = any;

type Block = Readonly<Record<string, Json>>;
type Named = Readonly<Record<string, Block>>;

/** A stack's Terraform. */
export interface Synthesized {
  readonly resource: Readonly<Record<string, Named>>;
  readonly data: Readonly<Record<string, Named>>;
  readonly output: Named;
  readonly locals?: Block;
  readonly provider: { readonly aws: readonly Block[] };
  readonly terraform: { readonly backend: Named };
}

/** A preset's settings with changes such as `{ 'search.nodes.count': 2 }`; undefined removes a setting. */
export function settingsOf(preset: 'workshop' | 'production', changes: Tree = {}): Settings {
  const tree = JSON.parse(readFileSync(join(packageRoot, 'config', `${preset}.json`), 'utf8'));
  if (preset === 'workshop') Object.assign(tree, { website: { visitors: ['198.51.100.7'] } });
  for (const [path, value] of Object.entries({
    ...(preset === 'workshop' ? { 'search.access.from': ['198.51.100.7'] } : {}),
    ...changes,
  })) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    const branch = names.reduce<Json>((inner, name) => {
      inner[name] ??= {};
      return inner[name];
    }, tree);
    if (value === undefined) delete branch[last];
    else branch[last] = value;
  }
  return parseSettings(tree, 'Correct the test.');
}

/** Synthesizes all stacks into this folder, as main.ts does. */
export function synthInto(folder: string, settings: Settings, userData = '#!/bin/bash\n'): void {
  mkdirSync(folder, { recursive: true });
  const bundle = join(folder, 'index.js');
  writeFileSync(bundle, 'exports.handler = async () => ({ records: [] });\n');
  const app = new App({ outdir: folder, stackTraces: false });
  addStacks(app, settings, {
    code: packLambda(bundle),
    userData,
    statusParameter: `/${settings.name}/website/status`,
    loadTask: 'console.log("a %{task}")',
    ownAddress: '203.0.113.9/32',
  });
  synth(app);
}

/** Synthesizes all stacks, and reads what was written. */
export function synthSettings(
  settings: Settings,
  userData?: string,
): Readonly<Record<'search' | 'delivery' | 'website', Synthesized>> & { readonly load?: Synthesized } {
  const folder = mkdtempSync(join(tmpdir(), 'clickstreamy-synth-'));
  try {
    synthInto(folder, settings, userData);
    const read = (stack: string) => JSON.parse(readFileSync(join(folder, 'stacks', stack, 'cdk.tf.json'), 'utf8'));
    return {
      search: read('search'),
      delivery: read('delivery'),
      website: settings.website.enabled ? read('website') : undefined,
      ...(settings.load.enabled ? { load: read('load') } : {}),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The only resource of this type. */
export function only(stack: Synthesized, type: string): Block {
  const [first, ...others] = Object.values(stack.resource[type] ?? {});
  if (first === undefined || others.length > 0)
    throw new Error(`there are ${others.length + (first ? 1 : 0)} of ${type}`);
  return first;
}

/** All policies of roles, by the role's construct path. */
export function statementsOf(stack: Synthesized): readonly Block[] {
  return Object.values(stack.resource['aws_iam_role_policy'] ?? {}).flatMap(
    ({ policy }) => JSON.parse(policy).Statement,
  );
}
