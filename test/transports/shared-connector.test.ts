/** The life of a connection that several sessions share: who makes it, who ends it, and how all come back. */

import { describe, expect, test } from 'vitest';
import type { UpstreamConnector, UpstreamEvents } from '../../src/ports.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { initialize, initializeResult } from '../../src/testing/messages.ts';
import { forwarded } from '../../src/session/effects.ts';
import { sharersMax } from '../../src/session/id-range.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { SharedServer } from '../../src/transports/shared-connector.ts';
import { entryOf, frameOf } from './shared-asks.ts';
import { type Guest, PipeServer, SharedWorld, exited, pair, settled } from './shared-world.ts';

/** Connects without a session, and keeps what it is told. */
function connected(connector: UpstreamConnector) {
  const told: string[] = [];
  const events: UpstreamEvents = {
    ready: () => told.push('ready'),
    message: (bytes) => told.push(Buffer.from(bytes).toString()),
    unreadable: ({ fault }) => told.push(fault),
    failed: () => told.push('failed'),
    drained: () => told.push('drained'),
    leaving: ({ reason }) => told.push(`leaving ${reason}`),
    lost: ({ reason }) => told.push(`lost ${reason}`),
  };
  const link = connector.connect(events);
  return { link, told };
}

function sharing(connector: UpstreamConnector = new PipeServer()): SharedServer {
  return new SharedServer({ connector, clock: new VirtualClock(), log: silentLog });
}

describe('a shared server', () => {
  test('P11 P12 is started for the first session, ready for all at once, and ended with the last', async () => {
    const server = new PipeServer();
    const shared = sharing(server);
    const first = connected(shared.member());
    const second = connected(shared.member());
    await settled();
    expect([server.starts, first.told, second.told]).toEqual([1, [], []]);
    server.comesUp();
    expect([first.told, second.told]).toEqual([['ready'], ['ready']]);
    const third = connected(shared.member());
    expect(third.told).toEqual([]);
    await settled();
    expect(third.told).toEqual(['ready']);
    first.link.close('a');
    third.link.close('b');
    await settled();
    expect([first.told, third.told, server.closedBecause]).toEqual([
      ['ready', 'lost closed'],
      ['ready', 'lost closed'],
      undefined,
    ]);
    second.link.close('c');
    expect([second.told, server.closedBecause]).toEqual([['ready'], 'c']);
    await settled();
    server.goesDown();
    await settled();
    expect(second.told).toEqual(['ready', 'lost closed']);
  });

  test('gives each session a range of ids of its own', () => {
    const shared = sharing();
    expect([1, 2, 3].map(() => shared.member().idBase! / 2 ** 33)).toEqual([1, 2, 3]);
  });

  test('goes round with them, and passes by those that are in use', () => {
    const shared = sharing();
    connected(shared.member());
    for (let number = 2; number <= sharersMax; number++) shared.member();
    expect(shared.member().idBase! / 2 ** 33).toBe(2);
  });

  test('is not started a second time while it is on its way out: who comes then gets the next one', async () => {
    const server = new PipeServer();
    const shared = sharing(server);
    const first = connected(shared.member());
    server.comesUp();
    first.link.close('done');
    const [second, third] = [connected(shared.member()), connected(shared.member())];
    third.link.close('changed its mind');
    await settled();
    expect([server.starts, second.told, third.told]).toEqual([1, [], ['lost closed']]);
    server.goesDown();
    expect(server.starts).toBe(2);
    server.comesUp();
    await settled();
    expect([first.told, second.told, third.told]).toEqual([['ready', 'lost closed'], ['ready'], ['lost closed']]);
  });

  test('that nobody wants any more when it is gone is not started again', async () => {
    const server = new PipeServer();
    const shared = sharing(server);
    const first = connected(shared.member());
    first.link.close('done');
    connected(shared.member()).link.close('never mind');
    server.goesDown();
    await settled();
    expect(server.starts).toBe(1);
  });

  test('has a place for who changed its mind twice', async () => {
    const server = new PipeServer();
    const shared = sharing(server);
    connected(shared.member()).link.close('done');
    const member = shared.member();
    connected(member).link.close('never mind');
    const { told } = connected(member);
    server.goesDown();
    server.comesUp();
    await settled();
    expect(told).toEqual(['ready']);
  });

  test('that is leaving is not spoken to any more, whoever has something to say or leaves', () => {
    const server = new PipeServer();
    const shared = sharing(server);
    const [member, other] = [connected(shared.member()), connected(shared.member())];
    server.comesUp();
    const entry = entryOf(2 ** 33 + 1, 'tools/call');
    const frame = frameOf({ id: entry.id, method: entry.method });
    const about = forwarded('client-to-server', [frame.bytes], frame, entry, undefined, 0);
    expect(member.link.write([frame.bytes], about)).toBe(true);
    expect(server.takes()).toHaveLength(1);
    server.events.leaving(exited);
    expect(other.link.write([frame.bytes], about)).toBe(true);
    member.link.close('done');
    expect(server.takes()).toEqual([]);
  });

  test('that is leaving or lost is so for each of its sessions, once', async () => {
    const server = new PipeServer();
    const shared = sharing(server);
    const members = [connected(shared.member()), connected(shared.member())];
    server.comesUp();
    server.events.leaving({ ...exited, reason: 'closed' });
    const late = connected(shared.member());
    members[0]!.link.close('over');
    server.goesDown();
    await settled();
    expect(members.map(({ told }) => told)).toEqual([
      ['ready', 'leaving closed', 'lost closed'],
      ['ready', 'leaving closed', 'lost exited'],
    ]);
    expect([late.told, server.starts]).toEqual([[], 2]);
  });

  test('that is lost before it can be told that it is ready is lost, and not ready', async () => {
    const server = new PipeServer();
    const shared = sharing(server);
    connected(shared.member());
    server.comesUp();
    const { told } = connected(shared.member());
    server.goesDown();
    await settled();
    expect(told).toEqual(['lost exited']);
  });

  test('that cannot be reached at all is lost in a later turn, and tried again for the next', async () => {
    let tries = 0;
    const shared = sharing({
      connect: (events) => {
        tries++;
        events.lost({ ...exited, reason: 'spawn-failed' });
        return { write: () => true, pause() {}, close() {}, closeInput() {} };
      },
    });
    const members = [connected(shared.member()), connected(shared.member())];
    expect(members.map(({ told }) => told)).toEqual([[], []]);
    await settled();
    expect(members.map(({ told }) => told)).toEqual([['lost spawn-failed'], ['lost spawn-failed']]);
    expect(tries).toBe(2);
  });

  test('has no place for two sessions under one number', async () => {
    const server = new PipeServer();
    const shared = sharing(server);
    const member = shared.member();
    const first = connected(member);
    const second = connected(member);
    server.comesUp();
    await settled();
    expect([first.told, second.told]).toEqual([['ready'], ['lost unreachable']]);
  });
});

