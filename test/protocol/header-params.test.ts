import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createMcpHandler, fromJsonSchema, McpServer } from '@modelcontextprotocol/server';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Frame } from '../../src/protocol/envelope.ts';
import { isFault } from '../../src/protocol/faults.ts';
import {
  type HeaderParams,
  headersOfCall,
  learnHeaderParams,
  mismatchOfCall,
  noHeaderParams,
} from '../../src/protocol/header-params.ts';
import { readMessage } from '../../src/protocol/read.ts';
import { encodeText } from '../../src/protocol/text.ts';
import { runs } from '../properties/runs.ts';

type Headers = Readonly<Record<string, string>>;

const metadata = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientCapabilities': {},
};

function frameOf(message: object): Frame {
  const read = readMessage(encodeText(JSON.stringify({ jsonrpc: '2.0', ...message })));
  if (isFault(read)) throw new Error(read.reason);
  return read;
}

const call = (args: unknown, name: unknown = 'tool', method = 'tools/call'): Frame =>
  frameOf({ id: 1, method, params: { name, arguments: args, _meta: metadata } });

const listed = (...tools: readonly unknown[]): Uint8Array =>
  encodeText(JSON.stringify({ jsonrpc: '2.0', id: 1, result: { tools } }));

const tool = (inputSchema: unknown, name: unknown = 'tool'): object => ({ name, inputSchema });
const object = (properties: object): object => ({ type: 'object', properties });
const param = (header: unknown, type: unknown = 'string'): object => ({ type, 'x-mcp-header': header });
const knownOf = (inputSchema: unknown): HeaderParams => learnHeaderParams(noHeaderParams, listed(tool(inputSchema)));
const headersFrom = (headers: Headers) => (prefix: string) =>
  Object.entries(headers).filter(([name]) => name.startsWith(prefix));

const region = object({ region: param('Region'), other: { type: 'string' } });
/** The names of the headers that a call of a tool has when all its arguments are there. */
const namesOf = (inputSchema: unknown, args: unknown): readonly string[] =>
  headersOfCall(call(args), knownOf(inputSchema)).map(([name]) => name);

