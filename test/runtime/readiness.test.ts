import { describe, expect, test } from 'vitest';
import { Readiness } from '../../src/runtime/readiness.ts';
import { Ear, World, bytesOf } from '../properties/world.ts';

const call = (id: number): Uint8Array => bytesOf({ id, method: 'tools/call', params: { text: 'x'.repeat(100) } });

describe('whoever waits', () => {
  test('is told once, however many wait, and only for their side', async () => {
    const readiness = new Readiness();
    const told: string[] = [];
    const [first, second] = [readiness.wait('client-to-server'), readiness.wait('client-to-server')];
    expect(first).toBe(second);
    void readiness.wait('server-to-client').then(() => told.push('server'));
    void first.then(() => told.push('client'));
    readiness.tell('client-to-server');
    await first;
    expect(told).toEqual(['client']);
    expect(readiness.wait('client-to-server')).not.toBe(first);
  });
});

/** A session whose peers take 1000 unread bytes before their opposite is held up. */
function slowSession() {
  const world = new World({ limits: { bufferPauseBytes: 1000 } });
  const server = new Ear();
  const { session, client } = world.open({ server });
  /** Whether the promise has been kept by now. */
  const isKept = async (promise: Promise<void>): Promise<boolean> => {
    let kept = false;
    void promise.then(() => (kept = true));
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    return kept;
  };
  return { world, session, client, server, isKept };
}

describe('a client is ready', () => {
  test('at once while its server reads', async () => {
    const { session, isKept } = slowSession();
    session.client.receive(call(1));
    expect(await isKept(session.client.ready())).toBe(true);
  });

  test('when its server has read what was too much, and was paused until then', async () => {
    const { session, client, server, isKept } = slowSession();
    server.isReading = false;
    for (let id = 1; id < 12; id++) session.client.receive(call(id));
    const ready = session.client.ready();
    expect([client.isPaused, await isKept(ready)]).toEqual([true, false]);
    expect(await isKept(session.server.ready())).toBe(true);
    server.isReading = true;
    session.server.drained();
    expect([client.isPaused, await isKept(ready)]).toEqual([false, true]);
  });

  test('when it does not read itself: not before it does', async () => {
    const { session, client, isKept } = slowSession();
    client.isReading = false;
    for (let id = 1; id < 12; id++) session.server.receive(call(id));
    const [fromClient, fromServer] = [session.client.ready(), session.server.ready()];
    expect([await isKept(fromClient), await isKept(fromServer)]).toEqual([false, false]);
    client.isReading = true;
    session.client.drained();
    expect([await isKept(fromClient), await isKept(fromServer)]).toEqual([true, true]);
  });

  test('when its session ends: nobody waits for what is over', async () => {
    const { world, session, server, isKept } = slowSession();
    server.isReading = false;
    for (let id = 1; id < 12; id++) session.client.receive(call(id));
    const ready = session.client.ready();
    session.close();
    expect([await isKept(ready), await isKept(session.client.ready())]).toEqual([true, true]);
    world.clock.advance(5000);
    expect(server.closedFor).toBe('closed-by-operator');
  });
});
