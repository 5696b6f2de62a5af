import { createServer } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Backend, childBackend, sharedChildBackend, urlBackend } from '../../src/proxy/backend.ts';
import { forwardHttp } from '../../src/proxy/http.ts';
import { ListenError, type ListeningOptions, listenOn } from '../../src/proxy/listening.ts';
import { openRemote } from '../../src/proxy/remote.ts';
import { TraceRing } from '../../src/observe/trace-ring.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { neverRestart } from '../../src/session/upstream.ts';
import { initialize } from '../../src/testing/messages.ts';
import { type Message, fixture, toolCall } from '../e2e/program.ts';
import { survivors } from '../e2e/survivors.ts';

async function forward(options: Partial<ListeningOptions> = {}) {
  const clock = systemClock();
  const pids: number[] = [];
  const backend = childBackend({
    command: process.execPath,
    args: [fixture('scripted-server.mjs')],
    clock,
    lineBytesMax: 1e6,
    onStderr: () => {},
    onSpawned: (pid) => pids.push(pid),
    onExit: () => {},
  });
  const listen = { host: '127.0.0.1', port: 0, path: '/mcp' };
  const running = await forwardHttp({ backend, listen, clock, log: silentLog, checksInvariants: true, ...options });
  onTestFinished(async () => running.close());
  return { ...running, pids };
}

/** The backend of a URL on this machine. */
async function reaching(port: number): Promise<Backend> {
  const remote = await openRemote({
    url: new URL(`http://127.0.0.1:${port}/mcp`),
    headers: {},
    ca: undefined,
    clock: systemClock(),
    log: silentLog,
    frameBytesMax: 1e6,
  });
  return urlBackend({
    name: remote.name,
    restart: neverRestart,
    connector: () => remote.connector(),
    stop: async () => remote.close(),
  });
}

const headers = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };

interface Answer {
  readonly status: number;
  readonly sessionId: string | null;
  /** The messages of the body, be it JSON or events. */
  readonly messages: readonly { readonly [key: string]: unknown }[];
}

async function post(url: string, message: object, more: Record<string, string> = {}): Promise<Answer> {
  const body = JSON.stringify({ jsonrpc: '2.0', ...message });
  const response = await fetch(url, { method: 'POST', headers: { ...headers, ...more }, body });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const texts = isJson ? [text] : [...text.matchAll(/^data: (.+)$/gm)].map(([, data = '']) => data);
  return {
    status: response.status,
    sessionId: response.headers.get('mcp-session-id'),
    messages: texts.map((each) => JSON.parse(each) as Answer['messages'][number]),
  };
}

async function open(url: string): Promise<{ readonly 'Mcp-Session-Id': string }> {
  const { sessionId } = await post(url, initialize('hello'));
  return { 'Mcp-Session-Id': sessionId! };
}

