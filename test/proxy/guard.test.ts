import { once } from 'node:events';
import { type IncomingHttpHeaders, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { digestOf } from '../../src/auth/static-tokens.ts';
import { urlBackend } from '../../src/proxy/backend.ts';
import { type GuardRequest, openGuard } from '../../src/proxy/guard.ts';
import { forwardHttp } from '../../src/proxy/http.ts';
import { openRemote } from '../../src/proxy/remote.ts';
import { forwardWebSocket } from '../../src/proxy/websocket.ts';
import { RuleEngine } from '../../src/rules/rule-engine.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { neverRestart } from '../../src/session/upstream.ts';
import { CollectingLog } from '../../src/testing/collecting-log.ts';
import { initialize, initializeResult, request } from '../../src/testing/messages.ts';
import { Script } from '../../src/testing/script.ts';
import { Issuer, audience, issuerName } from '../auth/issuer.ts';
import { ruleSetOf } from '../rules/rule-sets.ts';

const clock = systemClock();
const tokens = [
  { name: 'alice', digest: digestOf('token-of-alice'), scopes: ['read'] },
  { name: 'bob', digest: digestOf('token-of-bob'), scopes: undefined },
];

/** A server that answers every request, and remembers what was said in headers. */
async function openServer() {
  const heard: IncomingHttpHeaders[] = [];
  const server = createServer((asked, response) => {
    let body = '';
    asked.on('data', (chunk: Buffer) => (body += chunk.toString()));
    asked.on('end', () => {
      heard.push(asked.headers);
      const { id, method } = JSON.parse(body === '' ? '{}' : body) as { id?: number; method?: string };
      if (id === undefined) {
        response.writeHead(asked.method === 'POST' ? 202 : 405).end();
        return;
      }
      const result =
        method === 'initialize' ? initializeResult('2025-11-25') : { by: asked.headers.authorization ?? null };
      response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 'theirs' });
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { heard, url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`) };
}

async function open(
  front: 'http' | 'ws',
  asked: Partial<GuardRequest>,
  headers: Record<string, string> = {},
  rules?: RuleEngine,
) {
  const { url, heard } = await openServer();
  const log = new CollectingLog(new Script(), true);
  const remote = await openRemote({ url, headers, ca: undefined, clock, log, frameBytesMax: 1e6 });
  const backend = urlBackend({
    name: remote.name,
    restart: neverRestart,
    connector: () => remote.connector(),
    stop: async () => remote.close(),
  });
  const listen = { host: '127.0.0.1', port: 0, path: '/mcp' };
  const guard = await openGuard({ tokens: [], scopes: [], ...asked }, { path: '/mcp', isTls: false, clock });
  const ruled = rules === undefined ? {} : { rules };
  const options = { backend, listen, guard, clock, log, checksInvariants: true, ...ruled };
  const running = await (front === 'http' ? forwardHttp(options) : forwardWebSocket(options));
  onTestFinished(async () => running.close());
  return { url: running.url, heard, log };
}

async function post(url: string, message: object, headers: Record<string, string> = {}) {
  const usual = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...usual, ...headers },
    body: JSON.stringify(message),
  });
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    sessionId: response.headers.get('mcp-session-id') ?? '',
    text: await response.text(),
  };
}

const as = (token: string): { Authorization: string } => ({ Authorization: `Bearer ${token}` });

describe('a guarded front on HTTP', () => {
  test('serves who brings a token that was given out, and nobody else', async () => {
    const { url } = await open('http', { tokens });
    expect(await post(url, initialize(0), as('token-of-alice'))).toMatchObject({ status: 200 });
    expect(await post(url, initialize(0))).toMatchObject({ status: 401, challenge: 'Bearer' });
    expect(await post(url, initialize(0), as('token-of-eve'))).toMatchObject({
      status: 401,
      challenge: 'Bearer error="invalid_token", error_description="The token is not known"',
    });
    const several = `Bearer token-of-alice, Bearer token-of-bob`;
    expect(await post(url, initialize(0), { Authorization: several })).toMatchObject({ status: 400 });
  });

  test('wants tokens to be good for its scopes', async () => {
    const { url } = await open('http', { tokens, scopes: ['write'] });
    expect(await post(url, initialize(0), as('token-of-alice'))).toMatchObject({
      status: 403,
      challenge: 'Bearer error="insufficient_scope", error_description="The token is not good for this", scope="write"',
    });
    expect(await post(url, initialize(0), as('token-of-bob'))).toMatchObject({ status: 200 });
  });

  test('P20 knows no session of one principal when another names it', async () => {
    const { url } = await open('http', { tokens });
    const { sessionId } = await post(url, initialize(0), as('token-of-alice'));
    const named = { 'Mcp-Session-Id': sessionId, 'MCP-Protocol-Version': '2025-11-25' };
    expect(await post(url, request(1, 'ping'), { ...named, ...as('token-of-bob') })).toMatchObject({ status: 404 });
    expect(await post(url, request(1, 'ping'), named)).toMatchObject({ status: 401 });
    const gone = await fetch(url, { method: 'DELETE', headers: { ...named, ...as('token-of-bob') } });
    expect(gone.status).toBe(404);
    expect(await post(url, request(1, 'ping'), { ...named, ...as('token-of-alice') })).toMatchObject({ status: 200 });
  });

  test('P20 keeps requests without a session of two principals apart', async () => {
    const { url, log } = await open('http', { tokens });
    const headers = { 'MCP-Protocol-Version': '2025-11-25' };
    const replies = await Promise.all([
      post(url, request(7, 'ping'), { ...headers, ...as('token-of-alice') }),
      post(url, request(7, 'ping'), { ...headers, ...as('token-of-bob') }),
    ]);
    expect(replies.map(({ status }) => status)).toEqual([200, 200]);
    expect(log.lines('info').filter(({ text }) => text === 'session opened')).toHaveLength(2);
  });

  test('passes no token on, and says none in its log', async () => {
    const { url, heard, log } = await open('http', { tokens });
    const { sessionId } = await post(url, initialize(0), as('token-of-alice'));
    const named = { 'Mcp-Session-Id': sessionId, 'MCP-Protocol-Version': '2025-11-25' };
    await post(url, request(1, 'tools/list'), { ...named, ...as('token-of-alice') });
    await post(url, request(1, 'tools/list'), { ...named, ...as('token-of-eve') });
    await post(url, request(1, 'tools/list'), { ...named, Authorization: 'Bearer token-of-alice, Bearer x' });
    expect(heard.length).toBeGreaterThanOrEqual(2);
    expect(heard.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
    const levels = ['trace', 'debug', 'info', 'warn', 'error'] as const;
    const lines = levels.flatMap((level) => log.lines(level));
    expect(lines.some(({ text }) => text === 'a request was turned away at the door')).toBe(true);
    expect(JSON.stringify(lines)).not.toMatch(/token-of|Bearer (?!TOKEN)/);
  });

  test('says to the server behind it what its operator wants said, in place of what its clients say', async () => {
    const { url, heard } = await open('http', { tokens }, { Authorization: 'Bearer of-the-operator' });
    await post(url, initialize(0), as('token-of-alice'));
    expect(heard[0]?.authorization).toBe('Bearer of-the-operator');
  });
});

describe('a front that is guarded by an issuer', () => {
  async function openIssued(more: Partial<GuardRequest> = {}) {
    const issuer = await Issuer.open();
    onTestFinished(async () => issuer.close());
    const jwt = { jwksUrl: issuer.jwksUrl, issuer: issuerName, audience };
    return { issuer, ...(await open('http', { jwt, ...more })) };
  }

  test('serves whom the issuer names', async () => {
    const { issuer, url } = await openIssued();
    expect(await post(url, initialize(0), as(await issuer.sign()))).toMatchObject({ status: 200 });
    expect(await post(url, initialize(0), as(await issuer.sign({ audience: 'other' })))).toMatchObject({ status: 401 });
  });

  test('says where to get a token', async () => {
    const { url } = await openIssued({ scopes: ['read'] });
    const place = new URL('/.well-known/oauth-protected-resource/mcp', url).href;
    expect(await post(url, initialize(0))).toMatchObject({
      status: 401,
      challenge: `Bearer scope="read", resource_metadata="${place}"`,
    });
    for (const at of [place, new URL('/.well-known/oauth-protected-resource', url)]) {
      const description: unknown = await (await fetch(at)).json();
      expect(description).toMatchObject({
        resource: url,
        authorization_servers: [issuerName],
        scopes_supported: ['read'],
      });
    }
  });

  test('under another URL says that one', async () => {
    const resource = new URL('https://mcp.example.com/team/mcp');
    const { url } = await openIssued({ resource });
    const { challenge } = await post(url, initialize(0));
    const place = 'https://mcp.example.com/.well-known/oauth-protected-resource/team/mcp';
    expect(challenge).toBe(`Bearer resource_metadata="${place}"`);
    const description: unknown = await (await fetch(new URL(new URL(place).pathname, url))).json();
    expect(description).toMatchObject({ resource: resource.href });
  });

  test('tells nobody that a token is wrong when it cannot know', async () => {
    const { issuer, url } = await openIssued();
    issuer.status = 500;
    expect(await post(url, initialize(0), as(await issuer.sign()))).toMatchObject({ status: 503, challenge: null });
  });

  test('knows tokens that were given out as well', async () => {
    const { url } = await openIssued({ tokens });
    expect(await post(url, initialize(0), as('token-of-bob'))).toMatchObject({ status: 200 });
  });
});

test('a guarded front on WebSocket asks at the upgrade, and its session is who came', async () => {
  const { url, log, heard } = await open('ws', { tokens });
  const socket = new WebSocket(url, ['mcp'], { headers: as('token-of-bob') });
  await once(socket, 'open');
  socket.send(JSON.stringify(initialize(0)));
  await once(socket, 'message');
  expect(heard.every(({ authorization }) => authorization === undefined)).toBe(true);
  socket.terminate();
  for (const [headers, status] of [
    [{}, 401],
    [as('token-of-eve'), 401],
    [{ Authorization: 'Bearer a, Bearer b' }, 400],
  ] as const) {
    const stranger = new WebSocket(url, ['mcp'], { headers });
    stranger.on('error', () => {});
    const [, response] = (await once(stranger, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(status);
    stranger.terminate();
  }
  expect(JSON.stringify(log.lines('info'))).not.toMatch(/token-of|Bearer/);
});

test('a connection on WebSocket ends when the token that opened it holds no longer', async () => {
  const issuer = await Issuer.open();
  onTestFinished(async () => issuer.close());
  const { url } = await open('ws', { jwt: { jwksUrl: issuer.jwksUrl, issuer: issuerName, audience } });
  // Half a minute is granted to the difference of clocks.
  const socket = new WebSocket(url, ['mcp'], { headers: as(await issuer.sign({ expiresIn: -28 })) });
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  expect([code, reason.toString()]).toEqual([1008, 'expired']);
});

describe('rules see what a token says', () => {
  const adminsOnly = () =>
    new RuleEngine(
      ruleSetOf(
        '{ id: admins, when: frame.method == "tools/call" && auth.claims.role != "admin", onError: closed, do: [block: {}] }',
      ),
      { clock, log: silentLog },
    );
  const guarded = async () => {
    const issuer = await Issuer.open();
    onTestFinished(async () => issuer.close());
    const { jwksUrl } = issuer;
    return { issuer, asked: { jwt: { jwksUrl, issuer: issuerName, audience } } };
  };
  const call = (id: number) => request(id, 'tools/call', { name: 'x' });

  test('of each request on HTTP: another token of the same client has another say, and no log repeats it', async () => {
    const { issuer, asked } = await guarded();
    const { url, log } = await open('http', asked, {}, adminsOnly());
    const [admin, guest, plain] = await Promise.all([
      issuer.sign({ claims: { role: 'admin' } }),
      issuer.sign({ claims: { role: 'guest-of-honour' } }),
      issuer.sign(),
    ]);
    const { sessionId } = await post(url, initialize(0), as(admin));
    const named = { 'Mcp-Session-Id': sessionId, 'MCP-Protocol-Version': '2025-11-25' };
    const said = async (id: number, token: string) => (await post(url, call(id), { ...named, ...as(token) })).text;
    expect(await said(1, admin)).toContain('"result"');
    expect(await said(2, guest)).toContain('"code":"BLOCKED"');
    expect(await said(3, plain)).toContain('"code":"BLOCKED"');
    expect(await said(4, admin)).toContain('"result"');
    const levels = ['trace', 'debug', 'info', 'warn', 'error'] as const;
    expect(JSON.stringify(levels.flatMap((level) => log.lines(level)))).not.toContain('guest-of-honour');
  });

  test.each([
    ['admin', '"result"'],
    ['guest', '"code":"BLOCKED"'],
  ])('of the connection on WebSocket: %s', async (role, outcome) => {
    const { issuer, asked } = await guarded();
    const { url } = await open('ws', asked, {}, adminsOnly());
    const socket = new WebSocket(url, { headers: as(await issuer.sign({ claims: { role } })) });
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
    const answered = once(socket, 'message') as Promise<[Buffer]>;
    socket.send(JSON.stringify(initialize(0)));
    await answered;
    const called = once(socket, 'message') as Promise<[Buffer]>;
    socket.send(JSON.stringify(call(1)));
    expect((await called)[0].toString()).toContain(outcome);
  });
});
