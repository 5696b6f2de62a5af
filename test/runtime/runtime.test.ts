import { describe, expect, test } from 'vitest';
import type { Clock, PeerLink } from '../../src/ports.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import type { Observation } from '../../src/runtime/observation.ts';
import { builtInTagRules, tagRulesMax } from '../../src/session/tags.ts';
import { neverRestart } from '../../src/session/upstream.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import {
  expectEverybodyTold,
  expectExactCounts,
  expectNothingLeft,
  expectNothingOwned,
  expectOneOutcomeEach,
} from '../properties/laws.ts';
import { Ear, World, bytesOf } from '../properties/world.ts';
import { KeptLog } from './kept-log.ts';

const call = { id: 1, method: 'tools/call' };
const brief = (observation: Observation): string => `${observation.type} ${observation.sessionId}`;

describe('opening a session', () => {
  test('takes its id from the port, and tells the observers', () => {
    const world = new World();
    const pair = world.open({ principal: 'ann', route: 'r' });
    expect(pair.session.id).toBe('s1');
    expect(pair.session.snapshot()).toMatchObject({
      id: 's1',
      principal: 'ann',
      route: 'r',
      state: 'initializing',
      profile: 'mcp',
    });
    expect(world.observations.map(brief)).toEqual(['session-opened s1']);
    expect(world.runtime.totals().sessionsOpened).toBe(1);
  });

  test('connects a plain server at once, and starts one that has to be connected', () => {
    const world = new World();
    const server = new Ear();
    const plain = world.open({ server });
    plain.fromClient(call);
    const started = world.open();
    started.fromClient(call);
    expect([server.heard.length, started.server.ear.heard.length]).toEqual([1, 0]);
    started.server.becomeReady();
    expect(started.server.ear.heard.length).toBe(1);
  });

  test('needs no more than ids: time and log have defaults', async () => {
    const runtime = createRuntime({ ids: { sessionId: () => 'only' } });
    const opened = runtime.open({ transportType: 'in-memory', client: new Ear(), server: new Ear() });
    expect('session' in opened && opened.session.snapshot().state).toBe('initializing');
    expect(runtime.clock.now()).toBeGreaterThan(0);
    await runtime.stop();
    expect([...runtime.sessions()]).toEqual([]);
  });

  test('lists sessions in the order in which they opened', () => {
    const world = new World();
    const first = world.open();
    world.open();
    world.open();
    first.session.close();
    expect([...world.runtime.sessions()].map(({ id }) => id)).toEqual(['s2', 's3']);
  });

  test('S7 F1 is refused with the limit that is full, when nobody can be parted with', () => {
    const world = new World({ limits: { sessions: 2 } });
    for (const pair of [world.open(), world.open()]) {
      pair.shake();
      pair.fromClient(call);
    }
    const refused = world.runtime.open({ transportType: 'in-memory', client: new Ear(), server: new Ear() });
    expect(refused).toMatchObject({
      refusal: { code: 'TOO_MANY_SESSIONS', data: { scope: 'total', current: 2, limit: 2 } },
    });
  });

  test('a tag rule too many is refused when the runtime is made', () => {
    const room = tagRulesMax - builtInTagRules.length;
    const rules = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ tag: `t${n}`, holds: () => n === room - 1 }));
    expect(() => new World({ tagRules: rules(room + 1) })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    const pair = new World({ tagRules: rules(room) }).open({ server: new Ear() });
    expect(pair.session.snapshot().tags).toEqual([`t${room - 1}`]);
  });
});

describe('limits of time', () => {
  const hour = 3_600_000;

  test.each(['stdio', 'websocket', 'in-memory'] as const)(
    'a session on %s ends with its connection, and not for its age',
    (transportType) => {
      const world = new World();
      const pair = world.open({ transportType });
      pair.shake();
      world.clock.advance(48 * hour);
      expect(pair.endedFor).toBeUndefined();
    },
  );

  test.each(['http', 'sse'] as const)(
    'P2 a session on %s ends when nobody has used it for half an hour',
    (transportType) => {
      const world = new World();
      const pair = world.open({ transportType });
      pair.shake();
      world.clock.advance(0.5 * hour - 1);
      expect(pair.endedFor).toBeUndefined();
      world.clock.advance(101);
      expect(pair.endedFor).toBe('idle');
      expectNothingOwned(pair);
    },
  );

  test('P2 P14 a stream that is open keeps a session for its day, and no longer', () => {
    const world = new World();
    const pair = world.open({ transportType: 'http' });
    pair.shake();
    pair.session.client.attached(true);
    world.clock.advance(23 * hour);
    expect(pair.endedFor).toBeUndefined();
    world.clock.advance(hour + 100);
    expect(pair.endedFor).toBe('age');
  });

  test('a limit that was asked for holds on every transport', () => {
    const world = new World({ times: { sessionIdleMs: 5000 } });
    const pair = world.open({ transportType: 'stdio' });
    pair.shake();
    world.clock.advance(5100);
    expect(pair.endedFor).toBe('idle');
  });
});

