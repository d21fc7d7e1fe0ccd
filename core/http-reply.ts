/** Reads what a reply says, whether it comes from a search engine, dashboards, an AWS service or a proxy. */
import { z } from 'zod';
import type { HttpReply } from './http-client';

/** Undefined if the body is not JSON. */
export function toJson({ text }: Pick<HttpReply, 'text'>): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Dashboards, and AWS services with either spelling. */
const Message = z.object({ message: z.string() }).or(z.object({ Message: z.string() }));
const Reason = z.object({ type: z.string().optional(), reason: z.string().nullish() });
/** The root cause says what happened; the outer error often says only that all shards have failed. */
const Refused = z.object({ error: z.union([z.string(), Reason.extend({ root_cause: z.array(Reason).optional() })]) });

/** The server's own reason, as one line; undefined if it gives none. */
export function reasonIn(reply: HttpReply): string | undefined {
  const { status, headers, text } = reply;
  const location = headers.get('location');
  if (status >= 300 && status < 400 && location !== null) return `it redirects to ${oneLine(location)}`;
  const json = toJson(reply);
  const message = Message.safeParse(json);
  if (message.success) return oneLine(Object.values(message.data).join());
  const refused = Refused.safeParse(json);
  if (refused.success) {
    const { error } = refused.data;
    if (typeof error === 'string') return oneLine(error);
    const [cause = error] = error.root_cause ?? [];
    return oneLine(cause.reason ?? cause.type ?? error.type ?? '');
  }
  return /^\s*</.test(text)
    ? `a page: ${oneLine(text.slice(0, 5000).replace(/<[^>]*>/g, ' ')) ?? 'without words'}`
    : oneLine(text);
}

/** Cuts a server's text to one line, without control characters. */
export function oneLine(text: string): string | undefined {
  const line = text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 300);
  return line === '' ? undefined : line;
}
