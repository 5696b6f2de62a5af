import { describe, expect, test } from 'vitest';
import {
  isClientGone,
  isDrained,
  isFinalLoss,
  isHandshakeExpired,
  isMessageLost,
  isModernRequest,
  isNewWork,
  isServing,
  isShutdownAgreed,
  isStillExpired,
} from '../../src/session/conditions.ts';
import type { EffectFailed, FrameDecided, Loss } from '../../src/session/events.ts';
import { builtInProfiles } from '../../src/session/profiles.ts';
import {
  answer,
  blocked,
  commit,
  forwardVerdict,
  frameOf,
  fromClient,
  fromServer,
  mocked,
  openSession,
  receive,
  request,
} from './fixtures.ts';

const failure = { error: { code: 1, message: 'no' } };
const lspLike = builtInProfiles.get('lsp-like')!;

function decided(ticket: number, news: FrameDecided['news']): FrameDecided {
  return { type: 'frame.decided', at: 0, ticket, news };
}

test('a request that claims the modern era opens a session by itself; asking who is there does not', () => {
  const { record } = openSession();
  const meta = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } };
  const asked = [
    request(1, 'tools/list', meta),
    request(1, 'server/discover', meta),
    request(1, 'tools/list'),
    request(1, 'tools/list', meta, { from: fromServer }),
  ];
  expect(asked.map((event) => isModernRequest(record, event))).toEqual([true, false, false, false]);
});

test("new work for a draining session is all but the server's questions and pings that reach their server", () => {
  const { record } = openSession();
  const asked = [
    request(1, 'roots/list', {}, { from: fromServer }),
    request(1, 'ping', {}, { from: fromServer }),
    request(1, 'ping'),
    request(1, 'tools/call'),
    request(1, 'vendor/own'),
  ];
  expect(asked.map((event) => isNewWork(record, event))).toEqual([false, false, false, true, true]);
  record.isUpstreamReady = false;
  expect(asked.map((event) => isNewWork(record, event))).toEqual([false, false, true, true, true]);
});

describe('a server serves', () => {
  test('when it answers anything but a ping or a question who it is', () => {
    const methods = ['initialize', 'tools/list', 'ping', 'server/discover'];
    const serving = methods.map((method) => {
      const { record } = openSession();
      receive(record, request(1, method));
      return [isServing(record, answer(1)), isServing(record, answer(1, failure))];
    });
    expect(serving).toEqual([
      [true, false],
      [true, false],
      [false, false],
      [false, false],
    ]);
  });

  test('only by an answer of its own that somebody waits for', () => {
    const { record } = openSession();
    receive(record, request(1, 'initialize'));
    receive(record, request(2, 'roots/list', undefined, { from: fromServer }));
    const strays = [
      answer(7),
      answer(2, { from: fromClient }),
      answer('1'),
      answer(null, failure),
      answer(1, { from: fromClient }),
    ];
    expect(strays.map((event) => isServing(record, event))).toEqual(strays.map(() => false));
  });

  test("as interceptors let the answer through: as it became, not before it is decided, and not in the server's place", () => {
    const { record } = openSession();
    receive(record, request(1, 'initialize'));
    const asError = forwardVerdict(frameOf({ id: 1, ...failure }));
    const asResult = forwardVerdict(frameOf({ id: 1, result: {} }));
    expect(
      [
        answer(1, { verdict: asResult }),
        answer(1, { verdict: asError }),
        answer(1, { ...failure, verdict: asResult }),
        answer(1, { verdict: 'awaited' }),
        answer(1, { verdict: blocked }),
        answer(1, { verdict: mocked({ result: {} }) }),
      ].map((event) => isServing(record, event)),
    ).toEqual([true, false, true, false, false, false]);
  });

  test('when its held answer is let through', () => {
    const { record } = openSession();
    receive(record, request(1, 'initialize'));
    const event = answer(1, { ticket: 2, verdict: 'awaited' });
    receive(record, event);
    const news = [
      forwardVerdict(event.frame),
      forwardVerdict(frameOf({ id: 1, ...failure })),
      blocked,
      'turn',
    ] as const;
    expect(news.map((one) => isServing(record, decided(2, one)))).toEqual([true, false, false, false]);
    expect(isServing(record, decided(3, forwardVerdict(event.frame)))).toBe(false);
    // A second answer to the same request is none.
    expect(isServing(record, answer(1, { ticket: 3 }))).toBe(false);
  });

  test('not when a held request is let through, nor when something comes under the id of one', () => {
    const { record } = openSession();
    const event = request(1, 'tools/call', undefined, { verdict: 'awaited' });
    receive(record, event);
    expect(isServing(record, decided(1, forwardVerdict(event.frame)))).toBe(false);
    expect(isServing(record, answer(1))).toBe(false);
    const question = request(2, 'roots/list', undefined, { from: fromServer, ticket: 2, verdict: 'awaited' });
    receive(record, question);
    expect(isServing(record, decided(2, forwardVerdict(question.frame)))).toBe(false);
  });

  test("not when the client's held answer is let through", () => {
    const { record } = openSession();
    receive(record, request(1, 'roots/list', undefined, { from: fromServer }));
    const event = answer(1, { from: fromClient, ticket: 2, verdict: 'awaited' });
    receive(record, event);
    expect(isServing(record, decided(2, forwardVerdict(event.frame)))).toBe(false);
  });

  test('when the verdict of a delayed answer has been known for a while', () => {
    const { record } = openSession();
    receive(record, request(1, 'initialize'));
    const event = answer(1, { ticket: 2 });
    receive(record, { ...event, verdict: forwardVerdict(event.frame, 50) });
    expect(isServing(record, decided(2, 'delay-over'))).toBe(true);
  });
});

