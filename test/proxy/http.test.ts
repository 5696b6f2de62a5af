import { describe, expect, onTestFinished, test } from 'vitest';
import { childBackend } from '../../src/proxy/backend.ts';
import { forwardHttp } from '../../src/proxy/http.ts';
import { ListenError, type ListeningOptions } from '../../src/proxy/listening.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { initialize } from '../../src/testing/messages.ts';
import { fixture, toolCall } from '../e2e/program.ts';
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
    const { url, drain, close, pids } = await forward();
    const session = await open(url);
    const call = post(url, toolCall(1, 'delay', { ms: 100, text: 'done' }), session);
    await post(url, { id: 2, method: 'ping' }, session);
    const drained = drain();
    const ready = await fetch(url.replace('/mcp', '/readyz'));
    expect(ready.status).toBe(503);
    expect((await post(url, initialize('late'))).status).toBe(503);
    expect((await call).messages.at(-1)).toMatchObject({ id: 1, result: { content: [{ text: 'done' }] } });
    await drained;
    await close();
    expect(pids.filter((pid) => survivors(pid).length > 0)).toEqual([]);
  });
});

test('a port that is taken is said to be so', async () => {
  const { url } = await forward();
  const listen = { host: '127.0.0.1', port: Number(new URL(url).port), path: '/mcp' };
  await expect(forward({ listen })).rejects.toThrow(ListenError);
});
