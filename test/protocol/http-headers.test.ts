import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Frame } from '../../src/protocol/envelope.ts';
import { isFault } from '../../src/protocol/faults.ts';
import {
  decodeHeaderValue,
  encodeHeaderValue,
  modernHeadersOf,
  modernStatusOf,
  validateModernHeaders,
} from '../../src/protocol/http-headers.ts';
import type { HeaderVerdict } from '../../src/protocol/http-headers.ts';
import { readMessage } from '../../src/protocol/read.ts';
import { encodeText } from '../../src/protocol/text.ts';
import { runs } from '../properties/runs.ts';

type Headers = Readonly<Record<string, string>>;

const versionKey = 'io.modelcontextprotocol/protocolVersion';
const capabilitiesKey = 'io.modelcontextprotocol/clientCapabilities';
const metadata = { [versionKey]: '2026-07-28', [capabilitiesKey]: {} };
const agreeing: Headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'echo' };

function frameOf(message: object): Frame {
  const read = readMessage(encodeText(JSON.stringify({ jsonrpc: '2.0', ...message })));
  if (isFault(read)) throw new Error(read.reason);
  return read;
}

const call = (params: object = { name: 'echo', _meta: metadata }, method = 'tools/call'): Frame =>
  frameOf({ id: 1, method, params });

function verdict(frame: Frame, headers: Headers): HeaderVerdict {
  return validateModernHeaders(frame, (name) => headers[name]);
}

function codeOf(frame: Frame, headers: Headers): number | 'ok' {
  const told = verdict(frame, headers);
  return told.ok ? 'ok' : told.code;
}

const without = (headers: Headers, ...names: readonly string[]): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));

describe('the headers of a modern message', () => {
  test('say its revision, its method, and what it is about', () => {
    expect(modernHeadersOf(call())).toEqual({ protocolVersion: '2026-07-28', method: 'tools/call', name: 'echo' });
    const nameOf = (method: string, params: object): string | undefined =>
      modernHeadersOf(call({ _meta: metadata, ...params }, method))?.name;
    const about = { name: 'n', uri: 'file:///u', taskId: 't' };
    expect(
      ['prompts/get', 'resources/read', 'tasks/get', 'tasks/update', 'tasks/cancel', 'tasks/list', 'tools/list'].map(
        (method) => nameOf(method, about),
      ),
    ).toEqual(['n', 'file:///u', 't', 't', 't', undefined, undefined]);
    expect([{}, { name: 5 }, { name: null }, { name: '' }].map((params) => nameOf('tools/call', params))).toEqual([
      undefined,
      undefined,
      undefined,
      '=?base64??=',
    ]);
    expect(nameOf('tools/call', { name: 'Grüße "x"\n' })).toBe('=?base64?R3LDvMOfZSAieCIK?=');
  });

  test('are none for a message that names no revision, and have no name for a notification', () => {
    expect(modernHeadersOf(call({ name: 'echo' }))).toBeUndefined();
    expect(modernHeadersOf(call({ name: 'echo', _meta: { [versionKey]: 5 } }))).toBeUndefined();
    expect(modernHeadersOf(frameOf({ method: 'tools/call', params: { name: 'x', _meta: metadata } }))).toEqual({
      protocolVersion: '2026-07-28',
      method: 'tools/call',
      name: undefined,
    });
  });

  test('hold no line ending, whatever the message says', () => {
    const told = modernHeadersOf(call({ name: 'a\r\nx: y', _meta: { [versionKey]: '2026\n' } }, 'a\r\nb: c'));
    expect(Object.values(told ?? {}).join('')).not.toMatch(/[\r\n]/);
  });

  test('are those that the official client sends', async () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('', ' a', 'a\t', 'a b', 'ü', '=?base64?YQ==?=', '=?base64?=', '\u00a0', '\u007f', 'a\nb'),
    );
    const method = fc.constantFrom('tools/call', 'prompts/get', 'resources/read', 'tasks/get', 'tools/list', 'ping');
    await fc.assert(
      fc.asyncProperty(method, text, async (name, value) => {
        const params = { name: value, uri: value, taskId: value, _meta: metadata };
        const sent: globalThis.Headers[] = [];
        const transport = new StreamableHTTPClientTransport(new URL('http://localhost/mcp'), {
          fetch: (_url, init) => {
            sent.push(new globalThis.Headers(init?.headers));
            return Promise.resolve(new Response(null, { status: 202 }));
          },
        });
        await transport.send({ jsonrpc: '2.0', id: 1, method: name, params });
        const told = modernHeadersOf(call(params, name));
        expect(sent.map((headers) => [headers.get('mcp-protocol-version'), headers.get('mcp-method')])).toEqual([
          [told?.protocolVersion, told?.method],
        ]);
        expect(sent[0]?.get('mcp-name') ?? undefined).toBe(told?.name);
      }),
      runs(150),
    );
  });
});

