import { describe, expect, test } from 'vitest';

import { noHeaderParams } from '../../src/protocol/header-params.ts';
import { readMessage } from '../../src/protocol/read.ts';
import type { Frame } from '../../src/protocol/envelope.ts';
import { forwarded, ownMessage } from '../../src/session/effects.ts';
import { Exchange } from '../../src/session/pending.ts';
import type { SendEffect } from '../../src/session/effects.ts';
import { type Message, notification, request, result } from '../../src/testing/messages.ts';
import { HttpMessageHeaders } from '../../src/transports/http-message-headers.ts';

const asRecord = (list: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(list.flatMap((name, at) => (at % 2 === 0 ? [[name, list[at + 1]!]] : [])));

function sent(message: Message, exchange?: Exchange): SendEffect {
  const bytes = new TextEncoder().encode(JSON.stringify(message));
  return forwarded('client-to-server', [bytes], readMessage(bytes) as Frame, undefined, exchange, 0);
}

const said = (headers: Readonly<Record<string, string>>): Exchange =>
  new Exchange(
    (name) => headers[name],
    (prefix) => Object.entries(headers).filter(([name]) => name.startsWith(prefix)),
  );

const json = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
const own = { 'user-agent': 'ninelives' };

describe('the headers of a legacy message', () => {
  test('name the session and the revision as soon as both are known', () => {
    const headers = new HttpMessageHeaders(new Map());
    expect(asRecord(headers.ofMessage(sent(request(0, 'initialize'))))).toEqual({ ...json, ...own });
    headers.beginSession('s');
    headers.negotiated('2025-06-18');
    const session = { 'mcp-session-id': 's', 'mcp-protocol-version': '2025-06-18' };
    expect(asRecord(headers.ofMessage(sent(request(1, 'ping'))))).toEqual({ ...json, ...own, ...session });
    expect(asRecord(headers.ofStream('e'))).toEqual({
      accept: 'text/event-stream',
      'last-event-id': 'e',
      ...own,
      ...session,
    });
    expect(asRecord(headers.ofStream(undefined))).not.toHaveProperty('last-event-id');
    expect(asRecord(headers.ofEnd())).toEqual({ ...own, ...session });
  });

  test('are put together once as long as nothing changes', () => {
    const headers = new HttpMessageHeaders(new Map());
    const first = headers.ofMessage(sent(request(1, 'ping')));
    expect(headers.ofMessage(ownMessage('client-to-server', new Uint8Array(), 'response', undefined, 0))).toBe(first);
    headers.beginSession('s');
    expect(headers.ofMessage(sent(request(2, 'ping')))).not.toBe(first);
  });

  test('have no session that a header could not name', () => {
    const headers = new HttpMessageHeaders(new Map());
    for (const id of ['', 'a b', 'é', undefined]) {
      headers.beginSession(id);
      expect(headers.sessionId).toBeUndefined();
    }
  });

  test('name the revision that the client itself named', () => {
    const headers = new HttpMessageHeaders(new Map());
    headers.negotiated('2025-11-25');
    const list = headers.ofMessage(sent(request(1, 'ping'), said({ 'mcp-protocol-version': '2025-03-26' })));
    expect(asRecord(list)).toMatchObject({ 'mcp-protocol-version': '2025-03-26' });
  });
});

describe('the headers of a modern message', () => {
  const modern = (kind: 'request' | 'notification', method: string, params: object = {}): Message => {
    const meta = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } };
    return kind === 'request'
      ? request(1, method, { ...params, ...meta })
      : notification(method, { ...params, ...meta });
  };

  test('say what it is, and nothing of a session', () => {
    const headers = new HttpMessageHeaders(new Map());
    headers.beginSession('s');
    headers.negotiated('2025-11-25');
    expect(asRecord(headers.ofMessage(sent(modern('request', 'resources/read', { uri: 'a://b' }))))).toEqual({
      ...json,
      ...own,
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'resources/read',
      'mcp-name': 'a://b',
    });
    expect(asRecord(headers.ofMessage(sent(modern('notification', 'notifications/x'))))).not.toHaveProperty('mcp-name');
  });
});

