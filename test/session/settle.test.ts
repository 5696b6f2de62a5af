import { describe, expect, test } from 'vitest';
import type { FaultKind, ReadFault } from '../../src/protocol/faults.ts';
import type { Effect } from '../../src/session/effects.ts';
import type { EffectFailed, FrameMalformed, Loss } from '../../src/session/events.ts';
import { endAs } from '../../src/session/notes.ts';
import type { EndReason } from '../../src/session/outcomes.ts';
import { replayHandshake } from '../../src/session/recovery.ts';
import type { SessionRecord } from '../../src/session/record.ts';
import {
  answerMalformed,
  compensate,
  noteVerdict,
  expireRequest,
  findAnswered,
  settleAll,
  settleAllAsLost,
} from '../../src/session/settle.ts';
import {
  answer,
  blocked,
  commit,
  countsOf,
  forwardVerdict,
  frameOf,
  fromClient,
  fromServer,
  mocked,
  notification,
  openSession,
  receive,
  refusals,
  remarksOf,
  request,
  type Session,
  settlements,
  waitingIds,
  written,
} from './fixtures.ts';

const failure = { error: { code: 1, message: 'no' } };
const undecided = { verdict: 'awaited' } as const;

/** The unit's view of what an answer would find, outside of any unit. */
function answered(record: SessionRecord, id: string | number): unknown {
  return findAnswered(record, fromServer, id)?.id;
}

describe('an answer', () => {
  test('finds the request that travelled the other way, under the very same id', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call'));
    receive(record, request('q', 'roots/list', undefined, { from: fromServer }));
    expect([answered(record, 1), answered(record, '1'), answered(record, 'q')]).toEqual([1, undefined, undefined]);
    expect(findAnswered(record, fromClient, 'q')?.id).toBe('q');
  });

  test('finds no request that is still held: it has reached nobody', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call', undefined, undecided));
    expect(answered(record, 1)).toBeUndefined();
  });

  test('late, to an id that its client uses again meanwhile, does not settle the new request', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call'));
    receive(record, notification('notifications/cancelled', { requestId: 1 }));
    receive(record, request(1, 'tools/call', undefined, { ticket: 3, ...undecided }));
    expect(receive(record, answer(1, { ticket: 4 }))).toEqual([]);
    expect([waitingIds(record), remarksOf(record)]).toEqual([
      [1],
      { held: 1, lateResponses: 1, 'outcome.cancelled': 1 },
    ]);
  });

  test.each([
    [{}, 'result'],
    [failure, 'error'],
  ] as const)('%o gives its request the outcome %s, and goes to who asked', (how, outcome) => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call'));
    const event = answer(1, how);
    const effects = receive(record, event);
    expect(settlements(effects)).toEqual([[1, outcome]]);
    expect(effects.at(-1)).toMatchObject({ type: 'send', direction: fromServer, message: [event.frame.bytes] });
    expect(remarksOf(record)).toEqual({ [`outcome.${outcome}`]: 1 });
  });

  test('that interceptors changed goes on, and counts, as it became', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call'));
    const changed = frameOf({ id: 1, ...failure });
    const effects = receive(record, answer(1, { verdict: forwardVerdict(changed) }));
    expect(settlements(effects)).toEqual([[1, 'error']]);
    expect(effects.at(-1)).toMatchObject({ message: [changed.bytes] });
  });

  test('that interceptors block becomes their refusal; one they replace becomes theirs', () => {
    const { record } = openSession();
    for (const id of [1, 2, 3]) receive(record, request(id, 'tools/call'));
    const effects = [
      receive(record, answer(1, { verdict: blocked })),
      receive(record, answer(2, { verdict: mocked({ result: { safe: true } }) })),
      receive(record, answer(3, { verdict: mocked(failure) })),
    ].flat();
    expect(settlements(effects)).toEqual([
      [1, 'refused'],
      [2, 'result'],
      [3, 'error'],
    ]);
    expect(written(effects)).toMatchObject([
      { to: 'client', message: { id: 1, error: { data: { code: 'BLOCKED' } } } },
      { to: 'client', message: { id: 2, result: { safe: true } } },
      { to: 'client', message: { id: 3, error: { code: 1 } } },
    ]);
  });

  test('nobody waits for goes no further, and is counted by what it is (R4, R5)', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call'));
    receive(record, answer(1));
    receive(record, request(2, 'tools/call'));
    receive(record, notification('notifications/cancelled', { requestId: 2 }));
    const effects = [answer(1), answer(2), answer(3), answer(3, { from: fromClient })].flatMap((event) =>
      receive(record, event),
    );
    expect(effects).toEqual([]);
    expect(remarksOf(record)).toMatchObject({ duplicateResponses: 1, lateResponses: 1, bogusResponses: 2 });
  });

  test('to a request of our own is consumed here, whatever interceptors say', () => {
    for (const verdict of [undefined, blocked, mocked({ result: {} })]) {
      const { record } = recovering();
      const [id] = waitingIds(record);
      const effects = receive(record, answer(id!, verdict === undefined ? failure : { ...failure, verdict }));
      expect(effects).toEqual([]);
      expect(waitingIds(record)).toEqual([]);
    }
  });

  test('R6 that names no request is passed on, unless interceptors stop it', () => {
    const { record } = openSession();
    const event = answer(null, { error: { code: -32700, message: 'unreadable' } });
    const changed = frameOf({ id: null, error: { code: -32700, message: 'hidden' } });
    expect(written(receive(record, event))).toMatchObject([
      { to: 'client', message: { error: { message: 'unreadable' } } },
    ]);
    expect(written(receive(record, { ...event, verdict: forwardVerdict(changed) }))).toMatchObject([
      { to: 'client', message: { error: { message: 'hidden' } } },
    ]);
    // It waits behind what was written before it, as every message of a peer does.
    expect(receive(record, event)).toMatchObject([{ type: 'send' }]);
    expect(receive(record, { ...event, verdict: blocked })).toEqual([]);
    expect(receive(record, { ...event, verdict: mocked({ result: {} }) })).toEqual([]);
    expect(remarksOf(record)).toMatchObject({ errorsWithoutId: 5, blocked: 1, mocked: 1, dropped: 2 });
  });
});

