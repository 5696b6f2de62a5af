import { describe, expect, test } from 'vitest';
import { refusal } from '../../src/errors.ts';
import type { PeerLink } from '../../src/ports.ts';
import { encodeText } from '../../src/protocol/text.ts';
import { InterceptorChain } from '../../src/runtime/interceptor-chain.ts';
import { SessionHandle } from '../../src/runtime/session-handle.ts';
import { SessionHost } from '../../src/runtime/session-host.ts';
import type { SessionEvent } from '../../src/session/events.ts';
import { defaultReadLimits } from '../../src/protocol/read.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { fromClient, fromServer, openSession, sending, textOf } from '../session/fixtures.ts';

/** Takes one message at a time: its peer has to read before the next. */
class NarrowLink implements PeerLink {
  readonly taken: string[] = [];

  write(message: readonly Uint8Array[]): boolean {
    this.taken.push(textOf(message));
    return false;
  }
  readonly closed: string[] = [];
  pause(): void {}
  close(why: string): void {
    this.closed.push(why);
  }
}

/** A handle at 500 ms on the clock, and the events that it sends itself or that its host makes of bytes. */
function handle() {
  const clock = new VirtualClock({ startMs: 500, epochMs: 1e12 });
  const { record } = openSession({ id: 'mine', principal: 'alice' });
  const [toClient, toServer] = [new NarrowLink(), new NarrowLink()];
  const arrived: SessionEvent[] = [];
  const sent: SessionEvent[] = [];
  const refused: object[] = [];
  const host = new SessionHost(record, toClient, {
    readLimits: defaultReadLimits,
    chain: new InterceptorChain([], clock),
    now: () => clock.now(),
    route: (_host, event) => arrived.push(event),
    ended: () => {},
    restarting: () => {},
    linkThrew: () => {},
    settled: () => {},
  });
  host.attachServer(toServer);
  const session = new SessionHandle(host, {
    clock,
    send: (_id, event) => sent.push(event),
    refuse: (_host, direction, message, from) => {
      refused.push({ direction, bytes: message.length, from });
      return { refusal: refusal('SESSION_NOT_FOUND'), answer: undefined };
    },
  });
  return { session, host, record, clock, toClient, toServer, arrived, sent, refused };
}

describe.each(['client', 'server'] as const)('bytes of the %s', (side) => {
  const direction = side === 'client' ? fromClient : fromServer;

  test('arrive as frames from that side', () => {
    const { session, arrived, sent } = handle();
    session[side].receive(encodeText('{"jsonrpc":"2.0","id":1,"method":"ping"}'));
    expect(arrived).toMatchObject([{ type: 'frame.request', at: 500, direction }]);
    expect(sent).toEqual([]);
  });

  test('or values arrive as frames, with what was said along with them', () => {
    const { session, arrived } = handle();
    const [ping, aside] = [{ jsonrpc: '2.0', id: 1, method: 'ping' }, { said: 'so' }];
    session[side].receiveValue(ping, aside);
    session[side].receiveValue([ping]);
    expect(arrived).toMatchObject([
      { type: 'frame.request', direction, frame: { value: ping, aside } },
      { type: 'frame.malformed', direction, fault: { fault: 'not-an-object' } },
    ]);
  });

  test('that its transport could not read arrive as malformed, with their size', () => {
    const { session, arrived } = handle();
    const fault = {
      fault: 'not-json',
      reason: 'cut short',
      expectsAnswer: true,
      isAnswer: false,
      idToken: undefined,
    } as const;
    session[side].unreadable(fault, 77);
    expect(arrived).toEqual([{ type: 'frame.malformed', at: 500, direction, fault, bytes: 77, via: undefined }]);
  });

  test('are taken again when it says so: what waits for it is written, and nothing to the other side', () => {
    const { session, host, toClient, toServer } = handle();
    for (const box of [host.toClient, host.toServer]) {
      for (const word of ['one', 'two', 'three']) box.push(sending(undefined, [encodeText(word)]));
    }
    session[side].drained();
    const taken = { client: toClient.taken, server: toServer.taken };
    expect(taken).toEqual({ client: ['one'], server: ['one'], [side]: ['one', 'two'] });
  });
});

describe('what becomes of the client', () => {
  test.each([true, false])('is told to the session: closed, gone %s', (isGone) => {
    const { session, sent } = handle();
    session.client.closed(isGone);
    expect(sent).toEqual([{ type: 'client.closed', at: 500, isGone }]);
  });

  test.each([true, false])('is told to the session: a stream that is open %s', (hasOpenStream) => {
    const { session, sent } = handle();
    session.client.attached(hasOpenStream);
    expect(sent).toEqual([{ type: 'client.attached', at: 500, hasOpenStream }]);
  });
});

test('what did not reach the server is told to the session', () => {
  const { session, sent, arrived } = handle();
  const about = sending();
  session.server.failed(about, { cause: 'unanswered', reason: 'ECONNRESET', status: 0 });
  expect([sent, arrived]).toMatchObject([[], [{ type: 'effect.failed', effect: about, reason: 'ECONNRESET' }]]);
});

test('a server that closed is lost for good, and nothing more is written to it: not even what waited', () => {
  const { session, host, toServer, sent } = handle();
  for (const word of ['one', 'two']) host.toServer.push(sending(undefined, [encodeText(word)]));
  session.server.closed();
  session.server.drained();
  expect(sent).toMatchObject([{ type: 'upstream.lost', at: 500, loss: { reason: 'closed', willRestart: false } }]);
  expect([toServer.taken, host.toServer.push(sending(undefined, [encodeText('three')]))]).toEqual([['one'], 'closed']);
});

test('what its owner asks of a session is sent to it with the time of the asking', () => {
  const { session, clock, sent } = handle();
  session.label('slow', true);
  clock.advance(10);
  session.label('slow', false);
  clock.advance(10);
  session.drain();
  clock.advance(10);
  session.close();
  expect(sent).toEqual([
    { type: 'session.labelled', at: 500, label: 'slow', isSet: true },
    { type: 'session.labelled', at: 510, label: 'slow', isSet: false },
    { type: 'session.drain', at: 520 },
    { type: 'session.close', at: 530, reason: 'closed-by-operator' },
  ]);
});

test('a session is ended on purpose, and its server is, as long as there is a session', () => {
  const { session, record, toServer, arrived } = handle();
  session.inject('kill-upstream');
  expect([toServer.closed, arrived]).toEqual([['an interceptor ended it'], []]);
  session.inject('close-session');
  expect(arrived).toEqual([{ type: 'session.close', at: 500, reason: 'closed-by-operator' }]);
  record.state = 'closed';
  session.inject('kill-upstream');
  expect(toServer.closed).toHaveLength(1);
});

test('a snapshot is of the moment it was taken; metadata are of the moment they are read', () => {
  const { session, record, clock } = handle();
  const [snapshot, metadata] = [session.snapshot(), session.metadata()];
  clock.advance(250);
  record.frames = 7;
  expect([session.id, snapshot.id, metadata.principal]).toEqual(['mine', 'mine', 'alice']);
  expect([snapshot.ageMs, snapshot.frames]).toEqual([500, 0]);
  expect([metadata.session_duration_ms, metadata.frame_count]).toEqual([750, 7]);
});