describe('the arguments of a tool that travel in headers', () => {
  test('are those that its list annotates, at any depth of properties', () => {
    const schema = object({ region: param('Region'), where: object({ Tenant: param('tenant-ID', 'integer') }) });
    expect(knownOf(schema)).toEqual(
      new Map([
        [
          'tool',
          [
            { name: 'Region', path: ['region'], isNumeric: false },
            { name: 'tenant-ID', path: ['where', 'Tenant'], isNumeric: true },
          ],
        ],
      ]),
    );
  });

  test('are none where a list has no annotation, and nothing is learned from what is no list', () => {
    expect(learnHeaderParams(noHeaderParams, listed(tool(object({ a: { type: 'string' } }))))).toBe(noHeaderParams);
    const known = knownOf(region);
    for (const text of ['{"result":{"tools":{}},"x-mcp-header":1}', '{"result":"x-mcp-header"}', '"x-mcp-header', '']) {
      expect(learnHeaderParams(known, encodeText(text))).toBe(known);
      expect(learnHeaderParams(noHeaderParams, encodeText(text))).toBe(noHeaderParams);
    }
    const odd = [tool(region, 5), tool(region, 'x'.repeat(257)), null, 5, { inputSchema: region }];
    expect(learnHeaderParams(noHeaderParams, listed(...odd)).size).toBe(0);
  });

  test('of one tool are replaced by what a later list says of it, and other tools stay', () => {
    const first = learnHeaderParams(noHeaderParams, listed(tool(region, 'a'), tool(region, 'b')));
    const second = learnHeaderParams(first, listed(tool(object({ region: { type: 'string' } }), 'a')));
    expect([...first.keys()]).toEqual(['a', 'b']);
    expect([...second.keys()]).toEqual(['b']);
    const third = learnHeaderParams(second, listed(tool(object({ x: param('X') }), 'b'), tool(region, 'c')));
    expect([...third].map(([name, params]) => [name, params[0]?.name])).toEqual([
      ['b', 'X'],
      ['c', 'Region'],
    ]);
  });

  test('are not known any more of tools that were listed long ago, when there are too many', () => {
    const many = (count: number): object =>
      object(Object.fromEntries(Array.from({ length: count }, (_, at) => [`a${at}`, param(`A${at}`)])));
    let known = learnHeaderParams(noHeaderParams, listed(tool(region, 'old'), tool(region, 'renewed')));
    for (let at = 0; at < 15; at++) known = learnHeaderParams(known, listed(tool(many(32), `tool${at}`)));
    known = learnHeaderParams(known, listed(tool(region, 'renewed')));
    expect([known.size, known.has('old')]).toEqual([17, true]);
    known = learnHeaderParams(known, listed(tool(many(31), 'last')));
    expect([known.size, known.has('old'), known.has('tool0'), known.has('renewed')]).toEqual([17, false, true, true]);
    expect(learnHeaderParams(known, listed(tool(many(33), 'last'))).has('last')).toBe(false);
  });

  test.each([
    ['at the root', { ...object({ a: param('A') }), ...param('Root') }],
    ['with an empty name', object({ a: param('A'), b: param('') })],
    ['with a name that is no text', object({ a: param('A'), b: param(5) })],
    ['with a name that no header can have', object({ a: param('A'), b: param('B C') })],
    ['with a line ending in its name', object({ a: param('A'), b: param('B\r\nC') })],
    ['with a name longer than is kept', object({ a: param('A'), b: param('B'.repeat(65)) })],
    ['deeper than is kept', object({ a: param('A'), ['b'.repeat(257)]: param('B') })],
    ['with a name that there is already', object({ a: param('A'), b: object({ c: param('a') }) })],
    ['of an object', object({ a: param('A'), b: param('B', 'object') })],
    ['of several types', object({ a: param('A'), b: param('B', ['string', 'null']) })],
    ['of no type', object({ a: param('A'), b: { 'x-mcp-header': 'B' } })],
    ['of the items of a list', object({ a: param('A'), b: { type: 'array', items: param('B') } })],
    ['of one choice', { ...object({ a: param('A') }), anyOf: [{}, object({ b: param('B') })] }],
    ['of a condition', { ...object({ a: param('A') }), if: object({ b: param('B') }) }],
    ['of a definition', { ...object({ a: param('A') }), $defs: { b: param('B') } }],
  ])('are none when an annotation breaks a rule: %s', (_what, schema) => {
    expect(namesOf(object({ a: param('A') }), { a: '1', b: '2' })).toEqual(['mcp-param-a']);
    expect(namesOf(schema, { a: '1', b: '2' })).toEqual([]);
  });

  test('are none of a schema that has no end', () => {
    let schema = region;
    for (let depth = 0; depth < 70; depth++) schema = object({ a: schema });
    expect(knownOf(schema).size).toBe(0);
  });
});

describe('the headers of a call', () => {
  const schema = object({
    text: param('Text'),
    flag: param('Flag', 'boolean'),
    count: param('Count', 'integer'),
    'odd "key\\': param('Odd'),
    __proto__X: param('Proto'),
  });
  const headersFor = (args: unknown): Headers => Object.fromEntries(headersOfCall(call(args), knownOf(schema)));

  test('say its arguments as text, in base64 where a header cannot hold them', () => {
    expect(headersFor({ text: 'us west', flag: false, count: -7, 'odd "key\\': 'é', more: 'x' })).toEqual({
      'mcp-param-text': 'us west',
      'mcp-param-flag': 'false',
      'mcp-param-count': '-7',
      'mcp-param-odd': '=?base64?w6k=?=',
    });
    expect(headersFor({ text: '' })).toEqual({ 'mcp-param-text': '=?base64??=' });
    expect(headersFor({ text: 'a\r\nX-Other: b' })['mcp-param-text']).toMatch(/^=\?base64\?[\w+/=]+\?=$/);
  });

  test('are none for arguments that are not there, or are no plain values', () => {
    for (const value of [undefined, null, {}, ['a'], 2 ** 53, -(2 ** 60)])
      expect(headersFor({ text: value })).toEqual({});
    expect(headersFor(undefined)).toEqual({});
    expect(headersFor(['text'])).toEqual({});
    expect(Object.keys(headersFor({ text: 2.5, flag: 0, count: 'seven' }))).toHaveLength(3);
  });

  test('are none for other tools, other methods, and arguments that are no JSON', () => {
    const known = knownOf(schema);
    const args = { text: 'a' };
    expect(headersOfCall(call(args), known)).toHaveLength(1);
    for (const other of [call(args, 'another'), call(args, 5), call(args, 'tool', 'prompts/get')]) {
      expect(headersOfCall(other, known)).toEqual([]);
      expect(mismatchOfCall(other, known, () => [])).toBeUndefined();
    }
    const broken = call(args);
    const bytes = encodeText('{"params":{"name":"tool","arguments":{"text":"a",]}}}');
    expect(headersOfCall({ ...broken, bytes }, known)).toEqual([]);
    expect(mismatchOfCall({ ...broken, bytes }, known, () => [])).toBeUndefined();
  });
});