/** A session whose server came back and was sent the handshake again: one request of our own waits. */
function recovering(): Session {
  const session = openSession();
  const { record } = session;
  receive(record, request(1, 'initialize', { protocolVersion: '2025-11-25' }));
  receive(record, answer(1, { result: { protocolVersion: '2025-11-25', capabilities: {} } }));
  commit(record, replayHandshake, { type: 'upstream.ready', at: 0 });
  return session;
}

test('what interceptors made of a frame is counted by what it was', () => {
  const { record } = openSession();
  const passed = forwardVerdict(frameOf({ method: 'x' }));
  const verdicts = [
    undefined,
    passed,
    { ...passed, steps: [{ interceptor: 'a', action: 'continue' } as const] },
    {
      ...passed,
      steps: [{ interceptor: 'a', action: 'continue' } as const, { interceptor: 'b', action: 'modify' } as const],
    },
    blocked,
    { ...blocked, refusal: { code: 'INTERCEPTOR_FAILED' as const, data: {} } },
    mocked({ result: {} }),
  ];
  for (const verdict of verdicts) commit(record, () => noteVerdict(record, verdict), { at: 0 });
  expect(countsOf(record)).toEqual({ modified: 1, blocked: 1, interceptorFailures: 1, mocked: 1 });
});

describe('a request that is due', () => {
  const times = { requestIdleMs: 300, requestAbsoluteMs: 1000 };

  function expire(record: SessionRecord, id: string | number, at: number, direction = fromClient): readonly Effect[] {
    const entry = record.pending.get(direction, id)!;
    return commit(record, expireRequest, { type: 'request.expired', at, entry });
  }

  test('ends with a timeout that says which deadline it was, and its server is told to stop', () => {
    const { record } = openSession({ times });
    receive(record, request(1, 'tools/call', { _meta: { progressToken: 'p' } }, { at: 10 }));
    receive(record, notification('notifications/progress', { progressToken: 'p' }, { from: fromServer, at: 200 }));
    expect(expire(record, 1, 499)).toEqual([]);
    const effects = expire(record, 1, 500.4);
    expect(settlements(effects)).toEqual([[1, 'timeout']]);
    expect(refusals(effects, 'client')).toEqual([
      { id: 1, code: 'REQUEST_TIMEOUT', deadline: 'idle', elapsedMs: 490, method: 'tools/call' },
    ]);
    expect(written(effects).at(-1)).toEqual({
      to: 'server',
      message: {
        jsonrpc: '2.0',
        method: 'notifications/cancelled',
        params: { requestId: 1, reason: 'The request timed out' },
      },
    });
  });

  test('of the server ends likewise, and its client is told to stop', () => {
    const { record } = openSession({ times });
    receive(record, request('q', 'roots/list', undefined, { from: fromServer }));
    const effects = expire(record, 'q', 1000, fromServer);
    expect(refusals(effects, 'server')).toMatchObject([{ id: 'q', deadline: 'absolute' }]);
    expect(effects.filter(({ type }) => type === 'cancel')).toHaveLength(1);
  });

  test('P7 is not due as long as its progress goes on, until its absolute deadline', () => {
    const { record } = openSession({ times });
    receive(record, request(1, 'tools/call', { _meta: { progressToken: 'p' } }));
    for (const at of [250, 500, 750, 950]) {
      receive(record, notification('notifications/progress', { progressToken: 'p' }, { from: fromServer, at }));
    }
    expect(expire(record, 1, 999)).toEqual([]);
    expect(refusals(expire(record, 1, 1000), 'client')).toMatchObject([{ deadline: 'absolute', elapsedMs: 1000 }]);
  });

  test('S3 meets its answer in either order, and has one outcome', () => {
    const first = openSession({ times }).record;
    receive(first, request(1, 'tools/call'));
    const entry = first.pending.get(fromClient, 1)!;
    receive(first, answer(1, { at: 5 }));
    expect(commit(first, expireRequest, { type: 'request.expired', at: 9000, entry })).toEqual([]);
    const second = openSession({ times }).record;
    receive(second, request(1, 'tools/call'));
    expire(second, 1, 300);
    expect(receive(second, answer(1, { at: 301 }))).toEqual([]);
    expect([remarksOf(first), remarksOf(second)]).toEqual([
      { 'outcome.result': 1 },
      { 'outcome.timeout': 1, lateResponses: 1 },
    ]);
  });

  test('and never left is taken from its queue; the server hears nothing of it', () => {
    const { record } = openSession({ times });
    receive(record, request(1, 'tools/call', undefined, undecided));
    const effects = expire(record, 1, 300);
    expect(written(effects).map(({ to }) => to)).toEqual(['client']);
    expect(record.held.size).toBe(0);
  });

  test('is never called off when it is the handshake', () => {
    const { record } = openSession({ times: { initializeMs: 100 } });
    receive(record, request(1, 'initialize'));
    expect(written(expire(record, 1, 100)).map(({ to }) => to)).toEqual(['client']);
  });

  test('is not called off where nobody listens any more', () => {
    const { record } = openSession({ times });
    receive(record, request('q', 'roots/list', undefined, { from: fromServer }));
    record.isClientGone = true;
    expect(expire(record, 'q', 1000, fromServer).map(({ type }) => type)).toEqual(['settled', 'send']);
  });
});

