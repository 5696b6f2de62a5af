/** A runtime on a virtual clock whose events are kept in a list, for wires to be fed from; and a session with peers to play. */
import { onTestFinished } from 'vitest';
import type { TracedEvent } from '../../../src/inspector/feed-messages.ts';
import type { WireSource } from '../../../src/inspector/wires/wire-source.ts';
import type { PeerLink } from '../../../src/ports.ts';
import type { RuntimeSession } from '../../../src/runtime/api.ts';
import { createTracedRuntime } from '../../../src/runtime/runtime.ts';
import type { Tracer } from '../../../src/runtime/tracer.ts';
import { initialize, initializeResult, notification, request, result } from '../../../src/testing/messages.ts';
import { VirtualClock } from '../../../src/testing/virtual-clock.ts';

const bytes = (message: object): Uint8Array => Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));

export interface SpokenSession {
  readonly session: RuntimeSession;
  handshake(): void;
  /** A call of the client, and its answer. */
  exchange(id: number): void;
  ask(id: number, method: string): void;
}

export type SpokenSessions = ReturnType<typeof spokenSessions>;

/** @param keptMax how many events the list remembers. */
export function spokenSessions(keptMax = 1000) {
  const clock = new VirtualClock({ epochMs: 1_800_000_000_000 });
  const events: TracedEvent[] = [];
  let seq = 0;
  const note = (event: Omit<TracedEvent, 'seq' | 'at'>): void => {
    events.push({ seq: ++seq, at: clock.now(), ...event });
    if (events.length > keptMax) events.shift();
  };
  const tracer: Tracer = {
    opened: ({ id, state }) =>
      note({ sessionId: id, event: 'session.opened', decision: 'committed', from: state, to: state }),
    decided: ({ id, state }, { type }, decision, from) =>
      note({ sessionId: id, event: type, decision, from, to: state }),
    ended: ({ id, state }) =>
      note({ sessionId: id, event: 'session.ended', decision: 'committed', from: state, to: state }),
  };
  let opened = 0;
  const runtime = createTracedRuntime(
    { clock, ids: { sessionId: () => `0000000${++opened}-aaaa-4bbb-8ccc-dddddddddddd` } },
    tracer,
  );
  onTestFinished(() => runtime.stop());
  const source: WireSource = {
    facts: { pid: 42, version: '1.2.3', command: 'forward stdio', server: 'node server.mjs', startedAt: 1 },
    sessions: () => runtime.sessions(),
    session: (id) => runtime.session(id)?.snapshot(),
    lastSeq: () => seq,
    eventsAfter: (after, { eventsMax, isWanted }) => {
      const forgotten = (events[0]?.seq ?? seq + 1) - after - 1;
      const wanted = events.filter((event) => event.seq > after && isWanted(event.sessionId));
      const told = wanted.slice(-eventsMax);
      return { events: told, missed: Math.max(0, forgotten) + wanted.length - told.length };
    },
  };
  const link: PeerLink = { write: () => true, pause: () => {}, close: () => {} };
  const open = (): SpokenSession => {
    const outcome = runtime.open({ transportType: 'in-memory', client: link, server: link });
    if ('refusal' in outcome) throw new Error(outcome.refusal.code);
    const { session } = outcome;
    return {
      session,
      handshake: () => {
        session.client.receive(bytes(initialize('hello')));
        session.server.receive(bytes(result('hello', initializeResult())));
        session.client.receive(bytes(notification('notifications/initialized')));
      },
      exchange: (id) => {
        session.client.receive(bytes(request(id, 'tools/list')));
        session.server.receive(bytes(result(id, { tools: [] })));
      },
      ask: (id, method) => session.client.receive(bytes(request(id, method))),
    };
  };
  return { clock, source, open };
}
