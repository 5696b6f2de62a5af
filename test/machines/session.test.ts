import { Exchange } from '../../src/session/pending.ts';
import { describe, expect, test } from 'vitest';
import { sessionMachine } from '../../machines/session.ts';
import { decodeText } from '../../src/protocol/text.ts';
import { countsToJson } from '../../src/session/counters.ts';
import { sessionEventTypes } from '../../src/session/events.ts';
import { noFacts } from '../../src/session/facts.ts';
import type { Verdict } from '../../src/session/interception.ts';
import { Ledger, defaultLimits } from '../../src/session/limits.ts';
import { type EndReason, type SessionState, sessionStates } from '../../src/session/outcomes.ts';
import { builtInProfiles } from '../../src/session/profiles.ts';
import { World } from '../properties/world.ts';
import { type Edge, edgeOf, edgesOf, nodesOf, tagsOf, undescribed, walk } from './chart-walk.ts';
import { AlarmList, LoneSession, type LoneSessionOptions, frameOf, loneInput } from './lone-session.ts';

const input = loneInput({}, new AlarmList(), new Ledger(defaultLimits));

describe('the chart of a session', () => {
  test('S2 has these states, and outsiders see these tags in them', () => {
    expect(tagsOf(sessionMachine)).toEqual({
      initializing: ['open', 'handshaking'],
      'active.serving': ['open', 'ready'],
      'active.recovering': ['open', 'recovering'],
      shuttingDown: ['draining'],
      closed: ['ended'],
      failed: ['ended'],
    });
    expect(Object.keys(tagsOf(sessionMachine))).toEqual([...sessionStates]);
  });

  test('takes every event of the vocabulary in every state that is not final, but for those that need a handshake', () => {
    const untaken = nodesOf(sessionMachine)
      .filter(({ type }) => type === 'atomic')
      .map(({ path }) => {
        const line = nodesOf(sessionMachine).filter((node) => node.path.every((step, depth) => path[depth] === step));
        const types = new Set(line.flatMap((node) => [...node.transitions.keys()]));
        return [path.join('.'), sessionEventTypes.filter((type) => !types.has(type))];
      });
    expect(Object.fromEntries(untaken)).toEqual({
      initializing: [],
      // A server that is there does not become ready a second time, and nothing can happen before what happens first.
      'active.serving': ['upstream.ready', 'session.reopened'],
      'active.recovering': ['session.reopened'],
      shuttingDown: ['session.reopened'],
    });
  });

  test('can be walked to every state and along every edge, with plain XState', () => {
    const { reached, taken } = walk(sessionMachine, input);
    expect([...reached].toSorted()).toEqual([...sessionStates].toSorted());
    expect(edgesOf(sessionMachine).filter((edge) => !taken.has(edge))).toEqual([]);
  });

  test('says of every state what it is', () => {
    expect(undescribed(sessionMachine)).toEqual([]);
  });

  test('S2 goes from state to state on these ways only', () => {
    expect([...walk(sessionMachine, input).moves].toSorted()).toEqual([
      'active.recovering > active.serving',
      'active.recovering > closed',
      'active.recovering > failed',
      'active.recovering > shuttingDown',
      'active.serving > active.recovering',
      'active.serving > closed',
      'active.serving > failed',
      'active.serving > shuttingDown',
      'initializing > active.recovering',
      'initializing > active.serving',
      'initializing > closed',
      'initializing > failed',
      'initializing > shuttingDown',
      'shuttingDown > closed',
      'shuttingDown > failed',
    ]);
  });
});

// --- what it takes for each edge -----------------------------------------------------------------------------------------

const agreed = { protocolVersion: '2025-11-25', capabilities: {} };
const modern = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } };
const goesOn = { reason: 'exited', exitCode: 1, signal: null, lastStderr: [], willRestart: true } as const;
const isOver = { ...goesOn, willRestart: false } as const;

function pass(message: object, delayMs = 0): Verdict {
  return { kind: 'forward', frame: frameOf(message), delayMs, steps: [] };
}

interface Conversation {
  readonly name: string;
  readonly options?: LoneSessionOptions;
  readonly play: (s: LoneSession) => void;
  /** Where it leaves the session. */
  readonly ends: readonly [SessionState, EndReason?];
}

const call = { id: 1, method: 'tools/call' };
const answer = { id: 1, result: {} };
const note = { method: 'notifications/message' };