describe('the arguments of a call that its tool wants in headers', () => {
  const schema = { properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } };
  const list = new TextEncoder().encode(JSON.stringify(result(1, { tools: [{ name: 'move', inputSchema: schema }] })));
  const call = request(2, 'tools/call', {
    name: 'move',
    arguments: { region: 'ü' },
    _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' },
  });
  const region = { 'mcp-param-region': '=?base64?w7w=?=' };

  test('are said for a client that sees no headers, once the tool was listed in any session with the server', () => {
    const tools = { headerParams: noHeaderParams };
    const [headers, other] = [new HttpMessageHeaders(new Map(), tools), new HttpMessageHeaders(new Map(), tools)];
    expect(asRecord(headers.ofMessage(sent(call)))).not.toHaveProperty('mcp-param-region');
    other.listed(list);
    expect(asRecord(headers.ofMessage(sent(call)))).toMatchObject(region);
    const stranger = new HttpMessageHeaders(new Map());
    expect(asRecord(stranger.ofMessage(sent(call)))).not.toHaveProperty('mcp-param-region');
  });

  test('are left to a client over HTTP, and give way to what the user wants said', () => {
    const headers = new HttpMessageHeaders(new Map());
    headers.listed(list);
    expect(asRecord(headers.ofMessage(sent(call, said({}))))).not.toHaveProperty('mcp-param-region');
    const itself = said({ 'mcp-param-region': 'elsewhere' });
    expect(asRecord(headers.ofMessage(sent(call, itself)))).toMatchObject({ 'mcp-param-region': 'elsewhere' });
    const chosen = new HttpMessageHeaders(new Map([['mcp-param-region', 'here']]));
    chosen.listed(list);
    expect(asRecord(chosen.ofMessage(sent(call)))).toMatchObject({ 'mcp-param-region': 'here' });
  });

  test('are none of the legacy era', () => {
    const headers = new HttpMessageHeaders(new Map());
    headers.listed(list);
    const legacy = request(2, 'tools/call', { name: 'move', arguments: { region: 'ü' } });
    expect(asRecord(headers.ofMessage(sent(legacy)))).not.toHaveProperty('mcp-param-region');
  });
});

describe('what a client says to the server', () => {
  const exchange = said({ authorization: 'Bearer t', 'mcp-param-a': '1', cookie: 'c', baggage: 'b' });

  test('goes with its message, and who it is with what is ours alone', () => {
    const headers = new HttpMessageHeaders(new Map());
    const list = asRecord(headers.ofMessage(sent(request(0, 'initialize'), exchange)));
    expect(list).toEqual({ ...json, ...own, authorization: 'Bearer t', 'mcp-param-a': '1', baggage: 'b' });
    expect(asRecord(headers.ofStream(undefined))).toEqual({
      accept: 'text/event-stream',
      ...own,
      authorization: 'Bearer t',
    });
    expect(asRecord(headers.ofMessage(sent(request(2, 'ping'), said({}))))).not.toHaveProperty('authorization');
  });

  test('is said for nobody else where several may use one session', () => {
    const headers = new HttpMessageHeaders(new Map());
    headers.ofMessage(sent(request(1, 'ping'), exchange));
    expect(asRecord(headers.ofStream(undefined))).not.toHaveProperty('authorization');
    expect(asRecord(headers.ofStream('e', exchange))).toMatchObject({
      authorization: 'Bearer t',
      'last-event-id': 'e',
    });
  });

  test('gives way to what the user wants said', () => {
    const headers = new HttpMessageHeaders(new Map([['authorization', 'Bearer u']]));
    expect(asRecord(headers.ofMessage(sent(request(1, 'ping'), exchange)))).toMatchObject({
      authorization: 'Bearer u',
    });
  });
});

test('the id of an event goes as its UTF-8 bytes', () => {
  const list = asRecord(new HttpMessageHeaders(new Map()).ofStream('ü'));
  expect(Buffer.from(list['last-event-id']!, 'latin1').toString('utf8')).toBe('ü');
});

describe('the trace of a request', () => {
  const [ours, theirs] = ['a', 'b'].map((digit) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`) as [string, string];
  const traced = request(1, 'ping', { _meta: { traceparent: ours } });
  const client = said({ traceparent: theirs, tracestate: 'x=1', baggage: 'y=2' });

  test('is that of its message where requests are traced here, and else what its client said', () => {
    const headers = new HttpMessageHeaders(new Map(), undefined, true);
    const list = asRecord(headers.ofMessage(sent(traced, client)));
    expect(list).toMatchObject({ traceparent: ours, baggage: 'y=2' });
    expect(list).not.toHaveProperty('tracestate');
    expect(asRecord(headers.ofMessage(sent(request(2, 'ping'), client)))).toMatchObject({ traceparent: theirs });
    const untraced = new HttpMessageHeaders(new Map());
    expect(asRecord(untraced.ofMessage(sent(traced, client)))).toMatchObject({
      traceparent: theirs,
      tracestate: 'x=1',
    });
  });

  test('is what the user has chosen, whoever says something else', () => {
    const headers = new HttpMessageHeaders(new Map([['traceparent', theirs]]), undefined, true);
    expect(asRecord(headers.ofMessage(sent(traced)))).toMatchObject({ traceparent: theirs });
  });
});
