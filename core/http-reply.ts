/** What a server's reply says, whoever has answered: a search engine, dashboards, the front door of a service, a proxy. */
import { z } from 'zod';
import type { HttpReply } from './http-client';

/** Undefined where it is none. */
export function toJson({ text }: Pick<HttpReply, 'text'>): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Dashboards, and Amazon's services under either name. */
const Message = z.object({ message: z.string() }).or(z.object({ Message: z.string() }));
const Reason = z.object({ type: z.string().optional(), reason: z.string().nullish() });
/** The root cause says what happened; around it often only that all shards have failed. */
const Refused = z.object({ error: z.union([z.string(), Reason.extend({ root_cause: z.array(Reason).optional() })]) });

/** Its own words, as one line; undefined where it has none. */
export function reasonIn(reply: HttpReply): string | undefined {
  const { status, headers, text } = reply;
  const location = headers.get('location');
  if (status >= 300 && status < 400 && location !== null) return `it leads to ${oneLine(location)}`;
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

/** Of what a server says one line, and nothing that a terminal would obey. */
export function oneLine(text: string): string | undefined {
  const line = text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 300);
  return line === '' ? undefined : line;
}
