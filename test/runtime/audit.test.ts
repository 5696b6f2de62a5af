/** The leak audit of a runtime: each kind of leak is planted in a real one, and seen; without one nothing is. */
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { PeerLink, UpstreamConnector, UpstreamEvents } from '../../src/ports.ts';
import type { Drift, RuntimeAudit } from '../../src/runtime/audit.ts';
import { createTracedRuntime } from '../../src/runtime/runtime.ts';
import type { RuntimeSession } from '../../src/runtime/api.ts';
import { SessionAlarm } from '../../src/session/session-data.ts';
import type { SessionRecord } from '../../src/session/record.ts';
import { initialize, initializeResult, notification, request, result } from '../../src/testing/messages.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { toolCall } from '../e2e/program.ts';

const bytes = (message: object): Uint8Array => Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
const link: PeerLink = { write: () => true, pause: () => {}, close: () => {} };

/** A runtime whose own records a tracer hands out, so that a test can break them. */
function audited() {
  const clock = new VirtualClock();
  const records = new Map<string, SessionRecord>();
  let opened = 0;
  const runtime = createTracedRuntime(
    { clock, ids: { sessionId: () => `s${++opened}` } },
    { opened: (record) => void records.set(record.id, record), decided: () => {}, ended: () => {} },
  );
  const open = (server: PeerLink | UpstreamConnector = link, principal?: string): RuntimeSession => {
    const opening = runtime.open({
      transportType: 'in-memory',
      client: link,
      server,
      ...(principal === undefined ? {} : { principal }),
    });
    if ('refusal' in opening) throw new Error(opening.refusal.code);
    return opening.session;
  };
  const serve = (session: RuntimeSession): void => {
    session.client.receive(bytes(initialize('hello')));
    session.server.receive(bytes(result('hello', initializeResult())));
    session.client.receive(bytes(notification('notifications/initialized')));
  };
  onTestFinished(async () => runtime.stop());
  const drift = (): readonly (readonly [string, string])[] =>
    runtime.audit().drift.map(({ kind, about }) => [kind, about] as const);
  return { clock, runtime, records, open, serve, drift, audit: (): RuntimeAudit => runtime.audit() };
}