test('a message for a session that nobody knows is seen by whoever looks, with what it says of itself', async () => {
  const ring = new TraceRing();
  const { url } = await forward({ tracer: ring });
  const lost = { 'Mcp-Session-Id': `gone-${'x'.repeat(100)}` };
  expect((await post(url, { id: 7, method: 'tools/list' }, lost)).status).toBe(404);
  for (const method of ['GET', 'DELETE']) {
    const { status } = await fetch(url, { method, headers: { ...headers, ...lost } });
    expect(status).toBe(404);
  }
  const [frame, ...others] = ring.unplacedFrames.newest();
  expect(others.map(({ what }) => what)).toEqual(['GET for its stream', 'DELETE of the session']);
  expect(frame).toMatchObject({ what: 'request tools/list', id: 7, direction: 'client-to-server' });
  expect(frame?.sessionId).toBe(lost['Mcp-Session-Id'].slice(0, 64));
  expect(frame?.problem.spec).toMatch(/basic\/transports#session-management$/);
});

describe('clients on HTTP', () => {
  test('F9 P4 that shake hands have a session and a server each, also with the same ids', async () => {
    const { url, runtime, pids } = await forward();
    const [one, other] = [await open(url), await open(url)];
    const calls = [one, other, one].map(async (session, index) =>
      post(url, toolCall(1, 'echo', { text: `call ${index}` }), session),
    );
    const answers = (await Promise.all(calls)).map(({ messages }) => messages.at(-1));
    expect(answers).toMatchObject(
      [0, 1, 2].map((index) => ({ id: 1, result: { content: [{ text: `call ${index}` }] } })),
    );
    expect([[...runtime.sessions()].length, pids.length]).toEqual([2, 2]);
  });

  test('S7 one more than there is room for is refused with 503', async () => {
    const { url } = await forward({ limits: { sessions: 1 } });
    const session = await open(url);
    const call = post(url, toolCall(1, 'delay', { ms: 200 }), session);
    const refused = await post(url, initialize('hello'));
    expect([refused.status, refused.messages]).toMatchObject([503, [{ id: 'hello', error: { code: 5030 } }]]);
    expect((await call).status).toBe(200);
  });

  test('P20 of a foreign host or page are not let in', async () => {
    const { url } = await forward();
    const refused = await post(url, initialize('hello'), { Origin: 'https://evil.example' });
    expect(refused.status).toBe(403);
  });

  test('P17 P1 finish what is under way when it drains, and no child is left', async () => {
    const running = await forward();
    const { url, pids } = running;
    const session = await open(url);
    const call = post(url, toolCall(1, 'delay', { ms: 100, text: 'done' }), session);
    await post(url, { id: 2, method: 'ping' }, session);
    const drained = running.drain();
    const ready = await fetch(url.replace('/mcp', '/readyz'));
    expect(ready.status).toBe(503);
    expect((await post(url, initialize('late'))).status).toBe(503);
    expect((await call).messages.at(-1)).toMatchObject({ id: 1, result: { content: [{ text: 'done' }] } });
    await drained;
    await running.close();
    expect(pids.filter((pid) => survivors(pid).length > 0)).toEqual([]);
  });
});

test('P11 P4 sessions that share a server have one process together, and answers of their own', async () => {
  const pids: number[] = [];
  const clock = systemClock();
  const backend = sharedChildBackend({
    command: process.execPath,
    args: [fixture('scripted-server.mjs')],
    clock,
    log: silentLog,
    lineBytesMax: 1e6,
    onStderr: () => {},
    onSpawned: (pid) => pids.push(pid),
    onExit: () => {},
  });
  const { url } = await forward({ backend });
  const sessions = await Promise.all([open(url), open(url), open(url)]);
  const calls = sessions.map(async (session, index) => post(url, toolCall(1, 'echo', { text: `${index}` }), session));
  expect((await Promise.all(calls)).map(({ messages }) => messages.at(-1))).toMatchObject(
    sessions.map((_, index) => ({ id: 1, result: { content: [{ text: `${index}` }] } })),
  );
  expect(pids).toHaveLength(1);
  for (const session of sessions) await fetch(url, { method: 'DELETE', headers: session });
});

test('a port that is taken is said to be so', async () => {
  const { url } = await forward();
  const listen = { host: '127.0.0.1', port: Number(new URL(url).port), path: '/mcp' };
  await expect(forward({ listen })).rejects.toThrow(ListenError);
});

test('R19 a server that lets its client go, and goes on later, lets ours go too; nothing is lost meanwhile', async () => {
  const initialized = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'poll', version: '1' } };
  const asked: string[] = [];
  let id: unknown;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const message = chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString()) as Message);
      const resumed = request.headers['last-event-id'];
      asked.push(message.method ?? `${request.method} ${String(resumed)}`);
      if (message.method === 'initialize') {
        response.writeHead(200, { 'Content-Type': 'application/json', 'Mcp-Session-Id': 'upstream' });
        response.end(JSON.stringify({ jsonrpc: '2.0', id: message.id, result: initialized }));
      } else if (message.method === 'tools/call') {
        ({ id } = message);
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.end('id: first\nretry: 1\ndata: \n\n');
      } else if (resumed === 'first') {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.end(`id: second\ndata: ${JSON.stringify({ jsonrpc: '2.0', id, result: { content: [] } })}\n\n`);
      } else response.writeHead(request.method === 'GET' ? 405 : 202).end();
    });
  });
  onTestFinished(() => void server.close());
  const { port } = await listenOn(server, { host: '127.0.0.1', port: 0, path: '' });
  const backend = await reaching(port);
  const { url } = await forward({ backend });
  const session = { ...(await open(url)), 'MCP-Protocol-Version': '2025-11-25' };
  const events = { ...session, Accept: 'text/event-stream, application/json' };
  const body = JSON.stringify({ jsonrpc: '2.0', ...toolCall(7, 'slow') });
  const call = await fetch(url, { method: 'POST', headers: { ...headers, ...events }, body });
  const said = await call.text();
  expect(said).toMatch(/^id: (\S+)\nretry: \d+\ndata: ?\n\n$/);
  const lastEventId = /^id: (\S+)/.exec(said)![1]!;
  const resumption = await fetch(url, {
    headers: { ...session, Accept: 'text/event-stream', 'Last-Event-ID': lastEventId },
  });
  expect(await resumption.text()).toContain('"id":7,"result":{"content":[]}');
  expect(asked).toContain('GET first');
});

test('a server that does not let a client in is heard: its status, and how to prove who one is', async () => {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(401, { 'WWW-Authenticate': 'Bearer resource_metadata="https://example.com/meta"' });
      response.end('who are you?');
    });
  });
  onTestFinished(() => void server.close());
  const { port } = await listenOn(server, { host: '127.0.0.1', port: 0, path: '' });
  const { url } = await forward({ backend: await reaching(port) });
  const body = JSON.stringify({ jsonrpc: '2.0', ...initialize('hello') });
  const response = await fetch(url, { method: 'POST', headers, body });
  expect([response.status, response.headers.get('www-authenticate')]).toEqual([
    401,
    'Bearer resource_metadata="https://example.com/meta"',
  ]);
  expect(await response.json()).toMatchObject({
    id: 'hello',
    error: { code: 5020, data: { httpStatus: 401, detail: expect.stringContaining('who are you?') as string } },
  });
});
