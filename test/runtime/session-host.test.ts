import { describe, expect, test } from 'vitest';
import { refusal } from '../../src/errors.ts';
import type { PeerLink, UpstreamLink } from '../../src/ports.ts';
import type { Direction } from '../../src/protocol/envelope.ts';
import { defaultReadLimits } from '../../src/protocol/read.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { InterceptorChain } from '../../src/runtime/interceptor-chain.ts';
import { SessionHost } from '../../src/runtime/session-host.ts';
import { newEntry } from '../../src/session/admission.ts';
import { countsToJson } from '../../src/session/counters.ts';
import type { Effect } from '../../src/session/effects.ts';
import type { SessionEvent } from '../../src/session/events.ts';
import type { InterceptAction, Interceptor } from '../../src/session/interception.ts';
import type { PendingEntry } from '../../src/session/pending.ts';
import { builtInProfiles } from '../../src/session/profiles.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import {
  type SessionOptions,
  fromClient,
  fromServer,
  notification,
  openSession,
  receive,
  request,
} from '../session/fixtures.ts';

/** One side's link: what was written to it, and what else the host asked of it. */
class Link implements UpstreamLink {
  readonly written: string[] = [];
  readonly asked: string[] = [];
  isReading = true;
  isBroken = false;

  write(message: readonly Uint8Array[]): boolean {
    if (this.isBroken) throw new Error('EPIPE');
    this.written.push(message.map((part) => decodeText(part)).join(''));
    return this.isReading;
  }
  pause(isPaused: boolean): void {
    this.asked.push(isPaused ? 'pause' : 'go on');
  }
  close(reason: string): void {
    this.asked.push(`close: ${reason}`);
  }
  closeInput(): void {
    this.asked.push('end of input');
  }
}

/** A host whose session takes every event and does nothing with it. */
class Stage {
  readonly clock = new VirtualClock({ startMs: 50 });
  readonly session;
  readonly client = new Link();
  readonly server = new Link();
  readonly events: SessionEvent[] = [];
  readonly told: string[] = [];
  readonly host: SessionHost;

  constructor(options: SessionOptions & { interceptors?: readonly Interceptor[] } = {}) {
    this.session = openSession(options);
    this.host = new SessionHost(this.session.record, this.client, {
      readLimits: defaultReadLimits,
      chain: new InterceptorChain(options.interceptors ?? [], this.clock),
      now: () => this.clock.now(),
      route: (_, event) => this.events.push(event),
      ended: () => this.told.push('ended'),
      restarting: () => {},
      linkThrew: () => {},
      settled: (_, { entry, outcome }) => this.told.push(`settled ${JSON.stringify(entry.id)} ${outcome}`),
    });
    this.host.attachServer(this.server);
  }

  says(message: object | string): readonly SessionEvent[] {
    return this.receives(fromClient, message);
  }

  receives(direction: Direction, message: object | string): readonly SessionEvent[] {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    this.host.receive(direction, encodeText(text), undefined);
    return this.events.splice(0);
  }

  entry(id: number | string = 1, from = fromClient): PendingEntry {
    return newEntry(this.session.record, request(id, 'tools/call', undefined, { from }), 'open');
  }
}

const call = { jsonrpc: '2.0', id: 1, method: 'tools/call' };
const sent = (direction: Direction, text: string, entry?: PendingEntry): Effect => ({
  type: 'send',
  direction,
  message: [encodeText(text)],
  kind: entry === undefined ? 'notification' : 'request',
  entry,
  exchange: undefined,
  status: 0,
  frame: undefined,
});

