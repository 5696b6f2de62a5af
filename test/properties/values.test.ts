/** A session that is fed with values does what a session does that is fed with the same messages as bytes. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRuntime, type PeerLink, type RuntimeSession } from '../../src/index.ts';
import { encodeText } from '../../src/protocol/text.ts';
import { valueOf } from '../../src/adapters/slices.ts';

const ids = fc.constantFrom<unknown>(1, 2, '1', 'a', null, 1.5);
const params = fc.oneof(
  fc.record({ _meta: fc.record({ progressToken: fc.constantFrom<unknown>(1, 'a') }) }),
  fc.record({ requestId: ids }),
  fc.record({ progressToken: fc.constantFrom<unknown>(1, 'a'), progress: fc.nat() }),
  fc.constant({}),
);
const methods = fc.constantFrom(
  'initialize',
  'tools/call',
  'ping',
  'notifications/initialized',
  'notifications/cancelled',
  'notifications/progress',
  'shutdown',
);
const jsonrpc = fc.constantFrom('2.0', '2.0', '2.0', '1.0');
const messages = fc.oneof(
  fc.record({ jsonrpc, id: ids, method: methods, params }),
  fc.record({ jsonrpc, method: methods, params }),
  fc.record({
    jsonrpc,
    id: ids,
    result: fc.constantFrom<object>({}, { protocolVersion: '2025-11-25', capabilities: {} }),
  }),
  fc.record({ jsonrpc, id: ids, error: fc.constant({ code: 1, message: 'no' }) }),
  fc.constantFrom<unknown>(null, 'text', { jsonrpc: '2.0' }),
);
const conversations = fc.array(fc.record({ from: fc.constantFrom('client', 'server'), message: messages }), {
  maxLength: 40,
});

function session(takesValues: boolean) {
  const heard: unknown[] = [];
  const link = (name: string): PeerLink => ({
    write: (message) => heard.push([name, valueOf(message)]) > 0,
    ...(takesValues ? { writeValue: (message: object) => heard.push([name, message]) > 0 } : {}),
    pause: () => {},
    close: () => void heard.push([name, 'closed']),
  });
  const runtime = createRuntime({
    ids: { sessionId: () => 's' },
    checksInvariants: true,
    limits: { pendingPerSession: 3 },
    clock: { now: () => 0, wallTime: () => 0, setTimeout: () => 0, clearTimeout: () => {} },
  });
  const opened = runtime.open({ transportType: 'in-memory', client: link('client'), server: link('server') });
  if ('refusal' in opened) throw new Error(opened.refusal.code);
  return { heard, opened: opened.session };
}

function countsOf(opened: RuntimeSession): object {
  const { counts, pending, state } = opened.snapshot();
  return { counts, pending, state };
}

test('values and bytes are told apart by nothing that a peer hears or a session counts', () => {
  fc.assert(
    fc.property(conversations, (conversation) => {
      const [byBytes, byValues, mixed] = [session(false), session(true), session(false)];
      for (const { from, message } of conversation) {
        const side = from === 'client' ? 'client' : 'server';
        byBytes.opened[side].receive(encodeText(JSON.stringify(message)));
        byValues.opened[side].receiveValue(message);
        mixed.opened[side].receiveValue(message);
      }
      expect(byValues.heard).toEqual(byBytes.heard);
      expect(mixed.heard).toEqual(byBytes.heard);
      expect(countsOf(byValues.opened)).toEqual(countsOf(byBytes.opened));
    }),
    { numRuns: 80 },
  );
});