describe('the headers that came with a call', () => {
  const schema = object({ region: param('Region'), count: param('Count', 'integer'), flag: param('Flag', 'boolean') });
  const mismatch = (args: unknown, headers: Headers): string | undefined =>
    mismatchOfCall(call(args), knownOf(schema), headersFrom(headers));

  test('may say the same in every way in which that can be said', () => {
    expect(mismatch({ region: 'é', flag: true, count: 42 }, headersFor({ region: 'é', flag: true, count: 42 }))).toBe(
      undefined,
    );
    expect(mismatch({ region: 'Hello' }, { 'mcp-param-region': '=?base64?SGVsbG8=?=' })).toBeUndefined();
    expect(mismatch({ region: 'Hello' }, { 'mcp-param-region': ' Hello\t' })).toBeUndefined();
    expect(mismatch({ count: 42 }, { 'mcp-param-count': '42.0' })).toBeUndefined();
    expect(mismatch({}, {})).toBeUndefined();
  });

  test('are not looked at where their argument is not there, nor where nobody asked for them', () => {
    expect(mismatch({ region: null }, { 'mcp-param-region': 'x', 'mcp-param-other': '=?base64?!?=' })).toBeUndefined();
    expect(mismatch({}, { 'mcp-param-region': '=?base64?!?=' })).toBeUndefined();
  });

  test('are told when they are missing, broken, or say something else', () => {
    expect(mismatch({ region: 'a' }, { 'mcp-param-count': '1' })).toBe('Mcp-Param-Region is missing');
    expect(mismatch({ region: '' }, {})).toBe('Mcp-Param-Region is missing');
    expect(mismatch({ region: 'Hello' }, { 'mcp-param-region': '=?base64?SGVsbG8?=' })).toBe(
      'Mcp-Param-Region is no base64 of UTF-8',
    );
    expect(mismatch({ region: 'a' }, { 'mcp-param-region': 'A' })).toBe('Mcp-Param-Region says "A", the message "a"');
    expect(mismatch({ count: 42 }, { 'mcp-param-count': '4.2e1' })).toBe(
      'Mcp-Param-Count says "4.2e1", the message "42"',
    );
    expect(mismatch({ region: 42 }, { 'mcp-param-region': '42.0' })).toMatch(/^Mcp-Param-Region says/);
    expect(mismatch({ count: '42' }, { 'mcp-param-count': '42.0' })).toMatch(/^Mcp-Param-Count says/);
    expect(mismatch({ flag: true }, { 'mcp-param-flag': 'True' })).toMatch(/^Mcp-Param-Flag says/);
  });

  function headersFor(args: unknown): Headers {
    return Object.fromEntries(headersOfCall(call(args), knownOf(schema)));
  }
});

const often = <T>(usual: readonly T[], rare: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 15, arbitrary: fc.constantFrom(...usual) }, { weight: 1, arbitrary: fc.constantFrom(...rare) });
const headerName = often(['Region', 'Tenant', 'COUNT', 'flag'], ['region', 'x y', '']);
const typeName = often(['string', 'string', 'integer', 'boolean', 'number'], ['object']);
const key = fc.constantFrom('a', 'b', 'c');
const leaf = fc
  .record({ type: typeName, header: fc.option(headerName, { freq: 3 }) })
  .map(({ type, header }) => (header === null ? { type } : param(header, type)));
const properties = fc.dictionary(
  key,
  fc.oneof(
    { weight: 4, arbitrary: leaf },
    { weight: 1, arbitrary: fc.dictionary(key, leaf, { maxKeys: 2 }).map(object) },
  ),
  { minKeys: 1, maxKeys: 3 },
);
const elsewhere = fc.oneof(
  { weight: 7, arbitrary: fc.constant(undefined) },
  {
    weight: 1,
    arbitrary: fc.record({
      keyword: fc.constantFrom('anyOf', 'not', '$defs', 'items', 'dependentSchemas'),
      schema: leaf,
    }),
  },
);
const schemas = fc.record({ properties, elsewhere }).map((of) => ({
  ...object(of.properties),
  ...(of.elsewhere === undefined ? {} : { [of.elsewhere.keyword]: placed(of.elsewhere) }),
}));
const placed = ({ keyword, schema }: { readonly keyword: string; readonly schema: object }): unknown =>
  keyword === 'anyOf' ? [schema] : keyword.startsWith('$') || keyword.startsWith('dep') ? { d: schema } : schema;
