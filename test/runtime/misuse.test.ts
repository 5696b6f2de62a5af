/**
 * What an embedder does wrong, and what of theirs fails: the mistake is named, nothing is changed by it, and it harms neither its
 * own session, where that can be helped, nor any other.
 */
import { describe, expect, test } from 'vitest';
import type { PeerLink, UpstreamConnector } from '../../src/ports.ts';
import { decodeText } from '../../src/protocol/text.ts';
import { neverRestart } from '../../src/session/upstream.ts';
import { expectEverybodyTold, expectExactCounts, expectNothingLeft, expectOneOutcomeEach } from '../properties/laws.ts';
import { Ear, World, bytesOf } from '../properties/world.ts';

const call = (id: number) => ({ id, method: 'tools/call' });

function fail(): never {
  throw new Error('a bug of theirs');
}

/** Somebody else's session beside the one that is misused: it answers a call before and after. */
function bystander(world: World): () => void {
  const pair = world.open();
  pair.shake();
  let id = 0;
  return () => {
    pair.ask('client-to-server', call(++id));
    pair.fromServer({ id, result: {} });
    expect(pair.client.take()).toMatchObject([{ id, result: {} }]);
    expect(pair.endedFor).toBeUndefined();
  };
}

describe('a runtime that has stopped', () => {
  test('opens no session, says so, and is as it was', async () => {
    const world = new World();
    await world.runtime.stop();
    const before = world.runtime.totals();
    const refused = world.runtime.open({ transportType: 'in-memory', client: new Ear(), server: new Ear() });
    expect(refused).toEqual({ refusal: { code: 'DRAINING', data: { executed: 'no' } } });
    expect([world.runtime.totals(), [...world.runtime.sessions()]]).toEqual([before, []]);
  });

  test('can be stopped again, at once or while it stops, and drained', async () => {
    const world = new World();
    const pair = world.open({ server: new Ear() });
    await Promise.all([world.runtime.stop(), world.runtime.stop(), world.runtime.drain()]);
    await world.runtime.stop();
    expect(pair.endedFor).toBe('closed-by-operator');
    expect(world.observations.filter(({ type }) => type === 'session-ended')).toHaveLength(1);
    expectNothingLeft(world);
  });
});

describe('a session that has ended', () => {
  test('takes nothing: a request is answered as long as its client reads, once', () => {
    const world = new World();
    const pair = world.open({ server: new Ear() });
    pair.client.isReading = false;
    for (const id of [1, 2]) pair.fromClient(call(id));
    pair.session.close();
    pair.fromClient(call(3));
    pair.client.isReading = true;
    pair.session.client.drained();
    expect(pair.client.heard.map(({ id, error }) => [id, error?.data?.['code']])).toEqual([
      [1, 'SESSION_NOT_FOUND'],
      [2, 'SESSION_NOT_FOUND'],
      [3, 'SESSION_NOT_FOUND'],
    ]);
    expect(world.runtime.totals().unplacedEvents).toBe(1);
  });

  test('can be closed, drained, labelled and left again, to no effect', () => {
    const world = new World();
    const pair = world.open({ server: new Ear() });
    pair.session.close();
    const before = pair.session.snapshot();
    pair.session.close();
    pair.session.drain();
    pair.session.label('x', true);
    pair.session.client.closed(true);
    pair.session.server.closed();
    pair.session.client.drained();
    pair.session.server.drained();
    expect(pair.session.snapshot()).toEqual(before);
    expect(world.observations.filter(({ type }) => type === 'session-ended')).toHaveLength(1);
  });
});

/** A link of which one part throws, and which reads too slowly: so every part is called. */
function badLink(part: 'write' | 'pause' | 'close' | 'none'): PeerLink & { readonly heard: string[] } {
  const heard: string[] = [];
  return {
    heard,
    write(message) {
      if (part === 'write') fail();
      heard.push(message.map((bytes) => decodeText(bytes)).join(''));
      return false;
    },
    pause: () => part === 'pause' && fail(),
    close: () => part === 'close' && fail(),
  };
}