describe('the loss of the server', () => {
  const loss: Loss = { reason: 'exited', exitCode: 3, signal: null, lastStderr: ['boom'], willRestart: true };
  const lose = (record: SessionRecord, how: Partial<Loss> = {}) =>
    commit(record, settleAllAsLost, { type: 'upstream.lost', at: 0, loss: { ...loss, ...how } });

  test('ends what it was asked, with what is known of its end', () => {
    const { record } = openSession();
    for (const id of [1, 2]) receive(record, request(id, 'tools/call'));
    const effects = lose(record);
    expect(settlements(effects)).toEqual([
      [1, 'upstream-lost'],
      [2, 'upstream-lost'],
    ]);
    expect(refusals(effects, 'client')).toEqual(
      [1, 2].map((id) => ({
        id,
        code: 'UPSTREAM_LOST',
        reason: 'exited',
        exitCode: 3,
        signal: null,
        lastStderr: ['boom'],
      })),
    );
    expect(countsOf(record)).toMatchObject({ upstreamLosses: 1, 'outcome.upstream-lost': 2 });
  });

  test('says nothing of stderr where there is none', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call'));
    const [refused] = refusals(lose(record, { lastStderr: [], signal: 'SIGKILL', exitCode: null }), 'client');
    expect(refused).toEqual({ id: 1, code: 'UPSTREAM_LOST', reason: 'exited', exitCode: null, signal: 'SIGKILL' });
  });

  test('says why in words, where somebody knows them', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call'));
    const [refused] = refusals(lose(record, { reason: 'unreachable', detail: 'Nobody listens' }), 'client');
    expect(refused).toMatchObject({ reason: 'unreachable', detail: 'Nobody listens' });
  });

  test("makes its own questions nobody's: the client is told to stop, but about what it never saw or has answered", () => {
    const { record } = openSession();
    receive(record, request('a', 'roots/list', undefined, { from: fromServer, ticket: 1 }));
    receive(record, request('b', 'roots/list', undefined, { from: fromServer, ticket: 2 }));
    receive(record, answer('b', { from: fromClient, ticket: 3, ...undecided }));
    receive(record, request('c', 'roots/list', undefined, { from: fromServer, ticket: 4, ...undecided }));
    const effects = lose(record);
    expect(settlements(effects).map(([id]) => id)).toEqual(['a', 'b', 'c']);
    expect(written(effects)).toMatchObject([
      { to: 'client', message: { method: 'notifications/cancelled', params: { requestId: 'a' } } },
    ]);
    expect([record.held.size, waitingIds(record)]).toEqual([0, []]);
  });

  test('leaves what it never saw to the server that comes back; where none comes, it ends too', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call', undefined, undecided));
    receive(record, notification('x', undefined, { ticket: 2 }));
    expect(settlements(lose(record))).toEqual([]);
    expect([waitingIds(record), record.held.size]).toEqual([[1], 2]);
    expect(settlements(lose(record, { willRestart: false }))).toEqual([[1, 'upstream-lost']]);
  });

  test('during a recovery ends our own request, and nobody is told', () => {
    const { record } = recovering();
    const effects = lose(record);
    expect([effects, waitingIds(record)]).toEqual([[], []]);
  });
});