const plain = fc.constantFrom<unknown>('us', '', 'é', ' a', 42, 4.5, true, false, null, 2 ** 60, '=?base64?dXM=?=');
const argument = fc.oneof(
  { weight: 4, arbitrary: plain },
  { weight: 1, arbitrary: fc.dictionary(key, plain, { maxKeys: 2 }) },
);
const argumentSets = fc.record({ a: argument, b: argument, c: argument }, { requiredKeys: [] });

describe('the official SDK', () => {
  async function refusedFor(schema: object, args: object, headers: Headers): Promise<boolean> {
    const handler = createMcpHandler(() => {
      const server = new McpServer({ name: 'test', version: '1' }, { capabilities: { tools: {} } });
      server.registerTool('tool', { inputSchema: anything(schema) }, () => ({ content: [] }));
      return server;
    });
    const response = await handler.fetch(
      new Request('http://localhost/mcp', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': '2026-07-28',
          'mcp-method': 'tools/call',
          'mcp-name': 'tool',
          ...headers,
        },
        body: new TextDecoder().decode(call(args).bytes),
      }),
    );
    const text = await response.text();
    return response.status === 400 && text.includes('"code":-32020');
  }

  const said = fc.record({
    'mcp-param-region': fc.constantFrom('us', '42', 'true', '=?base64?dXM=?=', '=?base64?x?=', undefined),
    'mcp-param-count': fc.constantFrom('42', '42.0', '4.50', 'false', undefined),
    'mcp-param-tenant': fc.constantFrom('us', undefined),
  });

  test('as a server refuses the same headers', async () => {
    const seen = { right: 0, wrong: 0 };
    await fc.assert(
      fc.asyncProperty(schemas, argumentSets, said, fc.boolean(), async (schema, args, others, isHonest) => {
        const known = knownOf(schema);
        const chosen = { ...others, ...(isHonest ? Object.fromEntries(headersOfCall(call(args), known)) : {}) };
        const headers = Object.fromEntries(Object.entries(chosen).filter(([, text]) => text !== undefined)) as Headers;
        const isWrong = mismatchOfCall(call(args), known, headersFrom(headers)) !== undefined;
        expect(isHonest && isWrong).toBe(false);
        seen[isWrong ? 'wrong' : 'right'] += known.size;
        expect(await refusedFor(schema, args, headers)).toBe(isWrong);
      }),
      runs(300),
    );
    expect(Math.min(seen.right, seen.wrong)).toBeGreaterThan(runs(12).numRuns);
  });

  test('as a client sends the same headers', async () => {
    const sent: globalThis.Headers[] = [];
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: { pin: '2026-07-28' } } });
    const transport = new StreamableHTTPClientTransport(new URL('http://localhost/mcp'), {
      fetch: (_url, init) => {
        const { id, method } = JSON.parse(init?.body as string) as { readonly id: unknown; readonly method: string };
        if (method === 'tools/call') sent.push(new globalThis.Headers(init?.headers));
        const discovered = {
          supportedVersions: ['2026-07-28'],
          capabilities: { tools: {} },
          ttlMs: 0,
          cacheScope: 'public',
        };
        const result = { resultType: 'complete', ...(method === 'tools/call' ? { content: [] } : discovered) };
        return Promise.resolve(Response.json({ jsonrpc: '2.0', id, result }));
      },
    });
    await client.connect(transport);
    let headersSeen = 0;
    await fc.assert(
      fc.asyncProperty(schemas, argumentSets, async (schema, args) => {
        // Such a tool does not exist for clients; the server compares its headers all the same.
        fc.pre(!JSON.stringify(schema).includes('"number"'));
        const toolDefinition = tool(schema) as never;
        await client.callTool({ name: 'tool', arguments: args }, { toolDefinition });
        const theirs = [...sent.pop()!].filter(([name]) => name.startsWith('mcp-param-'));
        headersSeen += theirs.length;
        expect(Object.fromEntries(headersOfCall(call(args), knownOf(schema)))).toEqual(Object.fromEntries(theirs));
      }),
      runs(300),
    );
    expect(headersSeen).toBeGreaterThan(runs(12).numRuns);
  });

  /** The schema as tools are listed with it, behind which any arguments pass. */
  function anything(schema: object) {
    return fromJsonSchema<object>(schema, {
      getValidator: () => (input) => ({ valid: true, data: input as never, errorMessage: undefined }),
    });
  }
});