describe('observers', () => {
  test('hear in order what happens, until they stop', () => {
    const world = new World();
    const heard: string[] = [];
    const stop = world.runtime.observe((observation) => heard.push(brief(observation)));
    const pair = world.open({ server: new Ear() });
    pair.fromClient(call);
    pair.session.server.receive(bytesOf({ id: 1, result: {} }));
    pair.session.label('mine', true);
    stop();
    pair.session.close();
    expect(heard).toEqual(['session-opened s1', 'state-changed s1', 'request-settled s1', 'tags-changed s1']);
    expect(world.observations.at(-1)).toMatchObject({
      type: 'session-ended',
      reason: 'closed-by-operator',
      status: 'completed',
      snapshot: { state: 'closed' },
    });
  });

  test('S6 that throw harm nobody: not the session, not each other', () => {
    const world = new World();
    world.runtime.observe(() => {
      throw new Error('bad guest');
    });
    const pair = world.open();
    pair.shake();
    pair.fromClient(call);
    pair.fromServer({ id: 1, result: {} });
    expect(pair.client.heard).toHaveLength(1);
    expect(pair.settled).toHaveLength(2);
    expect(new Set(world.errors)).toEqual(new Set(['an observer threw: bad guest']));
  });

  test('S6 nor do callbacks of the embedder', () => {
    const world = new World({ restart: neverRestart });
    const pair = world.open({
      onEnded: () => {
        throw new Error('bad end');
      },
      onServerStopped: () => {
        throw new Error('bad stop');
      },
    });
    pair.shake();
    pair.session.close();
    expect(world.errors).toEqual(['a callback threw: bad stop', 'a callback threw: bad end']);
    expect([...world.runtime.sessions()]).toEqual([]);
  });
});

describe('the end of a session', () => {
  test('closes the links of both peers, with the reason', () => {
    const world = new World();
    const server = new Ear();
    const pair = world.open({ server });
    pair.session.close();
    expect([pair.client.closedFor, server.closedFor]).toEqual(['closed-by-operator', 'closed-by-operator']);
  });

  test('tells when the server is gone for good, after it was told to go', () => {
    const world = new World();
    const stopped: unknown[] = [];
    const pair = world.open({ onServerStopped: (departure) => stopped.push(departure?.exitCode) });
    pair.shake();
    pair.session.close();
    expect([pair.server.ear.closedFor, stopped]).toEqual(['the session ended', [1]]);
  });

  test.each([
    [undefined, 5000],
    [800, 800],
  ])('gives a slow client %s ms for what is still written to it, by default 5 s', (clientLingerMs, lingerMs) => {
    const world = new World();
    const pair = world.open(clientLingerMs === undefined ? {} : { clientLingerMs });
    pair.shake();
    pair.client.isReading = false;
    for (const id of [1, 2, 3]) pair.fromClient({ ...call, id });
    pair.session.close();
    expect([pair.client.heard.length, pair.client.closedFor]).toEqual([1, undefined]);
    world.clock.advance(lingerMs - 1);
    expect(pair.client.closedFor).toBeUndefined();
    world.clock.advance(1);
    expect([pair.client.heard.length, pair.client.closedFor]).toEqual([1, 'closed-by-operator']);
    expectNothingLeft(world);
  });

  test('waits for a slow client as long as it takes when it was told to', () => {
    const world = new World();
    const pair = world.open({ clientLingerMs: Infinity });
    pair.shake();
    pair.client.isReading = false;
    for (const id of [1, 2]) pair.fromClient({ ...call, id });
    pair.session.close();
    world.clock.advance(1e9);
    expect(pair.client.closedFor).toBeUndefined();
    pair.client.isReading = true;
    pair.session.client.drained();
    expect([pair.client.heard.length, pair.client.closedFor]).toEqual([2, 'closed-by-operator']);
  });

  test('does not wait for a server that does not read', () => {
    const world = new World();
    const server = new Ear();
    const pair = world.open({ server });
    server.isReading = false;
    for (const id of [1, 2]) pair.fromClient({ ...call, id });
    pair.session.close();
    world.clock.advance(5000);
    expect(server.closedFor).toBe('closed-by-operator');
    expectNothingLeft(world);
  });

  test('F10 is final: what comes later is counted and answered as long as somebody reads', () => {
    const world = new World();
    const pair = world.open();
    pair.shake();
    pair.session.close();
    const before = world.runtime.totals();
    pair.fromClient(call);
    pair.session.drain();
    pair.session.label('late', true);
    expect(world.runtime.totals()).toEqual({ ...before, unplacedEvents: before.unplacedEvents + 3 });
  });
});