describe('bytes that come in', () => {
  test.each([
    [call, 'frame.request'],
    [{ jsonrpc: '2.0', id: 1, result: {} }, 'frame.response'],
    [{ jsonrpc: '2.0', method: 'notifications/x' }, 'frame.notification'],
  ])('%j are %s, with their number, their time and their direction', (message, type) => {
    const stage = new Stage();
    stage.says(call);
    stage.clock.advance(7);
    expect(stage.receives(fromServer, message)).toMatchObject([
      { type, at: 57, direction: fromServer, ticket: 2, verdict: undefined },
    ]);
  });

  test('R14 are the messages of a batch, in order, where batches are allowed', () => {
    const stage = new Stage();
    expect(
      stage.says([call, { ...call, id: 2 }]).map((event) => ('frame' in event ? event.frame.envelope.id : event.type)),
    ).toEqual([1, 2]);
  });

  test('R14 are faults, one for each message, where batches are not: whoever waits is named', () => {
    const stage = new Stage({ profile: builtInProfiles.get('mcp-2025-11-25')! });
    const batch = [call, { jsonrpc: '2.0', id: 'r', result: {} }, { jsonrpc: '2.0', method: 'x' }, { hello: 1 }];
    const events = stage.says(batch);
    expect(events.map((event) => (event.type === 'frame.malformed' ? event.fault : event.type))).toMatchObject([
      { fault: 'invalid-message', expectsAnswer: true, isAnswer: false, idToken: '1' },
      { fault: 'invalid-message', expectsAnswer: false, isAnswer: true, idToken: '"r"' },
      { fault: 'invalid-message', expectsAnswer: false, isAnswer: false, idToken: undefined },
      { fault: 'invalid-message', expectsAnswer: true },
    ]);
  });

  test('are malformed when they are no message', () => {
    expect(new Stage().says('hello')).toMatchObject([
      { type: 'frame.malformed', at: 50, direction: fromClient, bytes: 5, fault: { fault: 'not-json' } },
    ]);
  });
});

describe('a frame that somebody intercepts', () => {
  const decider = (answer: () => InterceptAction | Promise<InterceptAction>): Interceptor => ({
    name: 'decider',
    intercept: answer,
  });

  test('comes with its verdict when there is one at once', () => {
    const stage = new Stage({ interceptors: [decider(() => ({ action: 'block' }))] });
    expect(stage.says(call)).toMatchObject([{ type: 'frame.request', verdict: { kind: 'refuse' } }]);
  });

  test('comes awaited, and its verdict comes as an event of its own', async () => {
    let decide: (action: InterceptAction) => void = () => {};
    const promise = new Promise<InterceptAction>((resolve) => {
      decide = resolve;
    });
    const stage = new Stage({ interceptors: [decider(() => promise)] });
    expect(stage.says(call)).toMatchObject([
      { type: 'frame.request', ticket: 1, verdict: 'awaited', deliberation: { interceptor: 'decider' } },
    ]);
    stage.clock.advance(30);
    decide({ action: 'continue' });
    await promise;
    await new Promise(setImmediate);
    expect(stage.events).toMatchObject([{ type: 'frame.decided', at: 80, ticket: 1, news: { kind: 'forward' } }]);
  });
});

