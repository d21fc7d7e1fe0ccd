/**
 * Installs the index template, above every other one that fits the same names, and checks that a new index would get it.
 *
 * From Elasticsearch 7.8 on and in OpenSearch it is a composable template: of those that fit a name only the one with the highest priority
 * is used, and it hides all of the older kind, ours too. Older engines have the older kind only, which they merge by `order`.
 */
import { z } from 'zod';
import { ToolkitError } from '../../core/errors';
import type { HttpClient } from '../../core/http-client';
import { toJson } from '../../core/http-reply';
import { compareMapping, Mapping } from './compare-mapping';
import { askEngine, type FoundEngine, failIfRefused, hasComposableTemplates } from './engine';
import { indexPatterns, templateName, toComposableTemplate, toLegacyTemplate } from './index-template';
import { overlap } from './overlap';

const Done = z.object({ acknowledged: z.literal(true) });

/**
 * @param type the documents' type, where the engine has types.
 * @returns the template's name.
 * @throws ToolkitError TEMPLATE_HIDDEN if a new index would get other fields, and those of `askEngine`
 */
export async function installTemplate(
  client: HttpClient,
  engine: FoundEngine,
  index: string,
  type: string | undefined,
): Promise<string> {
  const name = templateName(index);
  const legacy = `/_template/${encodeURIComponent(name)}`;
  if (!hasComposableTemplates(engine)) {
    const rank = toRank(name, index, await readLegacyTemplates(client));
    await askEngine(client, { method: 'PUT', path: legacy, json: toLegacyTemplate(index, rank, type) }, Done);
    return name;
  }
  const rank = toRank(name, index, await readComposableTemplates(client));
  const path = `/_index_template/${encodeURIComponent(name)}`;
  await askEngine(client, { method: 'PUT', path, json: toComposableTemplate(index, rank) }, Done);
  await checkNewIndex(client, name, index);
  // An earlier version's. It is hidden now, and would only mislead.
  const reply = await client.send({ method: 'DELETE', path: legacy });
  if (reply.status !== 404) failIfRefused(client, reply);
  return name;
}

interface OtherTemplate {
  readonly name: string;
  readonly patterns: readonly string[];
  /** The higher one wins. */
  readonly rank: number;
}

/** Above a general template, so that these settings win. */
const LOWEST_RANK = 100;

/** Stays the same as long as it is the highest. */
function toRank(name: string, index: string, templates: readonly OtherTemplate[]): number {
  const ours = indexPatterns(index);
  const others = templates.filter(
    (each) => each.name !== name && each.patterns.some((pattern) => ours.some((own) => overlap(own, pattern))),
  );
  const highest = Math.max(LOWEST_RANK - 1, ...others.map(({ rank }) => rank));
  const now = templates.find((each) => each.name === name)?.rank ?? 0;
  return now > highest ? now : highest + 1;
}

const Legacy = z.record(z.string(), z.object({ index_patterns: z.array(z.string()), order: z.number().default(0) }));

async function readLegacyTemplates(client: HttpClient): Promise<readonly OtherTemplate[]> {
  const found = await askEngine(client, { method: 'GET', path: '/_template' }, Legacy);
  return Object.entries(found).map(([name, { index_patterns: patterns, order: rank }]) => ({ name, patterns, rank }));
}

const Composable = z.object({
  index_templates: z
    .array(
      z.object({
        name: z.string(),
        index_template: z.object({
          index_patterns: z.union([z.array(z.string()), z.string().transform((one) => [one])]),
          priority: z.number().nullish(),
        }),
      }),
    )
    .default([]),
});

async function readComposableTemplates(client: HttpClient): Promise<readonly OtherTemplate[]> {
  const { index_templates: found } = await askEngine(client, { method: 'GET', path: '/_index_template' }, Composable);
  return found.map(({ name, index_template: { index_patterns: patterns, priority } }) => {
    return { name, patterns, rank: priority ?? 0 };
  });
}

const Simulated = z.object({
  template: z.object({ mappings: Mapping.default({ properties: {} }) }),
  overlapping: z.array(z.object({ name: z.string() })).nullish(),
});

/** Asks the engine which fields a new index would have, and a rotated one. */
async function checkNewIndex(client: HttpClient, template: string, index: string): Promise<void> {
  for (const name of [index, `${index}-2026-11-23`]) {
    const path = `/_index_template/_simulate_index/${encodeURIComponent(name)}`;
    const reply = await client.send({ method: 'POST', path });
    const simulated = Simulated.safeParse(toJson(reply));
    // Elasticsearch 7.8 cannot simulate, no engine can for an alias's name, and a domain may not allow it.
    if (reply.status !== 200 || !simulated.success) continue;
    const { missing, conflict } = compareMapping(simulated.data.template.mappings.properties);
    const [lacks] = Object.keys(missing);
    if (conflict === undefined && lacks === undefined) continue;
    const others = (simulated.data.overlapping ?? []).map((each) => each.name).join(', ');
    throw new ToolkitError(
      'TEMPLATE_HIDDEN',
      `A new index ${name} would not get the template ${template}: ${conflict ?? `it would not index ${lacks}`}.`,
      `Lower the priority of the other templates that fit its name${others === '' ? '' : ` (${others})`}, or choose another --index.`,
    );
  }
}