const ready = (s: LoneSession): unknown => s.take({ type: 'upstream.ready', at: s.now });
const reopen = (s: LoneSession): unknown =>
  s.take({
    type: 'session.reopened',
    at: s.now,
    facts: {
      ...noFacts,
      protocolVersion: agreed.protocolVersion,
      serverCapabilities: '{}',
      initialize: frameOf({ id: 0, method: 'initialize', params: agreed }),
    },
  });
const lose = (s: LoneSession, loss: typeof goesOn | typeof isOver = goesOn): unknown =>
  s.take({ type: 'upstream.lost', at: s.now, loss });
const leave = (s: LoneSession): unknown => s.take({ type: 'client.closed', at: s.now, isGone: true });
const halfClose = (s: LoneSession): unknown => s.take({ type: 'client.closed', at: s.now, isGone: false });
const drain = (s: LoneSession): unknown => s.take({ type: 'session.drain', at: s.now });

/** The last frame that is held is decided on. */
function decide(s: LoneSession, message: object): void {
  const ticket = [...s.record.held.all()].at(-1)?.ticket ?? 0;
  s.take({ type: 'frame.decided', at: s.now, ticket, news: pass(message) });
}

/** News of a frame that is long gone. */
function decideNothing(s: LoneSession): void {
  s.take({ type: 'frame.decided', at: s.now, ticket: 999, news: 'turn' });
}

function expire(s: LoneSession, from: 'client-to-server' | 'server-to-client', id: string | number): void {
  const entry = s.entry(from, id);
  s.take({ type: 'request.expired', at: entry.startedAt + entry.absoluteMs, entry });
}

/** The server came back and was sent the handshake again: its answer. */
function replayAnswer(s: LoneSession, result: object): object {
  const own = [...s.record.pending.entries()].find((entry) => entry.isOwn && entry.method === 'initialize');
  return { id: own?.id, result };
}