describe('a header value', () => {
  test('is read back as it was', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.string()), (value) => {
        const encoded = encodeHeaderValue(value);
        expect(encoded).toMatch(/^[\t -~]+$/);
        expect(encoded).toBe(encoded.trim());
        expect(decodeHeaderValue(encoded)).toBe(value);
      }),
      runs(300),
    );
  });

  test('stays as it is where it can', () => {
    for (const value of ['echo', 'a b\tc', '~!"', 'file:///a?b=c', '=?base64?YQ==', 'YQ==?=']) {
      expect(encodeHeaderValue(value)).toBe(value);
      expect(decodeHeaderValue(value)).toBe(value);
    }
    for (const value of ['', ' ', 'a ', '\ta', 'é', '\u007f', '\0', '=?base64?YQ==?=']) {
      expect(encodeHeaderValue(value)).toMatch(/^=\?base64\?.*\?=$/);
    }
  });

  test('is none when its base64 is broken or no UTF-8', () => {
    for (const value of ['Y', 'YQ', 'YQ=', 'YQ===', 'Y Q=', 'YQ-_', '/w==', 'YQ==YQ==', 'ü']) {
      expect(decodeHeaderValue(`=?base64?${value}?=`)).toBeUndefined();
    }
    expect(decodeHeaderValue('=?base64?YWI=?=')).toBe('ab');
    expect(decodeHeaderValue('=?base64?=')).toBe('');
  });
});

