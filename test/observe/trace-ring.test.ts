import { describe, expect, test } from 'vitest';
import { type TracePlace, TraceRing } from '../../src/observe/trace-ring.ts';
import { chartDeadline } from '../../src/runtime/session-logic.ts';
import { Playbook } from '../../src/testing/playbook.ts';

const named = ({ event, seq }: TracePlace): string => `${seq} ${typeof event === 'string' ? event : event.type}`;

function traced(options?: ConstructorParameters<typeof TraceRing>[0]) {
  const ring = new TraceRing(options);
  const play = new Playbook({ tracer: ring });
  return { ring, play };
}

/** A list of so many tools is asked for and given. */
function lists(talk: ReturnType<Playbook['open']>, id: number, result: object = {}): void {
  talk.client.asks(id, 'tools/list');
  talk.server.receivesRequest(id, 'tools/list');
  talk.server.answers(id, result);
  talk.client.receivesResult(id, result);
}

describe('the trace ring', () => {
  test("knows when a deadline of the chart's own has passed, which does not say it", async () => {
    const { ring, play } = traced();
    play.open();
    const [session] = [...ring.sessions()];
    ring.decided(session!.record, chartDeadline('xstate.after.1'), 'committed', 'initializing', []);
    expect(ring.event(ring.newestSeq)?.at).toBe(session!.record.enteredAt);
    await play.ends();
  });

  test('numbers the events of all sessions together, and finds those of each', async () => {
    const { ring, play } = traced();
    const [one, other] = [play.open(), play.open()];
    one.handshake();
    other.handshake();
    lists(one, 1);
    const [first, second] = [...ring.sessions()];
    expect(ring.eventsOf(first!).map(named)).toEqual([
      '1 session.opened',
      '2 upstream.ready',
      '5 frame.request',
      '6 frame.response',
      '7 frame.notification',
      '11 frame.request',
      '12 frame.response',
    ]);
    expect(ring.eventsOf(second!, 4, 2).map(named)).toEqual(['8 frame.request', '9 frame.response']);
    expect(ring.eventsOf(first!).map(({ ordinal }) => ordinal)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    await play.ends();
  });

  test('keeps the states before and after an event, and how long stays were', async () => {
    const { ring, play } = traced();
    const talk = play.open();
    play.timePasses(30);
    talk.handshake();
    play.timePasses(12);
    talk.session.close();
    const moves = ring
      .eventsOf(ring.session('s1')!)
      .filter(({ from, to }) => from !== to)
      .map(({ from, to, at }) => [from, to, at]);
    expect(moves).toEqual([
      ['initializing', 'active.serving', 30],
      ['active.serving', 'closed', 42],
    ]);
    expect(ring.stays.times()).toEqual({ initializing: { p50: 30, p99: 30 }, 'active.serving': { p50: 12, p99: 12 } });
    await play.ends();
  });

  test('forgets the oldest event for the newest', async () => {
    const { ring, play } = traced({ eventsMax: 4 });
    const talk = play.open();
    talk.handshake();
    lists(talk, 1);
    expect([ring.oldestSeq, ring.newestSeq]).toEqual([4, 7]);
    expect(ring.eventsOf(ring.session('s1')!).map(({ seq }) => seq)).toEqual([4, 5, 6, 7]);
    expect([ring.event(3), ring.event(4)?.seq, ring.event(8)]).toEqual([undefined, 4, undefined]);
    await play.ends();
  });

  test('keeps fewer events until somebody watches, and from then on as many as it may', async () => {
    const { ring, play } = traced({ eventsMax: 6, eventsUnseenMax: 4 });
    const talk = play.open();
    talk.handshake();
    lists(talk, 1);
    const kept = (): readonly number[] => ring.eventsOf(ring.session('s1')!).map(({ seq }) => seq);
    expect([ring.oldestSeq, ...kept()]).toEqual([4, 4, 5, 6, 7]);
    ring.watch(() => {})();
    expect([ring.oldestSeq, ...kept()]).toEqual([4, 4, 5, 6, 7]);
    lists(talk, 2);
    expect([ring.oldestSeq, ...kept()]).toEqual([4, 4, 5, 6, 7, 8, 9]);
    lists(talk, 3);
    expect([ring.oldestSeq, ...kept()]).toEqual([6, 6, 7, 8, 9, 10, 11]);
    expect([ring.event(5), ring.event(6)?.seq, ring.event(11)?.seq]).toEqual([undefined, 6, 11]);
    await play.ends();
  });

  test('has room for what comes when somebody watches before anything has happened', async () => {
    const { ring, play } = traced({ eventsMax: 3, eventsUnseenMax: 1 });
    ring.watch(() => {});
    const talk = play.open();
    talk.handshake();
    expect(ring.eventsOf(ring.session('s1')!).map(({ seq }) => seq)).toEqual([3, 4, 5]);
    await play.ends();
  });

  test('forgets old frames when there are too many bytes of them, and never the newest', async () => {
    const { ring, play } = traced({ bytesMax: 2000 });
    const talk = play.open();
    talk.handshake();
    lists(talk, 1, { text: 'x'.repeat(1500) });
    lists(talk, 2, { text: 'x'.repeat(1500) });
    expect(ring.bytes).toBeLessThan(2000);
    expect(ring.eventsOf(ring.session('s1')!).map(named)).toEqual(['8 frame.request', '9 frame.response']);
    lists(talk, 3, { text: 'x'.repeat(5000) });
    expect(ring.eventsOf(ring.session('s1')!).map(named)).toEqual(['11 frame.response']);
    talk.session.label('calm', true);
    expect([ring.eventsOf(ring.session('s1')!).map(named), ring.bytes]).toEqual([['12 session.labelled'], 0]);
    await play.ends();
  });

  test('keeps a session that is over as long as it has an event of it', async () => {
    const { ring, play } = traced({ eventsMax: 6 });
    const talk = play.open();
    talk.session.close();
    expect([...ring.sessions()].map(({ id, hasEnded }) => [id, hasEnded])).toEqual([['s1', true]]);
    expect(ring.eventsOf(ring.session('s1')!).map(named)).toEqual([
      '1 session.opened',
      '2 upstream.ready',
      '3 session.close',
      '4 session.ended',
    ]);
    play.open().handshake();
    expect(ring.session('s1')?.events).toBe(4);
    play.open();
    expect([...ring.sessions()].map(({ id }) => id)).toEqual(['s2', 's3']);
    await play.ends();
  });

  test('tells whoever watches all sessions, or one of them, until they do not', async () => {
    const { ring, play } = traced();
    const [one, other] = [play.open(), play.open()];
    const heard: string[] = [];
    const stopAll = ring.watch(({ id }) => heard.push(`all ${id}`));
    const stopOne = ring.watch(({ id }) => heard.push(`one ${id}`), ring.session('s1'));
    one.session.label('calm', true);
    other.session.label('calm', true);
    stopAll();
    one.session.label('calm', false);
    stopOne();
    one.session.label('calm', true);
    expect(heard).toEqual(['one s1', 'all s1', 'all s2', 'one s1']);
    await play.ends();
  });

  test('notes what was odd about a frame when it came, whatever comes later', async () => {
    const { ring, play } = traced();
    const talk = play.open();
    talk.handshake();
    lists(talk, 1);
    talk.server.answers(1);
    talk.server.answers(99);
    talk.server.notifies('notifications/progress', { progressToken: 'nobody', progress: 1 });
    talk.client.receivesNotification('notifications/progress', { progressToken: 'nobody', progress: 1 });
    talk.client.notifies('notifications/cancelled', { requestId: 1 });
    lists(talk, 2);
    play.log.says('warn', 'nobody waits for this response');
    play.log.says('warn', 'nobody waits for this response');
    expect(ring.eventsOf(ring.session('s1')!).flatMap(({ oddity }) => oddity ?? [])).toEqual([
      'duplicateResponses',
      'bogusResponses',
      'unattributedProgress',
      'lateCancellations',
    ]);
    await play.ends();
  });
});
