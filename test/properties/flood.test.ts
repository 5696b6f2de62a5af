/**
 * S7, P16: whatever is asked, however often, no table grows past its limit, who is refused is told which limit it was, and
 * when ordinary traffic has filled its share a ping or a handshake still passes, until they are the flood themselves.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Direction } from '../../src/protocol/envelope.ts';
import type { Limits } from '../../src/session/limits.ts';
import { expectEverybodyTold, expectExactLedger, expectNothingLeft, expectOneOutcomeEach } from './laws.ts';
import { type Message, type Pair, World, runs } from './world.ts';

type BudgetName = 'ordinary' | 'reserved' | 'listen' | 'question';

const budgetOf: Readonly<Record<string, BudgetName>> = {
  'tools/call': 'ordinary',
  'x/anything': 'ordinary',
  'server/discover': 'ordinary',
  ping: 'reserved',
  initialize: 'reserved',
  shutdown: 'ordinary',
  'subscriptions/listen': 'listen',
};

interface Ask {
  readonly session: number;
  readonly by: Direction;
  readonly method: string;
  /** Instead of asking: cancel the n-th request that waits. */
  readonly cancels: number | undefined;
}

const ask: fc.Arbitrary<Ask> = fc.record({
  session: fc.nat(2),
  by: fc.constantFrom<Direction>('client-to-server', 'client-to-server', 'client-to-server', 'server-to-client'),
  method: fc.constantFrom(...Object.keys(budgetOf), 'tools/call', 'tools/call'),
  cancels: fc.option(fc.nat(5), { nil: undefined, freq: 8 }),
});

const limits = {
  pendingPerSession: 5,
  pendingTotal: 8,
  reservedPerSession: 2,
  reservedTotal: 3,
  listensPerSession: 1,
  listensTotal: 2,
  questionsPerSession: 2,
  questionsTotal: 4,
  heldFramesPerSession: 4,
  heldBytesPerSession: 400,
} as const satisfies Partial<Limits>;

const perSession = {
  ordinary: limits.pendingPerSession,
  reserved: limits.reservedPerSession,
  listen: limits.listensPerSession,
  question: limits.questionsPerSession,
};
const inAll = {
  ordinary: limits.pendingTotal,
  reserved: limits.reservedTotal,
  listen: limits.listensTotal,
  question: limits.questionsTotal,
};

/** How many of one session's requests wait, by what they draw on. */
function waiting(pair: Pair): Record<BudgetName, number> {
  const counts = { ordinary: 0, reserved: 0, listen: 0, question: 0 };
  for (const { budget } of pair.session.snapshot().pending) counts[budget]++;
  return counts;
}

/** Sends one request and says what its sender heard of it at once. */
function send(pair: Pair, by: Direction, id: number, method: string): Message | undefined {
  const ear = pair.earOf(by);
  ear.take();
  pair.ask(by, { id, method, params: {} });
  return ear.heard.find((message) => message.method === undefined && message.id === id);
}