describe('S1 the end of a session', () => {
  const ended = (record: SessionRecord, reason: EndReason): readonly Effect[] =>
    commit(
      record,
      () => {
        endAs(reason)(record);
        record.unit.enter('failed');
        settleAll(record);
      },
      { at: 100 },
    );

  test.each<[EndReason, string, object | undefined]>([
    ['client-closed', 'client-gone', { code: 'SESSION_NOT_FOUND', reason: 'client-closed' }],
    ['client-gone', 'client-gone', undefined],
    ['upstream-lost', 'upstream-lost', { code: 'UPSTREAM_LOST', reason: 'upstream-lost' }],
    ['upstream-exhausted', 'upstream-lost', { code: 'UPSTREAM_LOST', reason: 'upstream-exhausted' }],
    ['upstream-changed', 'upstream-lost', { code: 'UPSTREAM_LOST', reason: 'upstream-changed' }],
    ['recovery-deadline', 'upstream-lost', { code: 'UPSTREAM_LOST', reason: 'recovery-deadline' }],
    ['initialize-timeout', 'timeout', { code: 'REQUEST_TIMEOUT', deadline: 'initialize-timeout' }],
    ['drain-deadline', 'timeout', { code: 'REQUEST_TIMEOUT', deadline: 'drain-deadline' }],
    ['age', 'timeout', { code: 'REQUEST_TIMEOUT', deadline: 'age' }],
    ['idle', 'timeout', { code: 'REQUEST_TIMEOUT', deadline: 'idle' }],
    ['drained', 'refused', { code: 'DRAINING', executed: 'unknown', reason: 'drained' }],
    ['shutdown-agreed', 'refused', { code: 'DRAINING', executed: 'unknown', reason: 'shutdown-agreed' }],
    ['closed-by-operator', 'refused', { code: 'SESSION_NOT_FOUND', reason: 'closed-by-operator' }],
    ['buffer-full', 'refused', { code: 'SESSION_NOT_FOUND', reason: 'buffer-full' }],
    ['evicted', 'refused', { code: 'SESSION_NOT_FOUND', reason: 'evicted' }],
    ['handed-over', 'upstream-lost', { code: 'OWNER_LOST', executed: 'unknown', reason: 'handed-over' }],
    ['node-fenced', 'upstream-lost', { code: 'OWNER_LOST', executed: 'unknown', reason: 'node-fenced' }],
    ['internal-error', 'refused', { code: 'SESSION_NOT_FOUND', reason: 'internal-error' }],
  ])("as %s gives its client's requests the outcome %s", (reason, outcome, told) => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call'));
    const effects = ended(record, reason);
    expect(settlements(effects)).toEqual([[1, outcome]]);
    expect(refusals(effects, 'client')).toEqual(told === undefined ? [] : [{ id: 1, ...told }]);
    expect(effects.at(-1)).toEqual({ type: 'ended', reason });
  });

  test('leaves nothing: requests of both sides, held frames, timers and the share of the limits are gone', () => {
    const session = openSession();
    const { record, alarms, ledger } = session;
    receive(record, request(1, 'tools/call'));
    receive(record, request(2, 'ping', undefined, { ticket: 2, ...undecided }));
    receive(record, request(3, 'subscriptions/listen', undefined, { ticket: 3, ...undecided }));
    receive(record, notification('x', undefined, { ticket: 4 }));
    receive(record, request('q', 'roots/list', undefined, { from: fromServer, ticket: 5 }));
    receive(record, answer(1, { ticket: 6, ...undecided }));
    receive(record, notification('y', undefined, { from: fromServer, ticket: 7 }));
    const effects = ended(record, 'age');
    expect(settlements(effects)).toEqual([
      [1, 'timeout'],
      [2, 'timeout'],
      [3, 'timeout'],
      ['q', 'client-gone'],
    ]);
    expect(refusals(effects, 'server')).toEqual([{ id: 'q', code: 'SESSION_NOT_FOUND', reason: 'client-gone' }]);
    expect([record.pending.size, record.held.size, alarms.dueAt.size, [...ledger.used]]).toEqual([
      0,
      0,
      0,
      [0, 0, 0, 0],
    ]);
    expect(countsOf(record)).toMatchObject({ dropped: 2 });
  });

  test('does not tell a server that is away, nor about our own requests', () => {
    const { record } = recovering();
    receive(record, request('q', 'roots/list', undefined, { from: fromServer }));
    record.isUpstreamReady = false;
    const effects = ended(record, 'upstream-exhausted');
    expect([settlements(effects), written(effects)]).toEqual([[['q', 'upstream-lost']], []]);
  });

  test('without a reason is a defect of ours, and is told as one', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call'));
    const effects = commit(record, settleAll, { at: 0 });
    expect(refusals(effects, 'client')).toEqual([{ id: 1, code: 'SESSION_NOT_FOUND', reason: 'internal-error' }]);
    expect(effects.at(-1)).toEqual({ type: 'ended', reason: 'internal-error' });
  });
});

