import type { z } from 'zod';

/**
 * Parses what comes in at a door (argv, a configuration, a body, a reply) with its schema.
 *
 * @param fail makes the error to throw; it is given all faults at once, `name: what is wrong`, joined by `; `.
 */
export function parse<S extends z.ZodType>(schema: S, value: unknown, fail: (why: string) => Error): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw fail(result.error.issues.map(describeIssue).join('; '));
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join('.');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
}
