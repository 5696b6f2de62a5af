import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { createServer } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { type ForeignWireLimits, ForeignWires, foreignWires } from '../../../src/inspector/wires/foreign-wires.ts';
import { spokenSessions } from './spoken-sessions.ts';

/** The wires of a runtime behind an HTTP server that lets everybody in. */
async function spoken(limits: Partial<ForeignWireLimits> = {}) {
  const sessions = spokenSessions();
  const wires = new ForeignWires({ source: sessions.source, clock: sessions.clock, limits });
  const server = createServer().on('upgrade', (request, socket, head) => wires.accept(request, socket, head));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    wires.close();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const attach = async (path: string): Promise<WebSocket> => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
    await once(socket, 'open');
    return socket;
  };
  return { ...sessions, wires, port, attach };
}

interface Told {
  readonly type: string;
  readonly snapshot?: { readonly status: string };
}

/** The next so many messages. */
async function heard(socket: WebSocket, count: number): Promise<readonly Told[]> {
  const messages: Told[] = [];
  socket.on('message', (data) => messages.push(JSON.parse((data as Buffer).toString()) as Told));
  while (messages.length < count) await once(socket, 'message');
  return messages;
}

describe('the wires of other inspectors', () => {
  test('are spoken each on its path, and nothing is done when nobody looks', async () => {
    const { attach, clock, open, wires } = await spoken();
    const timers = clock.pending;
    open();
    const stately = await attach('/inspect/wire/stately');
    const classic = await attach('/inspect/wire/xstate');
    expect([wires.viewers, clock.pending]).toEqual([2, timers + 2]);
    const answers = Promise.all([heard(stately, 2), heard(classic, 2)]);
    classic.send('{"type":"xstate.inspecting"}');
    // It is read before the turn because the server answers its ping behind it.
    classic.ping();
    await once(classic, 'pong');
    clock.advance(100);
    const [ofStately, ofClassic] = await answers;
    expect(ofStately.slice(0, 2).map(({ type }) => type)).toEqual(['@xstate.actor', '@xstate.actor']);
    expect(ofClassic.slice(0, 2).map(({ type }) => type)).toEqual(['service.register', 'service.register']);
    for (const socket of [stately, classic]) {
      socket.close();
      await once(socket, 'close');
    }
    clock.advance(1000);
    expect([wires.viewers, clock.pending]).toEqual([0, timers + 1]);
  });

  test('are narrowed to one session by the query', async () => {
    const { attach, clock, open } = await spoken();
    open();
    open();
    const socket = await attach('/inspect/wire/stately?token=x&session=00000002-aaaa-4bbb-8ccc-dddddddddddd');
    const answers = heard(socket, 2);
    clock.advance(100);
    expect(await answers).toMatchObject([{ name: 'ninelives' }, { name: 'session 00000002-aaaa' }, {}]);
  });

  test('tell of the end of the last session before the process can end', async () => {
    const { attach, clock, open } = await spoken();
    const first = open();
    const last = open();
    const socket = await attach('/inspect/wire/stately');
    const registered = heard(socket, 4);
    clock.advance(100);
    await registered;
    first.session.close();
    const ended = heard(socket, 8);
    last.session.close();
    expect((await ended).filter(({ snapshot }) => snapshot?.status === 'done')).toHaveLength(4);
  });

  test('have room for so many viewers', async () => {
    const { attach, port } = await spoken({ viewersMax: 1 });
    await attach('/inspect/wire/stately');
    const late = new WebSocket(`ws://127.0.0.1:${port}/inspect/wire/stately`);
    const [error] = (await once(late, 'error').catch((thrown: unknown) => [thrown])) as [Error];
    expect(error.message).toContain('503');
  });

  test.each<[string, (socket: WebSocket) => void]>([
    ['says too much', (socket) => [...Array(21).keys()].forEach(() => socket.send('{}'))],
    ['says something too long', (socket) => socket.send('x'.repeat(64 * 1024 + 1))],
  ])('are cut off for a viewer that %s', async (_what, misbehave) => {
    const { attach, wires } = await spoken();
    const socket = await attach('/inspect/wire/xstate');
    socket.on('error', () => {});
    misbehave(socket);
    await once(socket, 'close');
    expect(wires.viewers).toBe(0);
  });

  test('are cut off for a viewer that does not read; events go on', async () => {
    const { clock, open, port, wires } = await spoken({
      unreadBytesMax: 100_000,
      behindMsMax: 1000,
      sessionsMax: 1000,
    });
    const socket = connect(port, '127.0.0.1');
    socket.write(
      'GET /inspect/wire/stately HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    await once(socket, 'data');
    socket.pause();
    const closed = once(socket, 'close');
    const talk = open();
    talk.handshake();
    let id = 0;
    // What the kernel takes for a reader comes first.
    while (wires.viewers > 0) {
      talk.exchange(++id);
      clock.advance(100);
      await new Promise(setImmediate);
    }
    socket.resume();
    await closed;
    expect(talk.session.snapshot().commits).toBeGreaterThan(id);
  });

  test('have two paths', () => {
    expect(Object.keys(foreignWires)).toEqual(['/inspect/wire/stately', '/inspect/wire/xstate']);
  });
});