describe('P3 P5 when a shared server is lost', () => {
  test('all that it was asked is settled for everybody, and all come back with one new one', async () => {
    const world = await pair();
    const { server, clock, alice, bob } = world;
    for (const guest of [alice, bob]) {
      guest.asks(1);
      guest.asks(2, 'resources/subscribe', { uri: 'file:///a' });
    }
    server.says({ id: server.heard.find(({ method }) => method === 'resources/subscribe')!['id'], result: {} });
    await settled();
    for (const guest of [alice, bob]) guest.takes();
    server.goesDown();
    for (const guest of [alice, bob]) {
      expect(guest.takes()).toMatchObject([{ id: 1, error: { code: 5020, data: { exitCode: 1 } } }]);
      expect(guest.state).toBe('active.recovering');
      guest.asks(3);
    }
    clock.advance(100);
    expect(server.starts).toBe(2);
    server.comesUp();
    expect(server.methods()).toEqual(['initialize']);
    server.answersLast(initializeResult());
    await settled();
    const subscribes = server.heard.filter(({ method }) => method === 'resources/subscribe');
    server.says({ id: subscribes[0]!['id'], result: {} });
    await settled();
    const methods = ['initialize', 'notifications/initialized', 'resources/subscribe', 'tools/call', 'tools/call'];
    expect(
      server
        .methods()
        .map(String)
        .toSorted((one, other) => one.localeCompare(other)),
    ).toEqual(methods);
    for (const { id, method } of server.takes()) if (method === 'tools/call') server.says({ id, result: { id } });
    server.says({ method: 'notifications/resources/updated', params: { uri: 'file:///a' } });
    for (const guest of [alice, bob]) {
      expect(guest.takes()).toMatchObject([{ id: 3, result: {} }, { method: 'notifications/resources/updated' }]);
      expect([guest.state, guest.session.snapshot().pending]).toEqual(['active.serving', []]);
    }
  });

  test('clients that had asked for different versions agree again with the one that comes back', async () => {
    const world = new SharedWorld();
    const guests = [world.guest(), world.guest()];
    world.server.comesUp();
    await settled();
    guests[0]!.sends(initialize(0, '2025-06-18'));
    world.server.answersLast(initializeResult('2025-06-18'));
    guests[1]!.sends(initialize(0, '2025-11-25'));
    await settled();
    guests[0]!.leaves();
    guests.push(world.guest());
    await settled();
    guests[2]!.sends(initialize(0, '2025-11-25'));
    await settled();
    world.server.goesDown();
    world.clock.advance(100);
    world.server.comesUp();
    const { protocolVersion } = world.server.last()['params'] as { readonly protocolVersion: string };
    world.server.answersLast(initializeResult(protocolVersion));
    await settled();
    expect(protocolVersion).toBe('2025-06-18');
    expect(guests.slice(1).map((guest) => guest.state)).toEqual(['active.serving', 'active.serving']);
  });

  test('a server that comes back different ends the sessions of all', async () => {
    const { server, clock, alice, bob } = await pair();
    server.goesDown();
    clock.advance(100);
    server.comesUp();
    server.answersLast(initializeResult('2025-11-25', { tools: {} }));
    await settled();
    expect([alice.endings, bob.endings]).toEqual([['upstream-changed'], ['upstream-changed']]);
    expect(server.closedBecause).toBe('the session ended');
  });

  test('what its sessions ask for again makes one new server, however often they try', async () => {
    const world = new SharedWorld();
    const guests = Array.from({ length: 10 }, () => world.guest());
    for (let life = 1; life <= 4; life++) {
      expect(world.server.starts).toBe(life);
      world.server.goesDown();
      await settled();
      world.clock.advance(1000);
    }
    expect([world.server.starts, world.server.isRunning]).toEqual([4, false]);
    expect(guests.every(({ endings }) => endings[0] === 'upstream-exhausted')).toBe(true);
  });
});