describe('S10 an effect that did not reach its peer', () => {
  /** The request is on its way, and its write fails. */
  function failed(cause: EffectFailed['cause'], from = fromClient): readonly [SessionRecord, readonly Effect[]] {
    const { record } = openSession({ limits: { bufferBytesMax: 500 } });
    const [effect] = receive(record, request(1, 'tools/call', undefined, { from }));
    if (effect?.type !== 'send') throw new Error('Nothing was sent');
    return [record, commit(record, compensate, { type: 'effect.failed', at: 0, effect, cause })];
  }

  test('is compensated: the request it carried ends, and who asked is told why', () => {
    const causes = ['buffer-full', 'peer-gone', 'internal-error'] as const;
    const told = causes.map((cause) => {
      const [record, effects] = failed(cause);
      expect(waitingIds(record)).toEqual([]);
      return [...settlements(effects), ...refusals(effects, 'client')];
    });
    expect(told).toEqual([
      [[1, 'refused'], { id: 1, code: 'TOO_MANY_REQUESTS', scope: 'buffer', limit: 500, retryAfterMs: 1000 }],
      [[1, 'upstream-lost'], { id: 1, code: 'UPSTREAM_LOST', reason: 'closed' }],
      [[1, 'refused'], { id: 1, code: 'INTERCEPTOR_FAILED', part: 'session' }],
    ]);
  });

  test("of a server's question that its client never saw is told to the server", () => {
    const [, effects] = failed('peer-gone', fromServer);
    expect(settlements(effects)).toEqual([[1, 'client-gone']]);
    expect(refusals(effects, 'server')).toEqual([{ id: 1, code: 'SESSION_NOT_FOUND', reason: 'client-gone' }]);
  });

  test('is counted, and a full buffer by itself', () => {
    expect(remarksOf(failed('buffer-full')[0])).toEqual({ effectFailures: 1, refusedBuffer: 1, 'outcome.refused': 1 });
    expect(remarksOf(failed('peer-gone')[0])).toEqual({ effectFailures: 1, 'outcome.upstream-lost': 1 });
  });

  test('is only counted for an answer, for a cancellation, and for a request that has ended meanwhile', () => {
    const { record } = openSession();
    const [sent] = receive(record, request(1, 'tools/call'));
    const given = receive(record, answer(1)).at(-1)!;
    receive(record, request(2, 'tools/call'));
    const cancel = receive(record, notification('notifications/cancelled', { requestId: 2 })).at(-1)!;
    receive(record, request(3, 'tools/call'));
    const entry = record.unit.find(fromClient, 3)!;
    const stray = { type: 'cancel', entry, message: [] } as const;
    for (const effect of [sent!, given, cancel, stray]) {
      if (effect.type !== 'send' && effect.type !== 'cancel') throw new Error(`Not a write: ${effect.type}`);
      expect(commit(record, compensate, { type: 'effect.failed', at: 0, effect, cause: 'peer-gone' })).toEqual([]);
    }
    expect([countsOf(record).effectFailures, waitingIds(record)]).toEqual([4, [3]]);
  });
});