const conversations: readonly Conversation[] = [
  {
    name: 'before the handshake: what comes is held until the server is there',
    play: (s) => {
      s.fromClient(call);
      s.fromClient(note);
      decideNothing(s);
      ready(s);
      s.fromClient(note);
      s.fromClient({ id: 2, method: 'initialize', params: agreed });
      s.fromServer({ id: 1, error: { code: 1, message: 'too early' } });
      expire(s, 'client-to-server', 2);
    },
    ends: ['failed', 'initialize-timeout'],
  },
  {
    name: 'another process had it: the server goes on',
    play: (s) => {
      reopen(s);
      s.fromClient(call);
      s.take({ type: 'upstream.ready', at: s.now, goesOn: true });
      s.fromServer(answer);
    },
    ends: ['active.serving'],
  },
  {
    name: 'another process had it: the server is told again what it had been told',
    play: (s) => {
      reopen(s);
      s.fromClient(call);
      ready(s);
      s.fromServer(replayAnswer(s, agreed));
    },
    ends: ['active.serving'],
  },
  {
    name: 'before the handshake: another request than the handshake times out',
    play: (s) => {
      ready(s);
      s.fromClient(call);
      expire(s, 'client-to-server', 1);
    },
    ends: ['initializing'],
  },
  {
    name: 'before the handshake: the server is lost and comes again',
    play: (s) => {
      lose(s);
      ready(s);
    },
    ends: ['initializing'],
  },
  {
    name: 'before the handshake: the server is lost for good',
    play: (s) => lose(s, isOver),
    ends: ['failed', 'upstream-exhausted'],
  },
  {
    name: 'a handshake whose answer had to be decided on',
    play: (s) => {
      ready(s);
      const hello = { id: 1, method: 'initialize', params: agreed };
      s.fromClient(hello);
      s.fromServer({ id: 1, result: agreed }, 'awaited');
      decide(s, { id: 1, result: agreed });
    },
    ends: ['active.serving'],
  },
  {
    name: 'a request of the modern era needs no handshake',
    play: (s) => {
      ready(s);
      s.fromClient({ ...call, params: modern });
    },
    ends: ['active.serving'],
  },
  {
    name: 'traffic: straight through, held and released, answered late, expired',
    play: (s) => {
      s.shake();
      s.fromClient(call);
      s.fromServer(answer);
      s.fromClient(call, 'awaited');
      decideNothing(s);
      decide(s, call);
      s.fromServer(answer, pass(answer, 100));
      s.fromServer({ id: 'q', method: 'sampling/createMessage' });
      expire(s, 'server-to-client', 'q');
    },
    ends: ['active.serving'],
  },
  {
    name: 'small things: noise, an effect that failed, a stream, a tick, a label',
    play: (s) => {
      s.shake();
      const fault = {
        fault: 'not-json',
        reason: 'no',
        expectsAnswer: true,
        isAnswer: false,
        idToken: undefined,
      } as const;
      s.take({ type: 'frame.malformed', at: s.now, direction: 'client-to-server', fault, bytes: 1 });
      const effect = {
        type: 'send',
        direction: 'server-to-client',
        message: [],
        kind: 'notification',
        entry: undefined,
        exchange: undefined,
        status: 0,
        frame: undefined,
      } as const;
      s.take({ type: 'effect.failed', at: s.now, effect, cause: 'peer-gone' });
      s.take({ type: 'client.attached', at: s.now, hasOpenStream: true });
      s.take({ type: 'exchange.closed', at: s.now, exchange: new Exchange() });
      s.take({ type: 'session.ticked', at: s.now });
      s.take({ type: 'session.labelled', at: s.now, label: 'mine', isSet: true });
    },
    ends: ['active.serving'],
  },
  {
    name: 'the operator closes',
    play: (s) => (s.shake(), s.take({ type: 'session.close', at: 0, reason: 'closed-by-operator' })),
    ends: ['closed', 'closed-by-operator'],
  },
  {
    name: 'a request did not reach the server, which comes back',
    play: (s) => {
      s.shake();
      s.fromClient(call);
      const effect = s.effects.at(-1)!;
      if (effect.type !== 'send') return;
      s.take({ type: 'effect.failed', at: s.now, effect, cause: 'unsent', ticket: 99 });
      const loss = { reason: 'session-lost', exitCode: null, signal: null, lastStderr: [], willRestart: true } as const;
      s.take({ type: 'upstream.lost', at: s.now, loss });
    },
    ends: ['active.recovering'],
  },
  {
    name: 'an answer finds no room',
    play: (s) => {
      s.shake();
      s.fromClient(call);
      s.fromServer(answer);
      const effect = s.effects.at(-1)!;
      if (effect.type === 'send') s.take({ type: 'effect.failed', at: s.now, effect, cause: 'buffer-full' });
    },
    ends: ['failed', 'buffer-full'],
  },
  { name: 'the client is gone', play: (s) => (s.shake(), leave(s)), ends: ['closed', 'client-gone'] },
  {
    name: 'nothing happened for too long',
    options: { times: { sessionIdleMs: 1000 } },
    play: (s) => (s.shake(), s.take({ type: 'session.expired', at: 1000, reason: 'idle' })),
    ends: ['failed', 'idle'],
  },
  {
    name: 'the server agreed to shut down, at once',
    options: { profile: builtInProfiles.get('lsp-like')! },
    play: (s) => {
      s.shake();
      s.fromClient({ id: 1, method: 'shutdown' });
      s.fromServer(answer);
    },
    ends: ['closed', 'shutdown-agreed'],
  },
  {
    name: 'the server agreed to shut down, after a decision',
    options: { profile: builtInProfiles.get('lsp-like')! },
    play: (s) => {
      s.shake();
      s.fromClient({ id: 1, method: 'shutdown' });
      s.fromServer(answer, 'awaited');
      decide(s, answer);
    },
    ends: ['closed', 'shutdown-agreed'],
  },
  {
    name: 'the server of a serving session is lost for good',
    play: (s) => (s.shake(), lose(s, isOver)),
    ends: ['failed', 'upstream-exhausted'],
  },
  {
    name: 'recovery: without a handshake there is nothing to repeat',
    play: (s) => {
      ready(s);
      s.fromClient({ ...call, params: modern });
      lose(s);
      lose(s);
      s.fromClient({ ...call, id: 2, params: modern });
      ready(s);
    },
    ends: ['active.serving'],
  },
  {
    name: 'recovery: the handshake is repeated, and what was held goes on',
    play: (s) => {
      s.shake();
      lose(s);
      s.fromClient(call);
      decideNothing(s);
      ready(s);
      s.fromServer({ id: 'nobody asked', result: {} });
      s.fromServer({ id: null, error: { code: 1, message: 'hm' } }, 'awaited');
      decide(s, { id: null, error: { code: 1, message: 'hm' } });
      s.fromServer(replayAnswer(s, agreed));
    },
    ends: ['active.serving'],
  },
  {
    name: 'recovery: the handshake was too long to be kept',
    play: (s) => {
      ready(s);
      s.fromClient({ id: 1, method: 'initialize', params: { ...agreed, padding: 'x'.repeat(256 * 1024) } });
      s.fromServer({ id: 1, result: agreed });
      lose(s);
      s.fromClient(call);
      ready(s);
    },
    ends: ['failed', 'upstream-lost'],
  },
  {
    name: 'recovery: another server came back',
    play: (s) => {
      s.shake();
      lose(s);
      ready(s);
      s.fromServer(replayAnswer(s, { ...agreed, capabilities: { tools: {} } }));
    },
    ends: ['failed', 'upstream-changed'],
  },
  {
    name: 'recovery: it does not come back',
    play: (s) => (s.shake(), lose(s), lose(s, isOver)),
    ends: ['failed', 'upstream-exhausted'],
  },
  {
    name: 'recovery: it takes too long',
    play: (s) => (s.shake(), lose(s), s.clock.advance(60_000)),
    ends: ['failed', 'recovery-deadline'],
  },
  {
    name: 'draining: what is under way finishes',
    play: (s) => {
      s.shake();
      s.fromClient(call);
      s.fromClient({ id: 2, method: 'tools/call' });
      drain(s);
      drain(s);
      s.fromClient({ id: 3, method: 'tools/call' });
      s.fromClient({ id: 4, method: 'tools/call' }, 'awaited');
      s.fromClient({ id: 5, method: 'ping' });
      s.fromServer({ id: 5, result: {} });
      s.fromServer({ id: 'q', method: 'sampling/createMessage' }, 'awaited');
      decideNothing(s);
      ready(s);
      halfClose(s);
      expire(s, 'client-to-server', 2);
      s.fromServer(answer, 'awaited');
      decide(s, answer);
    },
    ends: ['closed', 'client-closed'],
  },
  {
    name: 'draining: nothing was under way',
    play: (s) => (s.shake(), halfClose(s)),
    ends: ['closed', 'client-closed'],
  },
  { name: 'draining: on request', play: (s) => (s.shake(), drain(s)), ends: ['closed', 'drained'] },
  {
    name: 'draining: the client leaves',
    play: (s) => (s.shake(), s.fromClient(call), drain(s), leave(s)),
    ends: ['closed', 'client-gone'],
  },
  {
    name: 'draining: the server is lost',
    play: (s) => (s.shake(), s.fromClient(call), drain(s), lose(s)),
    ends: ['failed', 'upstream-lost'],
  },
  {
    name: 'draining: it takes too long',
    play: (s) => (s.shake(), s.fromClient(call), drain(s), s.clock.advance(25_000)),
    ends: ['failed', 'drain-deadline'],
  },
];