/** A server that goes when it is told to, unless it is stubborn. */
function connector({ isStubborn = false, pid }: { readonly isStubborn?: boolean; readonly pid?: number } = {}) {
  const connections: UpstreamEvents[] = [];
  const connect = (events: UpstreamEvents) => {
    connections.push(events);
    queueMicrotask(() => events.ready());
    const lost = (): void => events.lost({ reason: 'closed', exitCode: 0, signal: null, lastStderr: [] });
    return {
      pid,
      write: () => true,
      pause: () => {},
      closeInput: () => {},
      close: () => {
        if (!isStubborn) queueMicrotask(lost);
      },
    };
  };
  return { connector: { connect } satisfies UpstreamConnector, connections };
}
const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('U13 a leak', () => {
  test('is not seen where there is none; what there is is counted', () => {
    const { open, serve, audit } = audited();
    const session = open(link, 'ann');
    serve(session);
    session.client.receive(bytes(toolCall(7, 'build')));
    expect(audit()).toEqual({
      sessions: 1,
      upstreams: 0,
      timers: expect.any(Number) as number,
      pending: 1,
      held: 0,
      tombstones: 1,
      servers: [],
      drift: [],
    });
    session.close();
    expect(audit()).toMatchObject({ sessions: 0, timers: 0, pending: 0, drift: [] });
  });

  test('of a budget that is booked and not used', () => {
    const { open, records, drift, audit } = audited();
    const { id } = open();
    records.get(id)!.surroundings.ledger.used[0]! += 2;
    expect(drift()).toEqual([['ledger', 'ordinary']]);
    expect(audit().drift[0]?.message).toBe('2 ordinary requests are booked, and 0 wait.');
  });

  test('of a timer whose session is gone, or does not know it', () => {
    const { clock, open, records, drift } = audited();
    const { id } = open();
    const { alarms } = records.get(id)!.surroundings;
    alarms.set(new SessionAlarm('gone'), clock.now() + 60_000);
    alarms.set(new SessionAlarm(id), clock.now() + 1e9);
    expect(drift()).toEqual([
      ['timer', 'gone the session itself'],
      ['timer', `${id} the session itself`],
    ]);
  });

  test('of a request that would wait for ever, because nobody set its timer', () => {
    const { open, serve, records, drift } = audited();
    const session = open();
    serve(session);
    session.client.receive(bytes(toolCall(7, 'build')));
    const record = records.get(session.id)!;
    record.surroundings.alarms.clear(record.pending.entries()[0]!);
    expect(drift()).toEqual([['request-without-timer', `${session.id} client-to-server 7`]]);
  });

  test('of a request that left its session without being settled', () => {
    const { open, serve, records, drift } = audited();
    const session = open();
    serve(session);
    session.client.receive(bytes(toolCall(7, 'build')));
    const record = records.get(session.id)!;
    record.pending.remove(record.pending.entries()[0]!);
    expect(drift()).toEqual([
      ['ledger', 'ordinary'],
      ['timer', `${session.id} request 7 (tools/call)`],
    ]);
  });

  test('of a session that has ended and is kept, with what is wrong with it', () => {
    const { open, records, drift } = audited();
    const { id } = open();
    records.get(id)!.state = 'closed';
    expect(drift()).toEqual([
      ['session-ended', id],
      ['session-invariant', id],
    ]);
    records.get(id)!.state = 'active.serving';
  });

  test('of a principal under whose name sessions are booked that are not its own', () => {
    const { open, records, drift } = audited();
    const { id } = open(link, 'ann');
    records.get(id)!.principal = 'ben';
    expect(drift()).toEqual([
      ['principals', 'ben'],
      ['principals', 'ann'],
    ]);
    records.get(id)!.principal = 'ann';
  });

  test('of a server that does not go when its session is over: it has half a minute', async () => {
    const { clock, open, drift, audit } = audited();
    const { connector: stubborn, connections } = connector({ isStubborn: true, pid: 4711 });
    const session = open(stubborn);
    await turn();
    expect(audit()).toMatchObject({ upstreams: 1, servers: [4711], drift: [] });
    session.close();
    clock.advance(29_000);
    expect(drift()).toEqual([]);
    clock.advance(2_000);
    expect(drift()).toEqual([['upstream', session.id]]);
    connections[0]!.lost({ reason: 'closed', exitCode: 0, signal: null, lastStderr: [] });
    expect(audit()).toMatchObject({ upstreams: 0, servers: [], drift: [] });
  });

  test('is not seen in a random life of sessions, at any moment of it', async () => {
    const step = fc.constantFrom('open', 'call', 'answer', 'ask', 'close', 'later', 'lose', 'turn');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(step, fc.nat(5)), { maxLength: 60 }), async (steps) => {
        const { clock, runtime, open, serve } = audited();
        const sessions: RuntimeSession[] = [];
        const seen: Drift[] = [];
        const servers = connector();
        let id = 0;
        for (const [what, which] of steps) {
          const session = sessions[which % Math.max(1, sessions.length)];
          if (what === 'open' && sessions.length < 5) {
            sessions.push(open(which % 2 === 0 ? link : servers.connector, which > 2 ? `p${which}` : undefined));
            serve(sessions.at(-1)!);
          } else if (what === 'turn') await turn();
          else if (what === 'later') {
            clock.advance(which * 100_000);
            // What a server says of its end is heard in a turn, and an hour that passes in none is no time.
            await turn();
          } else if (what === 'lose') {
            servers.connections[which]?.lost({ reason: 'exited', exitCode: 1, signal: null, lastStderr: [] });
          } else if (session !== undefined) {
            if (what === 'call') session.client.receive(bytes(toolCall(++id, 'build')));
            if (what === 'answer') session.server.receive(bytes(result(id - which, {})));
            if (what === 'ask') session.server.receive(bytes(request(`q${++id}`, 'roots/list')));
            if (what === 'close') session.close();
          }
          seen.push(...runtime.audit().drift);
        }
        expect(seen).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
