/** Picks what an importer depends on from a dashboards server's reply: which server it is, which object failed and why, what is set. */
export function factsOf(reply: unknown): unknown {
  if (typeof reply === 'string') return reply.startsWith('{') ? reply.trim().split('\n').map(objectOf) : reply;
  const {
    version,
    status,
    saved_objects,
    objects,
    success,
    successCount,
    errors,
    settings,
    statusCode,
    message,
    attributes,
  } = reply as Record<string, never>;
  return JSON.parse(
    JSON.stringify({
      version: (version as { number?: string } | undefined)?.number,
      state: (status as { overall?: { state: string } } | undefined)?.overall?.state,
      objects: ((saved_objects ?? objects) as object[] | undefined)?.map(named),
      success,
      successCount,
      errors: (errors as object[] | undefined)?.map(named),
      defaultIndex: (settings as { defaultIndex?: unknown } | undefined)?.defaultIndex,
      statusCode,
      message,
      missing: (attributes as { objects?: object[] } | undefined)?.objects?.map(named),
    }),
  );
}

const named = (object: object) => {
  const { type, id, error } = object as Record<string, unknown>;
  return { type, id, error };
};

function objectOf(line: string): unknown {
  const { type, id, exportedCount } = JSON.parse(line);
  return { type, id, exportedCount };
}
