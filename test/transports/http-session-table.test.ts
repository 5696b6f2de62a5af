import { describe, expect, test } from 'vitest';
import { refusal } from '../../src/errors.ts';
import type { RuntimeSession } from '../../src/runtime/api.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { FixedDelay } from '../../src/transports/fixed-delay.ts';
import type { HttpSessionKind, HttpVisitor } from '../../src/transports/http-front-options.ts';
import { unboundedBuffers } from '../../src/session/buffered-bytes.ts';
import { HttpSession } from '../../src/transports/http-session.ts';
import { SessionTable } from '../../src/transports/http-session-table.ts';
import { ReplayBudget } from '../../src/transports/http-replay.ts';

const clock = new VirtualClock();
const delay = new FixedDelay(clock, 10);
let sessions = 0;
const runtime = createRuntime({ clock, ids: { sessionId: () => `s${++sessions}` } });

const visitor = (key: string, principal?: string, route?: string): HttpVisitor => ({ key, principal, route });

function session(kind: HttpSessionKind, of: HttpVisitor, revision = ''): HttpSession {
  const made = new HttpSession(
    kind,
    of,
    revision,
    {
      heartbeats: delay,
      quiet: delay,
      grace: delay,
      remembering: delay,
      patienceMs: 10,
      retryMs: 10,
      namesRequests: false,
      replay: { replayEventsMax: 1, replayBytesMax: 1, budget: new ReplayBudget(1) },
      bufferPauseBytes: 1,
      bufferBytesMax: 1,
      buffers: unboundedBuffers(),
    },
    () => {},
  );
  made.begins(opened(made));
  return made;
}

function opened(client: HttpSession): RuntimeSession {
  const server = { write: () => true, pause: () => {}, close: () => {} };
  const result = runtime.open({ transportType: 'http', client, server });
  if ('refusal' in result) throw new Error(refusal(result.refusal.code).code);
  return result.session;
}

describe('the sessions of an endpoint', () => {
  test('P20 are found by their id, by who opened them', () => {
    const table = new SessionTable();
    const own = session('legacy', visitor('', 'alice', 'a'));
    table.add(own);
    const { sessionId } = own;
    expect(table.named(sessionId, visitor('other key', 'alice', 'a'))).toBe(own);
    const others = [visitor('', 'alice'), visitor('', 'alice', 'b'), visitor('', 'bob', 'a'), visitor('')];
    for (const other of others) expect(table.named(sessionId, other)).toBeUndefined();
    for (const id of [undefined, '', '__proto__', 'toString']) {
      expect(table.named(id, visitor('', 'alice', 'a'))).toBeUndefined();
    }
  });

  test('that have no id on the wire are found by their revision and their visitor’s key', () => {
    const table = new SessionTable();
    const [one, two, three] = [
      session('logical', visitor('k'), '2026-07-28'),
      session('logical', visitor('k'), 'another'),
      session('logical', visitor('__proto__'), '2026-07-28'),
    ];
    for (const each of [one, two, three]) table.add(each);
    expect(table.logical('2026-07-28', visitor('k'))).toBe(one);
    expect(table.logical('another', visitor('k'))).toBe(two);
    expect(table.logical('2026-07-28', visitor('__proto__'))).toBe(three);
    expect([table.logical('', visitor('k')), table.logical('another', visitor('x'))]).toEqual([undefined, undefined]);
    expect(table.named(one.sessionId, visitor('k'))).toBeUndefined();
    expect(table.all()).toEqual([one, three, two]);
  });

  test('are gone when they are removed, and removing one that has been replaced leaves its successor', () => {
    const table = new SessionTable();
    const [legacy, old, successor] = [
      session('legacy', visitor('')),
      session('logical', visitor('k'), 'r'),
      session('logical', visitor('k'), 'r'),
    ];
    for (const each of [legacy, old, successor]) table.add(each);
    table.remove(old);
    expect(table.logical('r', visitor('k'))).toBe(successor);
    for (const each of [legacy, successor, successor]) table.remove(each);
    expect(table.all()).toEqual([]);
  });
});