test('P13 a hundred clients connect, are served, leave and come again: each has its own session, and none is left', async () => {
  const world = new SharedWorld();
  for (let round = 1; round <= 2; round++) {
    const guests = Array.from({ length: 100 }, () => world.guest());
    world.server.comesUp();
    for (const guest of guests) await world.shakes(guest);
    world.server.takes();
    guests.forEach((guest, number) => guest.asks(1, 'tools/call', { number }));
    for (const { id, params } of world.server.takes().toReversed()) world.server.says({ id, result: params });
    guests.forEach((guest, number) => {
      expect(guest.takes()).toEqual([{ jsonrpc: '2.0', id: 1, result: { number } }]);
      guest.leaves();
    });
    expect([world.server.starts, world.server.closedBecause]).toEqual([round, 'the session ended']);
    world.server.goesDown();
    await settled();
  }
  const { pending, sessionsByState } = world.runtime.totals();
  expect(Object.values({ ...pending, ...sessionsByState }).every((count) => count === 0)).toBe(true);
  expect(world.clock.pending).toBe(0);
});

describe('a client that does not read', () => {
  const kibibyte = 'x'.repeat(1024);
  /** What fills the session's own buffer, so that it asks for a pause. */
  const pausesAt = 1100;

  async function slowAndFast() {
    const world = new SharedWorld({ bufferBytesMax: 512 * 1024, stallMs: 10_000 });
    const [slow, fast] = (await world.guests(2)) as [Guest, Guest];
    slow.isReading = false;
    slow.asks('slow');
    return { world, slow, fast };
  }

  test('P16 holds up nobody else until too much waits for it; then the server is not read, for a while', async () => {
    const { world, slow, fast } = await slowAndFast();
    const { server, clock } = world;
    /** The server logs for the one client that waits. */
    const logs = (times: number): void => {
      for (let n = 0; n < times; n++) server.says({ method: 'notifications/message', params: { data: kibibyte } });
    };
    logs(pausesAt);
    expect(server.isPaused).toBe(false);
    fast.asks(1);
    server.answersLast();
    expect(fast.takes()).toMatchObject([{ id: 1 }]);
    logs(500);
    expect([server.isPaused, slow.endings]).toEqual([true, []]);
    clock.advance(10_000);
    expect(server.isPaused).toBe(false);
    // From here on it is told all the same, and its own limit ends it.
    logs(20_000);
    expect([slow.endings, fast.endings]).toEqual([['buffer-full'], []]);
    fast.asks(2);
    server.says({ id: server.heard.findLast(({ method }) => method === 'tools/call')!['id'], result: {} });
    expect(fast.takes()).toMatchObject([{ id: 2 }]);
  });

  test('when the server is lost is told all of it, and nothing more is asked of the server', async () => {
    const { world, slow } = await slowAndFast();
    const { server } = world;
    for (let n = 0; n < 1700; n++) server.says({ method: 'notifications/message', params: { kibibyte } });
    server.goesDown();
    expect([server.isPaused, slow.state]).toEqual([true, 'active.recovering']);
    expect(slow.count('notificationsFromServer')).toBe(1700);
  });

  test('and reads again in time gets everything, in order', async () => {
    const { world, slow, fast } = await slowAndFast();
    const { server } = world;
    for (let data = 0; data < 1700; data++) {
      server.says({ method: 'notifications/message', params: { data, kibibyte } });
    }
    expect([server.isPaused, fast.takes()]).toEqual([true, []]);
    for (let round = 0; round < 20; round++) {
      slow.isReading = true;
      slow.session.client.drained();
      await settled();
    }
    expect(server.isPaused).toBe(false);
    expect(slow.takes().map(({ params }) => (params as { readonly data: number }).data)).toEqual(
      Array.from({ length: 1700 }, (_none, index) => index),
    );
    expect([slow.endings, world.clock.advance(60_000), slow.endings]).toEqual([[], undefined, []]);
  });
});