describe('S6 a link that throws harms neither its session nor others', () => {
  test.each(
    (['write', 'pause', 'close'] as const).flatMap((part) => [[part, 'client'] as const, [part, 'server'] as const]),
  )('from %s, of the %s', (part, side) => {
    const world = new World({ limits: { bufferPauseBytes: 100 } });
    const talk = bystander(world);
    const links = { client: badLink('none'), server: badLink('none'), [side]: badLink(part) };
    const pair = world.open({ ...links, restart: neverRestart });
    talk();
    for (let id = 1; id < 9; id++) {
      pair.session.client.receive(bytesOf(call(id)));
      pair.session.server.receive(bytesOf(call(id)));
    }
    talk();
    pair.session.close();
    world.clock.advance(6000);
    talk();
    expect(pair.endedFor).toBe('closed-by-operator');
    expect(new Set(world.errors)).toEqual(new Set(part === 'write' ? [] : ['a link threw: a bug of theirs']));
    expect(world.clock.errors).toEqual([]);
    expectExactCounts(world);
  });

  test('from the end of the input and the close of a server that was connected', () => {
    const world = new World();
    const talk = bystander(world);
    const server: UpstreamConnector = {
      connect(events) {
        events.ready();
        return { write: () => true, pause: () => {}, close: fail, closeInput: fail };
      },
    };
    const pair = world.open({ server });
    pair.session.client.closed(false);
    world.clock.advance(30_000);
    expect(pair.endedFor).toBe('client-closed');
    expect(world.errors).toEqual(['a link threw: a bug of theirs', 'a link threw: a bug of theirs']);
    expect(world.clock.errors).toEqual([]);
    talk();
  });
});

describe('a connector that throws', () => {
  test('has not connected: what waits is answered, and its session ends', () => {
    const world = new World();
    const talk = bystander(world);
    const pair = world.open({ server: { connect: fail } });
    pair.fromClient(call(1));
    world.clock.advance(120_000);
    expect(pair.endedFor).toBe('upstream-exhausted');
    expect(world.errors).toContain('a connector threw: a bug of theirs');
    talk();
  });

  test('after it has said that the server is gone is believed', () => {
    const world = new World();
    const server: UpstreamConnector = {
      connect(events) {
        events.lost({ reason: 'exited', exitCode: 3, signal: null, lastStderr: [] });
        return fail();
      },
    };
    const pair = world.open({ server, restart: neverRestart });
    expect(world.clock.errors).toEqual([]);
    expect(pair.endedFor).toBe('upstream-exhausted');
  });
});

describe('S6 what an embedder hands in and what throws', () => {
  const bad = { name: 'bad', intercept: fail };
  const badRule = { tag: 'bad', holds: fail };

  test.each<[string, World, Parameters<World['open']>[0]]>([
    ['an interceptor', new World({ interceptors: [bad] }), {}],
    ['a tag rule', new World({ tagRules: [badRule] }), {}],
    ['what is told of the end', new World(), { onEnded: fail }],
    ['what is told of the server', new World(), { onServerStopped: fail }],
  ])('harms nobody, and everybody has their outcome: %s', (_case, world, options) => {
    world.runtime.observe(fail);
    const pair = world.open(options);
    pair.server.becomeReady();
    for (const id of [1, 2]) pair.ask('client-to-server', call(id));
    pair.fromServer({ id: 1, result: {} });
    pair.session.close();
    world.clock.advance(1000);
    expect([...world.runtime.sessions()]).toEqual([]);
    expect(world.clock.errors).toEqual([]);
    if (world.runtime.totals().rolledBackEvents === 0) {
      expectOneOutcomeEach(pair);
      expectEverybodyTold(pair);
    } else expect(new Set(pair.client.heard.map(({ id }) => id))).toEqual(new Set([1, 2]));
  });
});
