import { describe, expect, test } from 'vitest';
import { judge } from '../../../src/testing/laws/laws.ts';
import type { History, HistoryEvent, WireMessage } from '../../../src/testing/play/history.ts';
import { withMark } from '../../../src/testing/play/marks.ts';
import type { TargetFacts } from '../../../src/testing/play/target.ts';

type Told = HistoryEvent extends infer Each ? (Each extends HistoryEvent ? Omit<Each, 'seq' | 'at'> : never) : never;

/** Events in their order. What we say has its place as its mark. */
const historyOf = (...told: readonly Told[]): History =>
  told.map((event, seq) => {
    const written = { ...event, seq, at: seq } as HistoryEvent;
    return written.type === 'sent' ? { ...written, message: withMark(written.message, seq) } : written;
  });
const on = (connection: number, role: 'client' | 'server'): Told => ({ type: 'connected', connection, role });
const sent = (connection: number, message: WireMessage, about?: number): Told => ({
  type: 'sent',
  connection,
  message: { jsonrpc: '2.0', ...message },
  ...(about === undefined ? {} : { about }),
});
const received = (connection: number, message: WireMessage, via?: number): Told => ({
  type: 'received',
  connection,
  message: { jsonrpc: '2.0', ...message },
  ...(via === undefined ? {} : { via }),
});
const settled: Told = { type: 'settled' };
const http: TargetFacts = { kind: 'server', era: 'session', isHttp: true };
const proxy: TargetFacts = { kind: 'proxy', era: 'session', isHttp: false };

/** What the law says: how often it could have been broken, and where it was. */
function says(id: string, history: History, facts: TargetFacts): unknown {
  const ruling = judge(history, facts).find(({ law }) => law.id === id);
  return ruling && { exercised: ruling.judgement.exercised, at: ruling.judgement.violations.map(({ at }) => at) };
}

const call = sent(0, { id: 1, method: 'tools/list' });
const cancel = sent(0, { method: 'notifications/cancelled', params: { requestId: 1 } }, 1);
const over = (status: number): Told => ({ type: 'exchange-ended', connection: 0, of: 1, status });

describe('on HTTP', () => {
  test('a response that ends without the answer breaks a law, and one that says why does not', () => {
    expect(says('stream-end', historyOf(on(0, 'client'), call, over(200), settled), http)).toEqual({
      exercised: 1,
      at: [[1, 2]],
    });
    expect(says('stream-end', historyOf(on(0, 'client'), call, over(404), settled), http)).toMatchObject({ at: [] });
    const answered = historyOf(on(0, 'client'), call, received(0, { id: 1, result: {} }, 1), over(200), settled);
    expect(says('stream-end', answered, http)).toEqual({ exercised: 1, at: [] });
    expect(says('one-outcome', historyOf(on(0, 'client'), call, over(404), settled), http)).toMatchObject({ at: [] });
  });

  test('the response to what was cancelled has to end', () => {
    expect(says('cancel-ends-exchange', historyOf(on(0, 'client'), call, cancel, settled), http)).toEqual({
      exercised: 1,
      at: [[1, 2, 3]],
    });
    const ended = historyOf(on(0, 'client'), call, cancel, over(200), settled);
    expect(says('cancel-ends-exchange', ended, http)).toEqual({ exercised: 1, at: [] });
  });

  test('a cancellation that may have come before what it names need not end it', () => {
    const front: TargetFacts = { ...http, kind: 'proxy' };
    const passedOn = received(1, withMark({ id: 7, method: 'tools/list' }, 1));
    const cancelledAtServer = received(1, { method: 'notifications/cancelled', params: { requestId: 7 } });
    const all = [on(0, 'client'), call, on(1, 'server')];
    const broken = (...rest: readonly Told[]) => says('cancel-ends-exchange', historyOf(...all, ...rest), front);
    expect(broken(passedOn, cancel, settled)).toEqual({ exercised: 1, at: [[1, 4, 5]] });
    expect(broken(cancel, passedOn, settled)).toEqual({ exercised: 0, at: [] });
    expect(broken(cancel, passedOn, cancelledAtServer, settled)).toEqual({ exercised: 1, at: [[1, 3, 6]] });
  });

  test('a response in the HTTP response to another request is not its own', () => {
    const other = sent(0, { id: 2, method: 'tools/list' });
    const crossed = historyOf(on(0, 'client'), call, other, received(0, { id: 1, result: {} }, 2), settled);
    expect(says('own-response', crossed, http)).toEqual({ exercised: 1, at: [[1, 2, 3]] });
  });

  test('laws that only HTTP can break are not said of other transports, nor the order of messages of HTTP', () => {
    const ids = (facts: TargetFacts) => judge([], facts).map(({ law }) => law.id);
    expect(ids({ ...proxy, isHttp: true })).not.toContain('order');
    expect(ids(proxy)).not.toContain('stream-end');
  });
});

describe('on any transport', () => {
  test('what is said after the end breaks a law, whoever has ended it', () => {
    const gone: Told = { type: 'disconnected', connection: 0, by: 'us' };
    const history = historyOf(on(0, 'client'), gone, received(0, { method: 'notifications/message' }));
    expect(says('silent-after-close', history, proxy)).toEqual({ exercised: 1, at: [[1, 2]] });
  });

  test('an id that was used before breaks a law, unless it is passed on for who used it twice', () => {
    const ask = received(0, { id: 1, method: 'ping' });
    expect(says('fresh-ids', historyOf(on(0, 'client'), ask, ask), proxy)).toEqual({ exercised: 2, at: [[1, 2]] });
    const passed = (mark: number) => received(0, withMark({ id: 1, method: 'ping' }, mark));
    const twice = sent(1, { id: 1, method: 'ping' });
    const history = historyOf(on(0, 'client'), on(1, 'server'), twice, passed(2), twice, passed(4));
    expect(says('fresh-ids', history, proxy)).toEqual({ exercised: 2, at: [] });
  });

  test('what was lost by the network is missed by nobody', () => {
    const lost: Told = { type: 'network', connection: 0, deed: 'dropped', of: 1 };
    const facts: TargetFacts = { ...http, isHttp: false };
    expect(says('one-outcome', historyOf(on(0, 'client'), call, lost, settled), facts)).toMatchObject({ at: [] });
    expect(says('one-outcome', historyOf(on(0, 'client'), call, settled), facts)).toEqual({
      exercised: 1,
      at: [[1, 2]],
    });
  });
});

test('a proxy that passes on what a client says whose handshake has failed breaks no law, and one that forgets the handshake does', () => {
  const hello = sent(0, { id: 1, method: 'initialize' });
  const before = [on(0, 'client'), hello, on(1, 'server')];
  const notice = { method: 'notifications/roots/list_changed' };
  const passedOn = received(1, { ...notice, params: { _meta: { 'ninelives/mark': 4 } } });
  const failed = received(0, { id: 1, error: { code: 5020, message: 'gone' } });
  const done = received(0, { id: 1, result: {} });
  expect(says('handshake-first', historyOf(...before, failed, sent(0, notice), passedOn), proxy)).toMatchObject({
    at: [],
  });
  expect(says('handshake-first', historyOf(...before, done, sent(0, notice), passedOn), proxy)).toMatchObject({
    at: [[5]],
  });
});
