/** A runtime on a virtual clock whose events are kept in a ring, for wires to be fed from; and a session with peers to play. */
import { onTestFinished } from 'vitest';
import { ringSource } from '../../../src/inspector/wires/ring-source.ts';
import { TraceRing } from '../../../src/observe/trace-ring.ts';
import type { PeerLink } from '../../../src/ports.ts';
import type { RuntimeSession } from '../../../src/runtime/api.ts';
import { createTracedRuntime } from '../../../src/runtime/runtime.ts';
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

/** @param keptMax how many events the ring keeps. */
export function spokenSessions(keptMax = 1000) {
  const clock = new VirtualClock({ epochMs: 1_800_000_000_000 });
  const ring = new TraceRing({ eventsMax: keptMax });
  let opened = 0;
  const runtime = createTracedRuntime(
    { clock, ids: { sessionId: () => `0000000${++opened}-aaaa-4bbb-8ccc-dddddddddddd` } },
    ring,
  );
  onTestFinished(() => runtime.stop());
  const source = ringSource({
    ring,
    facts: { pid: 42, version: '1.2.3', command: 'forward stdio', server: 'node server.mjs', startedAt: 1 },
    sessions: () => runtime.sessions(),
    session: (id) => runtime.session(id),
  });
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