describe('effects', () => {
  test('write to whom they are for', () => {
    const stage = new Stage();
    stage.host.perform([sent(fromClient, 'to the server'), sent(fromServer, 'to the client')]);
    expect([stage.server.written, stage.client.written, stage.events]).toEqual([
      ['to the server'],
      ['to the client'],
      [],
    ]);
  });

  test('S10 that find no peer come back', () => {
    const stage = new Stage();
    stage.host.detachServer();
    const effect = sent(fromClient, 'to nobody', stage.entry());
    stage.host.perform([effect]);
    expect(stage.events).toEqual([{ type: 'effect.failed', at: 50, effect, cause: 'peer-gone' }]);
  });

  test('S10 that find no room come back', () => {
    const stage = new Stage({ limits: { bufferBytesMax: 5 } });
    stage.server.isReading = false;
    stage.host.perform([sent(fromClient, 'first'), sent(fromClient, 'too long')]);
    expect(stage.events).toMatchObject([{ type: 'effect.failed', cause: 'buffer-full' }]);
  });

  test('S10 that call off a request and find no room come back, to be counted', () => {
    const stage = new Stage({ limits: { bufferBytesMax: 5 } });
    const entry = stage.entry();
    stage.host.perform([sent(fromClient, 'asks', entry)]);
    stage.server.isReading = false;
    const cancel: Effect = { type: 'cancel', entry, message: [encodeText('too long')] };
    stage.host.perform([sent(fromClient, 'last'), cancel]);
    expect(stage.events).toEqual([{ type: 'effect.failed', at: 50, effect: cancel, cause: 'buffer-full' }]);
  });

  test('S10 whose peer throws come back, at once or when they had to wait', () => {
    const stage = new Stage();
    stage.server.isReading = false;
    const [now, later] = [stage.entry(1), stage.entry(2)];
    stage.host.perform([sent(fromClient, 'first'), sent(fromClient, 'waits', later)]);
    stage.server.isBroken = true;
    stage.host.toServer.drained();
    stage.host.perform([sent(fromClient, 'now', now)]);
    expect(
      stage.events.map((event) =>
        event.type === 'effect.failed' ? [event.effect.entry?.id, event.cause] : event.type,
      ),
    ).toEqual([
      [2, 'peer-gone'],
      [1, 'peer-gone'],
    ]);
  });

  test('P10 cancel a request by taking it back, or by saying so ahead of everything that waits', () => {
    const stage = new Stage();
    stage.server.isReading = false;
    const [left, waits] = [stage.entry(1), stage.entry(2)];
    const cancel = (entry: PendingEntry): Effect => ({
      type: 'cancel',
      entry,
      message: [encodeText(`cancel ${entry.idToken}`)],
    });
    stage.host.perform([sent(fromClient, 'left', left), sent(fromClient, 'waits', waits), sent(fromClient, 'note')]);
    stage.host.perform([cancel(left), cancel(waits)]);
    stage.server.isReading = true;
    stage.host.toServer.drained();
    expect(stage.server.written).toEqual(['left', 'cancel 1', 'note']);
  });

  test('tell of settled requests and of the end, and ask nothing of a recovery', () => {
    const stage = new Stage();
    stage.host.perform([
      { type: 'settled', entry: stage.entry(), outcome: 'result', elapsedMs: 3 },
      { type: 'recovered' },
      { type: 'ended', reason: 'drained' },
    ]);
    expect(stage.told).toEqual(['settled 1 result', 'ended']);
  });

  test('end the input of the server, after what it has still to read, and only of a server that has one', () => {
    const stage = new Stage();
    stage.server.isReading = false;
    stage.host.perform([sent(fromClient, 'first'), sent(fromClient, 'second'), { type: 'close-server-input' }]);
    expect(stage.server.asked).toEqual([]);
    stage.host.toServer.drained();
    expect(stage.server.asked).toEqual(['end of input']);
    const plain: PeerLink = { write: () => true, pause: () => {}, close: () => {} };
    stage.host.attachServer(plain);
    expect(() => stage.host.perform([{ type: 'close-server-input' }])).not.toThrow();
  });

  test('give the head of a queue its turn, if it has one that is decided', () => {
    const stage = new Stage({ isUpstreamAway: true });
    const release: Effect = { type: 'release', direction: fromClient };
    stage.host.perform([release]);
    expect(stage.events).toEqual([]);
    receive(stage.session.record, notification('notifications/x', undefined, { ticket: 4 }));
    stage.host.perform([release]);
    expect(stage.events).toEqual([{ type: 'frame.decided', at: 50, ticket: 4, news: 'turn' }]);
    const thinking = new Stage();
    receive(thinking.session.record, notification('notifications/x', undefined, { verdict: 'awaited' }));
    thinking.host.perform([release]);
    expect(thinking.events).toEqual([]);
  });
});

describe('an event that its session did not take', () => {
  test('is answered when it was a request, to whoever asked', () => {
    const stage = new Stage();
    stage.host.refuseDirectly(request('a', 'tools/call'), refusal('NOT_ALLOWED_IN_STATE', { state: 'closed' }));
    stage.host.unplaced(request('b', 'ping', undefined, { from: fromServer }));
    expect(stage.client.written.map((text) => JSON.parse(text) as object)).toMatchObject([
      { id: 'a', error: { code: 4090, data: { code: 'NOT_ALLOWED_IN_STATE', state: 'closed' } } },
    ]);
    expect(stage.server.written.map((text) => JSON.parse(text) as object)).toMatchObject([
      { id: 'b', error: { code: 4040, data: { code: 'SESSION_NOT_FOUND', reason: 'ended' } } },
    ]);
  });

  test('is a message lost when there is no room for the answer, and nothing when the asker is gone', () => {
    const stage = new Stage({ limits: { bufferBytesMax: 5 } });
    const why = refusal('NOT_ALLOWED_IN_STATE', { state: 'closed' });
    stage.client.isReading = false;
    stage.host.refuseDirectly(request(1, 'ping'), why);
    expect(stage.events).toEqual([]);
    stage.host.refuseDirectly(request(2, 'ping'), why);
    const lost = { type: 'send', direction: fromServer, entry: undefined };
    expect(stage.events).toMatchObject([{ type: 'effect.failed', cause: 'buffer-full', effect: lost }]);
    stage.host.detachServer();
    stage.host.refuseDirectly(request('q', 'ping', undefined, { from: fromServer }), why);
    expect(stage.events).toHaveLength(1);
  });

  test('is not answered when nobody waits for an answer', () => {
    const stage = new Stage();
    stage.host.unplaced(notification('notifications/x'));
    stage.host.unplaced({ type: 'session.ticked', at: 0 });
    expect([stage.client.written, stage.server.written]).toEqual([[], []]);
  });

  test('S6 settles its request when it was the answer that was rolled back', () => {
    const stage = new Stage();
    const entry = stage.entry();
    stage.host.settleRolledBack(entry);
    expect(stage.events).toMatchObject([{ type: 'effect.failed', cause: 'internal-error', effect: { entry } }]);
  });
});