describe('headers that came with a message', () => {
  test('may go on when they say what it says', () => {
    expect(verdict(call(), agreeing)).toEqual({ ok: true });
    expect(codeOf(call(), { ...agreeing, 'mcp-name': '=?base64?ZWNobw==?=' })).toBe('ok');
    expect(codeOf(call(), { ...agreeing, 'mcp-name': '\techo ', 'mcp-method': ' tools/call\t ' })).toBe('ok');
    expect(codeOf(call({ _meta: metadata }), without(agreeing, 'mcp-name'))).toBe('ok');
    expect(codeOf(call({ _meta: metadata }), agreeing)).toBe('ok');
    expect(codeOf(call({ _meta: metadata }, 'tools/list'), { ...agreeing, 'mcp-method': 'tools/list' })).toBe('ok');
    expect(
      codeOf(call({ _meta: metadata }, 'server/discover'), {
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'server/discover',
      }),
    ).toBe('ok');
  });

  test('are refused when they say something else, and the reason tells what', () => {
    expect(verdict(call(), { ...agreeing, 'mcp-protocol-version': '2025-11-25' })).toEqual({
      ok: false,
      code: -32020,
      reason: 'Headers and message disagree: MCP-Protocol-Version says "2025-11-25", the message "2026-07-28".',
    });
    expect(verdict(call(), { ...agreeing, 'mcp-method': 'tools/list' })).toEqual({
      ok: false,
      code: -32020,
      reason: 'Headers and message disagree: Mcp-Method says "tools/list", the message "tools/call".',
    });
    expect(verdict(call(), { ...agreeing, 'mcp-name': 'ECHO' })).toEqual({
      ok: false,
      code: -32020,
      reason: 'Headers and message disagree: Mcp-Name says "ECHO", the message "echo".',
    });
    expect(codeOf(call(), { ...agreeing, 'mcp-name': '=?base64?Y?=' })).toBe(-32020);
    expect(codeOf(call({ _meta: metadata }), { ...agreeing, 'mcp-name': '=?base64?Y?=' })).toBe(-32020);
  });

  test('are refused when one is missing that a request has to have', () => {
    const missing = (...names: readonly string[]): unknown => verdict(call(), without(agreeing, ...names));
    const refused = (name: string): unknown => ({
      ok: false,
      code: -32020,
      reason: `Headers and message disagree: ${name} is missing.`,
    });
    expect(missing('mcp-protocol-version', 'mcp-method', 'mcp-name')).toEqual(refused('MCP-Protocol-Version'));
    expect(missing('mcp-method', 'mcp-name')).toEqual(refused('Mcp-Method'));
    expect(missing('mcp-name')).toEqual(refused('Mcp-Name'));
  });

  test('do not save a request whose metadata is not valid, and are not looked at then', () => {
    const wrong = { ...agreeing, 'mcp-method': 'x' };
    for (const meta of [
      { [versionKey]: '2026-07-28' },
      { [versionKey]: '2026-07-28', [capabilitiesKey]: [] },
      { [versionKey]: '2026-07-28', [capabilitiesKey]: null },
      { [versionKey]: 5, [capabilitiesKey]: {} },
      { [versionKey]: null, [capabilitiesKey]: {} },
    ]) {
      expect(codeOf(call({ name: 'echo', _meta: meta }), wrong)).toBe(-32602);
    }
    expect(verdict(call({ name: 'echo' }), agreeing)).toEqual({
      ok: false,
      code: -32602,
      reason:
        'The metadata of the request is not valid: under the revision "2026-07-28" a request has to name it itself.',
    });
  });

  test('of a revision that is not known here are compared, and whether it is served the server says', () => {
    for (const version of ['2099-01-01', '2025-11-25', '']) {
      const frame = call({ name: 'echo', _meta: { ...metadata, [versionKey]: version } });
      expect(codeOf(frame, {})).toBe('ok');
      expect(codeOf(frame, { 'mcp-protocol-version': version, 'mcp-name': 'x' })).toBe('ok');
      expect(codeOf(frame, { 'mcp-protocol-version': '2026-07-28' })).toBe(-32020);
      expect(codeOf(frame, { 'mcp-method': 'x' })).toBe(-32020);
    }
  });

  test('of a legacy message are nobody’s business, but for a modern version', () => {
    expect(codeOf(call({ name: 'echo' }), { 'mcp-method': 'x', 'mcp-protocol-version': '2025-11-25' })).toBe('ok');
    expect(codeOf(call({ name: 'echo' }), {})).toBe('ok');
    const initialize = call({ protocolVersion: '2025-11-25' }, 'initialize');
    expect(codeOf(initialize, { 'mcp-protocol-version': '2025-11-25', 'mcp-method': 'x' })).toBe('ok');
    expect(codeOf(initialize, { 'mcp-protocol-version': '2026-07-28' })).toBe(-32020);
    expect(codeOf(call({ _meta: { [versionKey]: '2026-07-28' } }, 'initialize'), {})).toBe('ok');
    expect(codeOf(call({ _meta: metadata }, 'initialize'), {})).toBe(-32020);
  });

  test('of a notification may be missing, but not say something else', () => {
    const notification = (meta: object): Frame => frameOf({ method: 'notifications/x', params: { _meta: meta } });
    expect(codeOf(notification({ [versionKey]: '2026-07-28' }), {})).toBe('ok');
    expect(codeOf(notification({ [versionKey]: '2026-07-28' }), { 'mcp-method': 'x' })).toBe(-32020);
    expect(codeOf(notification({ [versionKey]: '2025-11-25' }), { 'mcp-method': 'x' })).toBe('ok');
    expect(codeOf(notification({ [versionKey]: '2026-07-28' }), { 'mcp-protocol-version': '2025-11-25' })).toBe(-32020);
    expect(codeOf(notification({ [versionKey]: 5 }), {})).toBe(-32602);
    expect(codeOf(notification({}), { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'x' })).toBe(-32020);
    expect(codeOf(notification({}), { 'mcp-protocol-version': '2026-07-28' })).toBe('ok');
    expect(codeOf(notification({}), { 'mcp-protocol-version': '2025-11-25', 'mcp-method': 'x' })).toBe('ok');
  });

  test('of a response are not looked at', () => {
    expect(codeOf(frameOf({ id: 1, result: {} }), { ...agreeing, 'mcp-method': 'x' })).toBe('ok');
  });

  test('are told in a reason of limited length', () => {
    const told = verdict(call(), { ...agreeing, 'mcp-name': 'x'.repeat(10_000) });
    expect(told.ok ? '' : told.reason).toHaveLength(267);
  });
});

