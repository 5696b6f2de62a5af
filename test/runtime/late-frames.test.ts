import { expect, test } from 'vitest';
import type { PeerLink } from '../../src/ports.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import type { Runtime, RuntimeSession } from '../../src/runtime/api.ts';
import { createRuntime } from '../../src/runtime/runtime.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const call = encodeText('{"jsonrpc":"2.0","id":7,"method":"tools/call"}');

interface Opened {
  readonly runtime: Runtime;
  readonly session: RuntimeSession;
  /** What was written to the client. */
  readonly told: unknown[];
  /** Why the client's link was closed. */
  readonly closed: string[];
}

function openOne({ isSlow = false } = {}): Opened {
  const runtime = createRuntime({ ids: { sessionId: () => 's' }, clock: new VirtualClock(), checksInvariants: true });
  const told: unknown[] = [];
  const closed: string[] = [];
  const client: PeerLink = {
    write: (message) => {
      told.push(JSON.parse(message.map((part) => decodeText(part)).join('')));
      return !isSlow || told.length > 1;
    },
    pause: () => {},
    close: (reason) => void closed.push(reason),
  };
  const server: PeerLink = { write: () => true, pause: () => {}, close: () => {} };
  const opened = runtime.open({ transportType: 'in-memory', client, server });
  if ('refusal' in opened) throw new Error('refused');
  return { runtime, session: opened.session, told, closed };
}

test('a request that comes while its session is ending is counted: its connection is closed, and it was never taken', () => {
  const { runtime, session, told, closed } = openOne();
  // The supervisor is at work when observers hear of the end: what is fed to it now waits in its mailbox.
  runtime.observe(({ type }) => {
    if (type === 'state-changed') session.client.receive(call);
  });
  session.server.closed();
  expect([told, closed]).toEqual([[], ['upstream-exhausted']]);
  expect(runtime.totals().unplacedEvents).toBe(1);
});

test('a request that comes while the last words to a slow client still wait is answered behind them', () => {
  const { runtime, session, told } = openOne({ isSlow: true });
  session.client.receive(call);
  session.client.receive(call);
  session.close();
  session.client.receive(call);
  session.client.drained();
  const codes = told.map((message) => (message as { error: { data: { code?: string } } }).error.data.code);
  expect(codes).toEqual(['INVALID_REQUEST', 'SESSION_NOT_FOUND', 'SESSION_NOT_FOUND']);
  expect(runtime.totals().unplacedEvents).toBe(1);
});

test('a request that comes after the runtime has stopped is counted, though nobody can be told any more', async () => {
  const { runtime, session, told } = openOne();
  await runtime.stop();
  session.client.receive(call);
  expect(told).toEqual([]);
  expect(runtime.totals().unplacedEvents).toBe(1);
});