describe('a session that died of a defect', () => {
  test('S1 owes nobody anything: its requests end, its share and its timers go back', () => {
    const stage = new Stage();
    const { record, ledger, alarms } = stage.session;
    receive(record, request(1, 'tools/call'));
    receive(record, request('q', 'ping', undefined, { from: fromServer }));
    receive(record, request(2, 'tools/call', undefined, { verdict: 'awaited', ticket: 5 }));
    alarms.set(record.alarm, 99);
    stage.host.reap();
    const told = [...stage.client.written, ...stage.server.written].map(
      (text) => JSON.parse(text) as { id: unknown; error: { code: number } },
    );
    expect(told.map(({ id, error }) => [id, error.code])).toEqual([
      [1, 5000],
      [2, 5000],
      ['q', 5000],
    ]);
    expect(stage.told).toEqual(['settled 1 refused', 'settled 2 refused', 'settled "q" refused']);
    expect(countsToJson(record.counts)['outcome.refused']).toBe(3);
    expect([record.pending.size, record.held.size, [...ledger.used], alarms.dueAt.size]).toEqual([
      0,
      0,
      [0, 0, 0, 0],
      0,
    ]);
    expect([record.state, record.endReason]).toEqual(['failed', 'internal-error']);
  });

  test('after its end keeps the reason that it ended with', () => {
    const stage = new Stage();
    stage.session.record.state = 'closed';
    stage.session.record.endReason = 'drained';
    stage.host.reap();
    expect([stage.session.record.state, stage.session.record.endReason]).toEqual(['closed', 'drained']);
  });
});

describe('F11 a peer that reads too slowly', () => {
  const limits = { bufferPauseBytes: 5, bufferBytesMax: 100 };

  test('slows down whoever fills its box: a slow server its client', () => {
    const stage = new Stage({ limits });
    stage.server.isReading = false;
    stage.host.perform([sent(fromClient, 'first'), sent(fromClient, 'second')]);
    expect([stage.client.asked, stage.server.asked]).toEqual([['pause'], []]);
    stage.server.isReading = true;
    stage.host.toServer.drained();
    expect([stage.client.asked, stage.server.asked]).toEqual([['pause', 'go on'], []]);
  });

  test('slows down both sides when it is the client: our own answers fill its box as well', () => {
    const stage = new Stage({ limits });
    stage.client.isReading = false;
    stage.host.perform([sent(fromServer, 'first'), sent(fromServer, 'second')]);
    expect([stage.client.asked, stage.server.asked]).toEqual([['pause'], ['pause']]);
    stage.client.isReading = true;
    stage.host.toClient.drained();
    expect([stage.client.asked, stage.server.asked]).toEqual([
      ['pause', 'go on'],
      ['pause', 'go on'],
    ]);
  });

  test('two of them hold the client until both read on', () => {
    const stage = new Stage({ limits });
    stage.client.isReading = stage.server.isReading = false;
    stage.host.perform([
      sent(fromServer, 'first'),
      sent(fromServer, 'second'),
      sent(fromClient, 'first'),
      sent(fromClient, 'second'),
    ]);
    stage.client.isReading = stage.server.isReading = true;
    stage.host.toServer.drained();
    expect(stage.client.asked.at(-1)).toBe('pause');
    stage.host.toClient.drained();
    expect(stage.client.asked.at(-1)).toBe('go on');
  });

  test('holds a server that comes back as it held the one that went', () => {
    const stage = new Stage({ limits });
    stage.client.isReading = false;
    stage.host.perform([sent(fromServer, 'first'), sent(fromServer, 'second')]);
    stage.host.detachServer();
    const next = new Link();
    stage.host.attachServer(next);
    expect(next.asked).toEqual(['pause']);
  });
});