describe('the official server', () => {
  const handler = createMcpHandler(
    () => {
      const server = new McpServer({ name: 'test', version: '1' }, { capabilities: { tools: {} } });
      server.registerTool('echo', {}, () => ({ content: [] }));
      return server;
    },
    { legacy: 'reject' },
  );

  async function answered(message: object, headers: Headers): Promise<{ status: number; code: number | undefined }> {
    const response = await handler.fetch(
      new Request('http://localhost/mcp', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
        body: JSON.stringify(message),
      }),
    );
    const text = await response.text();
    const json = /\{.*\}/.exec(text)?.[0] ?? '{}';
    const { error } = JSON.parse(json) as { readonly error?: { readonly code: number } };
    return { status: response.status, code: error?.code };
  }

  const version = fc.constantFrom<unknown>('2026-07-28', '2026-07-28', '2025-11-25', '2099-01-01', '', 5, undefined);
  const meta = fc
    .record({ version, capabilities: fc.constantFrom<unknown>({}, {}, {}, undefined, 5, []) })
    .map((of) => ({ [versionKey]: of.version, [capabilitiesKey]: of.capabilities }));
  const value = fc.constantFrom<unknown>('echo', 'echo', 'grüße', 5, undefined);
  const method = fc.constantFrom(
    'tools/call',
    'tools/call',
    'resources/read',
    'tools/list',
    'server/discover',
    'initialize',
    'tasks/get',
    'x/y',
    'notifications/cancelled',
  );
  const message = fc
    .record({ method, meta: fc.option(meta, { freq: 5 }), value, isRequest: fc.boolean() })
    .map((of) => ({
      jsonrpc: '2.0',
      ...(of.isRequest ? { id: 1 } : {}),
      method: of.method,
      params: { ...(of.meta === null ? {} : { _meta: of.meta }), name: of.value, uri: of.value, taskId: of.value },
    }));
  const headerSets = fc.record({
    'mcp-protocol-version': fc.constantFrom('2026-07-28', '2026-07-28', '2025-11-25', '2099-01-01', undefined),
    'mcp-method': fc.option(method, { nil: undefined, freq: 4 }),
    'mcp-name': fc.constantFrom('echo', 'echo', '=?base64?Z3LDvMOfZQ==?=', '=?base64?x?=', 'y', undefined),
  });

  test('refuses the same headers with the same code and 400, and no others for what they say', async () => {
    const seen = new Map<number | 'ok', number>();
    await fc.assert(
      fc.asyncProperty(message, headerSets, fc.boolean(), async (posted, sets, followsMessage) => {
        const chosen = followsMessage ? { ...sets, 'mcp-method': posted.method } : sets;
        const headers = Object.fromEntries(Object.entries(chosen).filter(([, text]) => text !== undefined)) as Headers;
        const ours = codeOf(frameOf(posted), headers);
        const theirs = await answered(posted, headers);
        seen.set(ours, (seen.get(ours) ?? 0) + 1);
        if (ours === 'ok') expect([-32020, -32602]).not.toContain(theirs.status === 400 ? theirs.code : undefined);
        else expect(theirs).toEqual({ status: 400, code: ours });
      }),
      runs(600),
    );
    for (const code of ['ok', -32020, -32602] as const) expect(seen.get(code)).toBeGreaterThan(runs(30).numRuns);
  });

  test('answers with the status that the code of its error has here', async () => {
    const ask = async (params: object, name = 'tools/call'): Promise<unknown> => {
      const { status, code } = await answered(
        { jsonrpc: '2.0', id: 1, method: name, params: { _meta: metadata, ...params } },
        { 'mcp-protocol-version': '2026-07-28', 'mcp-method': name, ...('name' in params ? { 'mcp-name': 'no' } : {}) },
      );
      expect(status).toBe(code === undefined ? 200 : modernStatusOf(code));
      return code;
    };
    expect(await ask({}, 'tools/list')).toBeUndefined();
    expect(await ask({ name: 'no' })).toBe(-32602);
    expect(await ask({}, 'x/y')).toBe(-32601);
    expect(await ask({}, 'ping')).toBe(-32601);
    const other = {
      jsonrpc: '2.0',
      id: 1,
      method: 'x',
      params: { _meta: { ...metadata, [versionKey]: '2099-01-01' } },
    };
    expect(await answered(other, {})).toEqual({ status: modernStatusOf(-32022), code: -32022 });
  });
});

test('errors have the status of the gate that gives them, and 200 without one', () => {
  expect([-32700, -32600, -32601, -32020, -32021, -32022].map(modernStatusOf)).toEqual([400, 400, 404, 400, 400, 400]);
  expect([-32602, -32603, -32000, -32001, -32002, 5020, 0].map(modernStatusOf)).toEqual(
    Array.from({ length: 7 }).fill(200),
  );
});
