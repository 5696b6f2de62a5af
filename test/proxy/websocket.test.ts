import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { type Backend, childBackend } from '../../src/proxy/backend.ts';
import type { Guard } from '../../src/proxy/guard.ts';
import type { ListeningOptions } from '../../src/proxy/listening.ts';
import { forwardWebSocket } from '../../src/proxy/websocket.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { systemClock } from '../../src/runtime/system-clock.ts';
import { neverRestart } from '../../src/session/upstream.ts';
import { initialize } from '../../src/testing/messages.ts';
import { type Message, fixture, textOf, toolCall } from '../e2e/program.ts';

const clock = systemClock();

function brittle(): Backend {
  return childBackend({
    command: process.execPath,
    args: [fixture('scripted-server.mjs')],
    clock,
    lineBytesMax: 1e6,
    onStderr: () => {},
    onSpawned: () => {},
    onExit: () => {},
  });
}

async function forward(options: Partial<ListeningOptions> = {}) {
  const backend = options.backend ?? brittle();
  const listen = { host: '127.0.0.1', port: 0, path: '/mcp' };
  const running = await forwardWebSocket({
    backend,
    listen,
    clock,
    log: silentLog,
    checksInvariants: true,
    ...options,
  });
  onTestFinished(async () => running.close());
  return running;
}

class Client {
  readonly socket: WebSocket;
  readonly #heard: Message[] = [];

  constructor(url: string, headers: Record<string, string> = {}) {
    this.socket = new WebSocket(url, ['mcp'], { headers });
    this.socket.on('message', (data: Buffer) => {
      this.#heard.push(JSON.parse(data.toString()) as Message);
      this.socket.emit('heard');
    });
  }

  says(message: object): void {
    this.socket.send(JSON.stringify({ jsonrpc: '2.0', ...message }));
  }

  async hears(): Promise<Message> {
    while (this.#heard.length === 0) await once(this.socket, 'heard');
    return this.#heard.shift()!;
  }

  async opened(): Promise<this> {
    await once(this.socket, 'open');
    this.says(initialize('hello'));
    await this.hears();
    return this;
  }
}

describe('clients on WebSocket', () => {
  test('whose token holds for longer than a timer of the platform are not sent away before', async () => {
    const lifeMs = 60 * 86_400_000;
    const delaysMs: number[] = [];
    const watched = {
      ...clock,
      setTimeout: (callback: () => void, delayMs: number) => {
        delaysMs.push(delayMs);
        return clock.setTimeout(callback, delayMs);
      },
    };
    const guard: Guard = {
      identify: () => ({ principal: 'ada', route: undefined, key: 'ada' }),
      documents: new Map(),
      admitUpgrade: () => ({ principal: 'ada', expiresAt: clock.wallTime() + lifeMs }),
      close: async () => {},
    };
    const { url } = await forward({ clock: watched, guard });
    await new Client(url).opened();
    // Time goes on between two looks at the clock.
    expect(delaysMs.filter((delayMs) => delayMs > lifeMs - 60_000 && delayMs <= lifeMs)).toHaveLength(1);
  });

  test('that are more than there may be connections are told so', async () => {
    const { url } = await forward({ front: { limits: { connectionsMax: 1 } } });
    await new Client(url).opened();
    const { socket } = new Client(url);
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '1']);
    const [body] = (await once(response, 'data')) as [Buffer];
    expect(JSON.parse(body.toString())).toMatchObject({ error: { data: { code: 'TOO_MANY_CONNECTIONS', limit: 1 } } });
  });

  test('F9 P4 have a session and a server each, also with the same ids', async () => {
    const { url, runtime } = await forward();
    const clients = await Promise.all([new Client(url).opened(), new Client(url).opened()]);
    clients.forEach((client, index) => client.says(toolCall(1, 'echo', { text: `client ${index}` })));
    const answers = await Promise.all(clients.map(async (client) => textOf(await client.hears())));
    expect(answers).toEqual(['client 0', 'client 1']);
    expect([...runtime.sessions()].map(({ transportType }) => transportType)).toEqual(['websocket', 'websocket']);
  });

  test('P13 that leave take their session with them', async () => {
    const { url, runtime } = await forward();
    const client = await new Client(url).opened();
    const ended = new Promise((resolve) => {
      runtime.observe((told) => {
        if (told.type === 'session-ended') resolve(told.reason);
      });
    });
    client.socket.terminate();
    expect(await ended).toBe('client-gone');
    expect([...runtime.sessions()]).toEqual([]);
  });

  test('S7 one more than there is room for is told so by the close of its connection', async () => {
    const { url } = await forward({ limits: { sessions: 1 } });
    const first = await new Client(url).opened();
    first.says(toolCall(1, 'never'));
    first.says({ id: 2, method: 'ping' });
    await first.hears();
    const second = new Client(url);
    const [, reason] = (await once(second.socket, 'close')) as [number, Buffer];
    expect(reason.toString()).toBe('TOO_MANY_SESSIONS');
  });

  test('P5 whose server dies for good are told by 1011 that it was no end in order', async () => {
    const { url } = await forward({ backend: { ...brittle(), restart: neverRestart } });
    const client = await new Client(url).opened();
    client.says(toolCall(1, 'die'));
    const [code, reason] = (await once(client.socket, 'close')) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([1011, 'upstream-exhausted']);
    expect(await client.hears()).toMatchObject({ id: 1, error: { data: { code: 'UPSTREAM_LOST' } } });
  });

  test('P20 of a foreign page are not let in', async () => {
    const { url } = await forward();
    const client = new Client(url, { Origin: 'https://evil.example' });
    const [error] = (await once(client.socket, 'error')) as [Error];
    expect(error.message).toContain('403');
  });

  test('P17 finish what is under way when it drains, and no others come in', async () => {
    const running = await forward();
    const client = await new Client(running.url).opened();
    client.says(toolCall(1, 'delay', { ms: 50, text: 'done' }));
    client.says({ id: 2, method: 'ping' });
    await client.hears();
    const drained = running.drain();
    const ready = await fetch(running.url.replace('ws:', 'http:').replace('/mcp', '/readyz'));
    expect([ready.status, await ready.text()]).toEqual([503, 'draining\n']);
    const [error] = (await once(new Client(running.url).socket, 'error')) as [Error];
    expect(error.message).toContain('503');
    expect(textOf(await client.hears())).toBe('done');
    await drained;
  });
});
