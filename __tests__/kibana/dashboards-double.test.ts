import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Double, type Kind, startDouble } from '../support/dashboards-double';
import { factsOf } from '../support/exchange-facts';

/** A request to a real server and its reply, in the recorded order; long attributes are left out. */
interface Exchange {
  readonly name: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
  readonly reply: { readonly status: number; readonly header?: string; readonly facts: unknown };
}

const read = (server: string): readonly Exchange[] =>
  JSON.parse(readFileSync(join(__dirname, 'fixtures', `${server}.json`), 'utf8'));

const RECORDED: readonly (readonly [string, Kind])[] = [
  ['kibana-6.4.2', 'kibana6'],
  ['kibana-7.10.2', 'kibana7'],
  ['osd-2.8.0', 'osd'],
];

describe.each(RECORDED)('the double of %s', (server, kind) => {
  let double: Double;
  beforeAll(async () => {
    double = await startDouble({ kind });
  });
  afterAll(() => double.close());

  it.each(read(server).map((exchange) => [exchange.name, exchange] as const))(
    'answers as the server did: %s',
    async (_, { request, reply }) => {
      const { method, headers } = request;
      const body = typeof request.body === 'string' ? request.body : JSON.stringify(request.body);

      const given = await fetch(double.url + request.path, { method, headers, ...(method === 'GET' ? {} : { body }) });
      const text = await given.text();

      expect(given.status).toBe(reply.status);
      if (reply.header !== undefined) expect(given.headers.has(reply.header)).toBe(true);
      expect(factsOf(JSON.parse(text))).toEqual(reply.facts);
    },
  );
});