describe('a session that dies of a defect', () => {
  /** A clock whose embedder made a mistake: it throws once, in the middle of what the session called `victim` is decided. */
  function breakOnce(clock: Clock, afterCalls: number): void {
    const now = clock.now.bind(clock);
    let calls = 0;
    clock.now = () => {
      if (++calls === afterCalls) throw new Error('broken clock');
      return now();
    };
  }

  test('S1 settles what it owned, returns its share, and takes nobody with it', () => {
    const log = new KeptLog();
    const world = new World({ log });
    const [victim, neighbour] = [world.open(), world.open()];
    for (const pair of [victim, neighbour]) pair.shake();
    victim.ask('client-to-server', call);
    victim.ask('server-to-client', { id: 'q', method: 'ping' });
    neighbour.ask('client-to-server', call);
    // Asked for the time of the event first, and then for that of the news to observers.
    breakOnce(world.clock, 2);
    victim.session.label('mine', true);

    expect(victim.ended).toMatchObject({ reason: 'internal-error', status: 'failed' });
    expectOneOutcomeEach(victim);
    expectEverybodyTold(victim);
    expectNothingOwned(victim);
    expect([victim.client.closedFor, victim.server.ear.closedFor]).toEqual(['internal-error', 'the session ended']);
    expect(world.runtime.totals()).toMatchObject({
      pending: { ordinary: 1, reserved: 0 },
      sessionsEnded: { failed: 1, active: 0 },
      sessionsByState: { 'active.serving': 1 },
    });
    expectExactCounts(world);
    expect(log.texts('error')).toEqual(['a session died of a defect; its requests are refused']);

    neighbour.fromServer({ id: 1, result: {} });
    expect(neighbour.client.heard).toHaveLength(1);
    neighbour.session.close();
    expectNothingLeft(world);
  });
});

describe('the end of the runtime', () => {
  test('P17 a drain refuses new sessions and new requests, and waits for what is under way', async () => {
    const world = new World();
    const [idle, busy] = [world.open(), world.open()];
    for (const pair of [idle, busy]) pair.shake();
    busy.fromClient(call);
    let isOver = false;
    const drained = world.runtime.drain().then(() => {
      isOver = true;
    });
    await new Promise(setImmediate);
    expect([idle.endedFor, busy.endedFor, isOver]).toEqual(['drained', undefined, false]);
    expect(world.runtime.open({ transportType: 'in-memory', client: new Ear(), server: new Ear() })).toMatchObject({
      refusal: { code: 'DRAINING' },
    });
    busy.fromClient({ id: 2, method: 'tools/call' });
    busy.fromServer({ id: 1, result: {} });
    await drained;
    expect(busy.client.heard.map(({ id, error }) => [id, error?.code])).toEqual([
      [2, 5031],
      [1, undefined],
    ]);
    expectNothingLeft(world);
  });

  test('P17 a drain ends at its deadline, and settles what has not come', async () => {
    const world = new World();
    const pair = world.open();
    pair.shake();
    pair.ask('client-to-server', call);
    const drained = world.runtime.drain();
    world.clock.advance(25_000);
    await drained;
    expect(pair.endedFor).toBe('drain-deadline');
    expectEverybodyTold(pair);
    expectNothingLeft(world);
  });

  test('S1 a stop waits for nobody', async () => {
    const world = new World();
    const pairs = [world.open(), world.open(), world.open()];
    for (const pair of pairs) {
      pair.shake();
      pair.ask('client-to-server', call);
    }
    await world.runtime.stop();
    for (const pair of pairs) {
      expect(pair.endedFor).toBe('closed-by-operator');
      expectOneOutcomeEach(pair);
      expectEverybodyTold(pair);
    }
    expectNothingLeft(world);
  });

  test('is there at once when there is no session, and can be asked for again', async () => {
    const { runtime } = new World();
    await runtime.drain();
    await runtime.stop();
    await runtime.drain();
    expect(runtime.totals().sessionsOpened).toBe(0);
  });

  test('S1 of many sessions leaves time for other work', async () => {
    /** Every look at the clock takes a millisecond. */
    class SlowClock extends VirtualClock {
      override now(): number {
        this.advance(1);
        return super.now();
      }
    }
    const clock = new SlowClock();
    let opened = 0;
    const runtime = createRuntime({ ids: { sessionId: () => `s${++opened}` }, clock, limits: { sessions: 200 } });
    const link = (): PeerLink => ({ write: () => true, pause: () => {}, close: () => {} });
    for (let number = 0; number < 200; number++)
      runtime.open({ transportType: 'stdio', client: link(), server: link() });
    const seen: number[] = [];
    const look = (): void => {
      seen.push([...runtime.sessions()].length);
      if (seen.at(-1)! > 0) setImmediate(look);
    };
    setImmediate(look);
    await runtime.stop();
    expect(seen.filter((left) => left > 0 && left < 200).length).toBeGreaterThan(10);
  });
});