describe('a session actor', () => {
  test.each(conversations)('$name', ({ options, play, ends }) => {
    const session = new LoneSession(options);
    play(session);
    expect([session.state, session.record.endReason].filter((one) => one !== undefined)).toEqual(ends);
    expect(session.errors).toEqual([]);
    expect(session.aftermaths.filter((one) => one !== 'committed')).toEqual([]);
    const hasEnded = ends[0] === 'closed' || ends[0] === 'failed';
    expect(session.status).toBe(hasEnded ? 'done' : 'active');
    if (hasEnded)
      expect([session.alarms.dueAt.size, session.clock.pending, ...session.ledger.used]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('takes every edge of the chart in one of these conversations', () => {
    const taken = new Set<Edge>();
    for (const { options, play } of conversations) {
      const session = new LoneSession({
        ...options,
        // What runs from the compiled plan no inspector sees.
        usesPlan: false,
        inspect: (event) => {
          if (event.type !== '@xstate.microstep') return;
          for (const definition of event._transitions) taken.add(edgeOf(definition as never));
        },
      });
      play(session);
    }
    expect(edgesOf(sessionMachine).filter((edge) => !taken.has(edge))).toEqual([]);
  });

  test('that is asked for what its state does not know says so, and stays as it is', () => {
    const session = new LoneSession();
    session.shake();
    const { version } = session.record;
    const idle = { type: 'session.expired', at: session.now, reason: 'idle' } as const;
    expect(ready(session)).toBe('unexpected');
    expect(session.take(idle)).toBe('unexpected');
    expect(session.take({ type: 'tools/call' } as never)).toBe('unexpected');
    expect([session.state, session.record.version, session.status]).toEqual(['active.serving', version, 'active']);
  });
});

describe('messages that are held for a verdict', () => {
  const first = { method: 'notifications/message', params: { data: 1 } };
  const second = { method: 'notifications/message', params: { data: 2 } };
  const written = (s: LoneSession): readonly unknown[] =>
    s.effects.flatMap((effect) =>
      effect.type === 'send' && effect.direction === 'server-to-client'
        ? [JSON.parse(effect.message.map(decodeText).join(''))]
        : [],
    );

  test.each<readonly [string, (s: LoneSession) => void]>([
    ['before the handshake', (s) => ready(s)],
    ['while it serves', (s) => s.shake()],
    ['while its server is away', (s) => (s.shake(), lose(s))],
    ['while it drains', (s) => (s.shake(), s.fromClient(call), drain(s))],
  ])('go on in the order in which they came, whichever verdict comes first: %s', (_, reach) => {
    const session = new LoneSession();
    reach(session);
    for (const message of [first, second]) session.fromServer(message, 'awaited');
    const before = written(session).length;
    const [one = 0, two = 0] = session.record.held.all().map(({ ticket }) => ticket);
    session.take({ type: 'frame.decided', at: session.now, ticket: two, news: pass(second) });
    expect(written(session).slice(before)).toEqual([]);
    session.take({ type: 'frame.decided', at: session.now, ticket: one, news: pass(first) });
    expect(written(session).slice(before)).toMatchObject([first, second]);
  });

  test('are early when they are requests before the handshake, held or not', () => {
    const session = new LoneSession();
    ready(session);
    session.fromClient(call, 'awaited');
    session.fromClient({ ...call, id: 2 });
    expect(countsToJson(session.record.counts).beforeInitialized).toBe(2);
  });
});

describe('at its end a session knows who is still there', () => {
  const busy = (s: LoneSession): void => {
    s.shake();
    s.fromClient(call);
    drain(s);
  };

  test.each<readonly [string, (s: LoneSession) => void]>([
    ['before the handshake', (s) => (ready(s), lose(s, isOver))],
    ['while it serves', (s) => (s.shake(), lose(s, isOver))],
    ['while it drains', (s) => (busy(s), lose(s))],
  ])('the server is not, when it was lost %s', (_, play) => {
    const session = new LoneSession();
    play(session);
    expect([session.state, session.record.isUpstreamReady, session.record.isClientGone]).toEqual([
      'failed',
      false,
      false,
    ]);
  });

  test.each<readonly [string, (s: LoneSession) => void]>([
    ['before the handshake', (s) => ready(s)],
    ['while it serves', (s) => s.shake()],
    ['while it drains', busy],
  ])('the client is not, when it left %s', (_, play) => {
    const session = new LoneSession();
    play(session);
    leave(session);
    expect([session.state, session.record.isUpstreamReady, session.record.isClientGone]).toEqual([
      'closed',
      true,
      true,
    ]);
  });
});

describe('a runtime', () => {
  test('takes its sessions along every way that the chart has', () => {
    const world = new World({ times: { sessionIdleMs: 600_000 } });
    const served = (): ReturnType<World['open']> => {
      const pair = world.open();
      pair.shake();
      return pair;
    };
    const recovering = (): ReturnType<World['open']> => {
      const pair = served();
      pair.server.lose();
      world.breathe();
      return pair;
    };
    const busy = (): ReturnType<World['open']> => {
      const pair = served();
      pair.fromClient(call);
      pair.session.drain();
      return pair;
    };
    world.open().session.close();
    const early = world.open();
    early.server.becomeReady();
    early.fromClient({ id: 1, method: 'initialize', params: agreed });
    early.session.drain();
    const unanswered = world.open();
    unanswered.server.becomeReady();
    unanswered.fromClient({ id: 1, method: 'initialize', params: agreed });
    served().session.close();
    busy().session.close();
    busy().server.lose();
    recovering().session.close();
    const comesBack = recovering();
    comesBack.server.becomeReady();
    comesBack.fromServer({
      id: comesBack.server.ear.heard.at(-1)?.id,
      result: { ...agreed, capabilities: { tools: {} } },
    });
    recovering();
    world.clock.advance(60_100);
    served();
    world.clock.advance(700_000);
    const moves = world.runtime.totals().transitions.map(({ from, to }) => `${from} > ${to}`);
    // What waits for a server that is away is refused at once, so a drain is over before it has begun. And no other process had any of
    // these (test/runtime/handover.test.ts).
    const possible = [...walk(sessionMachine, input).moves].filter(
      (move) => move !== 'active.recovering > shuttingDown' && move !== 'initializing > active.recovering',
    );
    expect(moves.toSorted()).toEqual(possible.toSorted());
  });
});