test('a shutdown is agreed by the successful result of a method that the profile names', () => {
  const agreed = [lspLike, builtInProfiles.get('mcp')!].map((profile) => {
    const { record } = openSession({ profile });
    receive(record, request(1, 'shutdown'));
    receive(record, request(2, 'tools/call'));
    return [answer(1), answer(1, failure), answer(2)].map((event) => isShutdownAgreed(record, event));
  });
  expect(agreed).toEqual([
    [true, false, false],
    [false, false, false],
  ]);
});

test("the handshake has expired when the client's initialize is due and still waits", () => {
  const { record } = openSession({ times: { initializeMs: 100 } });
  receive(record, request(1, 'initialize'));
  receive(record, request(2, 'tools/call'));
  receive(record, request(1, 'initialize', undefined, { from: fromServer }));
  const [entry, other] = [record.unit.find(fromClient, 1)!, record.unit.find(fromClient, 2)!];
  const foreign = record.unit.find(fromServer, 1)!;
  const expired = (at: number, which = entry): boolean =>
    isHandshakeExpired(record, { type: 'request.expired', at, entry: which });
  expect([expired(99), expired(100), expired(1e9, other), expired(1e9, foreign)]).toEqual([false, true, false, false]);
  receive(record, answer(1));
  expect(expired(100)).toBe(false);
});

test('a loss is final when nothing is started again; a client is gone when it reads no more', () => {
  const { record } = openSession();
  const loss: Loss = { reason: 'exited', exitCode: 1, signal: null, lastStderr: [], willRestart: true };
  expect(isFinalLoss(record, { type: 'upstream.lost', at: 0, loss })).toBe(false);
  expect(isFinalLoss(record, { type: 'upstream.lost', at: 0, loss: { ...loss, willRestart: false } })).toBe(true);
  expect(isClientGone(record, { type: 'client.closed', at: 0, isGone: true })).toBe(true);
  expect(isClientGone(record, { type: 'client.closed', at: 0, isGone: false })).toBe(false);
});

test('a session is drained when it drains and no request of its client waits, as its unit of work sees it', () => {
  const { record } = openSession();
  expect(isDrained(record)).toBe(false);
  receive(record, request(1, 'tools/call'));
  receive(record, request('q', 'roots/list', undefined, { from: fromServer }));
  commit(record, ({ unit }) => unit.drain(), { at: 0 });
  expect(isDrained(record)).toBe(false);
  const { unit } = record;
  unit.begin(1);
  unit.settle(unit.find(fromClient, 1)!, 'result');
  expect(isDrained(record)).toBe(true);
  unit.rollback();
  expect(isDrained(record)).toBe(false);
});

describe('a session has expired', () => {
  const times = { sessionIdleMs: 100, sessionAgeMs: 500 };
  const expired = (reason: 'idle' | 'age', at: number) => ({ type: 'session.expired', at, reason }) as const;

  test('by its age, whatever it does', () => {
    const { record } = openSession({ times, openedAt: 1000 });
    receive(record, request(1, 'tools/call', undefined, { at: 1450 }));
    expect([1499, 1500].map((at) => isStillExpired(record, expired('age', at)))).toEqual([false, true]);
  });

  test('by its silence, unless it came to life after the timer was set or is busy', () => {
    const { record } = openSession({ times });
    receive(record, request(1, 'tools/call', undefined, { at: 10 }));
    expect(isStillExpired(record, expired('idle', 1000))).toBe(false);
    receive(record, answer(1, { at: 50 }));
    expect([100, 149, 150].map((at) => isStillExpired(record, expired('idle', at)))).toEqual([false, false, true]);
    record.hasOpenStream = true;
    expect(isStillExpired(record, expired('idle', 150))).toBe(false);
  });
});

test('a message is lost when it is no request and its reader has no room for it; a cancellation is no loss', () => {
  const { record } = openSession();
  const [asked] = receive(record, request(1, 'tools/call'));
  const answered = receive(record, answer(1)).at(-1);
  if (asked?.type !== 'send' || answered?.type !== 'send') throw new Error('Nothing was sent');
  const cancel = { type: 'cancel', entry: asked.entry!, message: [] } as const;
  const isLost = (effect: EffectFailed['effect'], cause: EffectFailed['cause']): boolean =>
    isMessageLost(record, { type: 'effect.failed', at: 0, effect, cause });
  expect([asked, answered, cancel].map((effect) => isLost(effect, 'buffer-full'))).toEqual([false, true, false]);
  expect([isLost(answered, 'peer-gone'), isLost(answered, 'internal-error')]).toEqual([false, false]);
});