describe('a flood', () => {
  test('S7 P16 stays within every limit, and who is refused is told the limit that he met', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(ask, { maxLength: 60, size: 'max' }), (isServerThere, asks) => {
        const world = new World({ limits });
        const pairs = [world.open(), world.open(), world.open()];
        if (isServerThere) for (const pair of pairs) pair.server.becomeReady();
        asks.forEach(({ session, by, method, cancels }, number) => {
          const pair = pairs[session]!;
          const { pending } = pair.session.snapshot();
          if (cancels !== undefined && pending.length > 0) {
            const { id, direction } = pending[cancels % pending.length]!;
            pair.from(direction, { method: 'notifications/cancelled', params: { requestId: id } });
            return;
          }
          if (by === 'server-to-client' && !isServerThere) return;
          const budget = by === 'server-to-client' ? 'question' : budgetOf[method]!;
          const used = waiting(pair)[budget];
          const total = world.runtime.totals().pending[budget];
          const held = pair.session.snapshot().held.length;
          const answer = send(pair, by, number, method);
          const hasRoom = used < perSession[budget] && total < inAll[budget];
          const isQueueFull = !isServerThere && held >= limits.heldFramesPerSession;
          if (isQueueFull) {
            expect(answer?.error).toMatchObject({ code: 4290, data: { scope: 'held', current: held } });
          } else if (hasRoom) expect(answer).toBeUndefined();
          else {
            const isSession = used >= perSession[budget];
            expect(answer?.error).toMatchObject({
              code: 4290,
              data: isSession
                ? { scope: 'session', current: used, limit: perSession[budget], retryAfterMs: 1000 }
                : { scope: 'total', current: total, limit: inAll[budget], retryAfterMs: 1000 },
            });
          }
          for (const name of ['ordinary', 'reserved', 'listen', 'question'] as const) {
            expect(waiting(pair)[name]).toBeLessThanOrEqual(perSession[name]);
            expect(world.runtime.totals().pending[name]).toBeLessThanOrEqual(inAll[name]);
          }
          expectExactLedger(world);
        });
        for (const pair of pairs) pair.session.close();
        for (const pair of pairs) {
          expectOneOutcomeEach(pair);
          expectEverybodyTold(pair);
        }
        expectNothingLeft(world);
      }),
      runs(60),
    );
  });

  test('S7 holds no more frames, and no more bytes, than a session may hold', () => {
    const says = fc.record({ size: fc.nat(300), isRequest: fc.boolean() });
    fc.assert(
      fc.property(fc.array(says, { maxLength: 30 }), (sentences) => {
        const world = new World({ limits });
        const pair = world.open();
        sentences.forEach(({ size, isRequest }, number) => {
          const params = { text: 'x'.repeat(size) };
          if (isRequest) pair.ask('client-to-server', { id: number, method: 'tools/call', params });
          else pair.fromClient({ method: 'notifications/message', params });
          const { held } = pair.session.snapshot();
          expect(held.length).toBeLessThanOrEqual(limits.heldFramesPerSession);
          expect(held.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(limits.heldBytesPerSession);
        });
        const { counts, held } = pair.session.snapshot();
        const notes = sentences.filter(({ isRequest }) => !isRequest).length;
        expect(counts.dropped).toBe(notes - held.filter(({ kind }) => kind === 'notification').length);
        pair.session.close();
        expectOneOutcomeEach(pair);
        expectEverybodyTold(pair);
      }),
      runs(100),
    );
  });

  test('S7 P16 of fifty thousand requests that nobody answers keeps a thousand, and lets a ping through', () => {
    const world = new World({ checksInvariants: false });
    const pair = world.open();
    pair.shake();
    for (let id = 0; id < 50_000; id++) pair.fromClient({ id, method: 'tools/call' });
    expect(waiting(pair)).toEqual({ ordinary: 1000, reserved: 0, listen: 0, question: 0 });
    const { counts } = pair.session.snapshot();
    expect([counts.refusedPerSession, counts['outcome.refused']]).toEqual([49_000, 49_000]);
    expect(pair.server.ear.heard).toHaveLength(1000);
    expect(pair.client.take().every(({ error }) => error?.code === 4290)).toBe(true);

    pair.fromClient({ id: 'alive?', method: 'ping' });
    pair.fromServer({ id: 'alive?', result: {} });
    expect(pair.client.take()).toEqual([{ jsonrpc: '2.0', id: 'alive?', result: {} }]);
    pair.fromClient({ method: 'notifications/cancelled', params: { requestId: 0 } });
    expect(send(pair, 'client-to-server', 60_000, 'tools/call')).toBeUndefined();
  });

  test('S7 of pings is refused itself, and leaves the ordinary share alone', () => {
    const world = new World({ limits });
    const [loud, other] = [world.open(), world.open()];
    for (const pair of [loud, other]) pair.shake();
    const answers = [1, 2, 3].map((id) => send(loud, 'client-to-server', id, 'ping')?.error?.data?.['scope']);
    expect(answers).toEqual([undefined, undefined, 'session']);
    expect(send(other, 'client-to-server', 1, 'ping')).toBeUndefined();
    expect(send(other, 'client-to-server', 2, 'ping')?.error?.data?.['scope']).toBe('total');
    expect(send(loud, 'client-to-server', 4, 'tools/call')).toBeUndefined();
  });
});