describe('bytes that are no message', () => {
  function malformed(fault: Partial<ReadFault>, direction = fromClient): FrameMalformed {
    const whole = {
      fault: 'not-json',
      reason: 'because',
      expectsAnswer: false,
      isAnswer: false,
      idToken: undefined,
    } as const;
    return { type: 'frame.malformed', at: 0, direction, bytes: 10, fault: { ...whole, ...fault } };
  }
  const told = (record: SessionRecord, event: FrameMalformed) => written(commit(record, answerMalformed, event));

  test.each<[FaultKind, string, object]>([
    ['not-json', 'PARSE_ERROR', {}],
    ['invalid-utf8', 'PARSE_ERROR', {}],
    ['too-deep', 'PARSE_ERROR', {}],
    ['frame-too-large', 'FRAME_TOO_LARGE', { limitBytes: 10_485_760 }],
    ['not-an-object', 'INVALID_REQUEST', {}],
    ['invalid-message', 'INVALID_REQUEST', {}],
    ['invalid-id', 'INVALID_REQUEST', {}],
    ['id-too-long', 'INVALID_REQUEST', {}],
    ['empty-batch', 'INVALID_REQUEST', {}],
    ['batch-too-large', 'INVALID_REQUEST', {}],
  ])('%s is answered with %s', (fault, code, more) => {
    const { record } = openSession();
    expect(told(record, malformed({ fault, expectsAnswer: true, idToken: '"a"' }))).toMatchObject([
      { to: 'client', message: { id: 'a', error: { data: { code, reason: 'because', ...more } } } },
    ]);
  });

  test('of a client that waits for an answer are answered, with id null where none could be read', () => {
    const { record } = openSession();
    expect(told(record, malformed({ expectsAnswer: true }))).toMatchObject([{ to: 'client', message: { id: null } }]);
    expect(told(record, malformed({}))).toEqual([]);
    expect(remarksOf(record)).toEqual({ malformedFromClient: 2, 'outcome.refused': 1 });
  });

  test('that are answered have their outcome, which observers see: without a method, and with the id that could be read', () => {
    const { record } = openSession();
    const faults = [
      malformed({ expectsAnswer: true, idToken: '"a"' }),
      malformed({ expectsAnswer: true }),
      malformed({}),
    ];
    const settled = faults.map((event) =>
      commit(record, answerMalformed, event).filter(({ type }) => type === 'settled'),
    );
    const unread = { type: 'settled', outcome: 'refused', elapsedMs: 0 };
    expect(settled).toEqual([
      [{ ...unread, entry: { direction: fromClient, id: 'a', method: '' } }],
      [{ ...unread, entry: { direction: fromClient, id: null, method: '' } }],
      [],
    ]);
  });

  test('of a server are answered where they have an id: noise on its output is no request', () => {
    const { record } = openSession();
    expect(told(record, malformed({ expectsAnswer: true }, fromServer))).toEqual([]);
    expect(told(record, malformed({ expectsAnswer: true, idToken: '4' }, fromServer))).toMatchObject([
      { to: 'server', message: { id: 4, error: { code: -32700 } } },
    ]);
    expect(remarksOf(record)).toEqual({ malformedFromServer: 2, 'outcome.refused': 1 });
  });

  test('that were an answer end the request which waited for it', () => {
    const { record } = openSession();
    for (const id of [0, 1]) receive(record, request(id, 'tools/call'));
    const event = malformed({ fault: 'frame-too-large', isAnswer: true, idToken: '0' }, fromServer);
    const effects = commit(record, answerMalformed, event);
    expect(settlements(effects)).toEqual([[0, 'refused']]);
    expect(refusals(effects, 'client')).toMatchObject([{ id: 0, code: 'FRAME_TOO_LARGE' }]);
    expect(waitingIds(record)).toEqual([1]);
  });

  test('that were an answer end nothing when nobody waits, nobody was named, or the answer is there already', () => {
    const { record } = openSession();
    receive(record, request(1, 'tools/call'));
    receive(record, answer(1, { ticket: 2, ...undecided }));
    receive(record, request(2, 'tools/call', undefined, { ticket: 3, ...undecided }));
    const tokens = ['7', undefined, '1', '2'];
    const effects = tokens.flatMap((idToken) => told(record, malformed({ isAnswer: true, idToken }, fromServer)));
    expect([effects, waitingIds(record)]).toEqual([[], [1, 2]]);
  });
});
