import { describe, expect, test } from 'vitest';
import { TraceRing } from '../../src/observe/trace-ring.ts';
import type { TracedEvent } from '../../src/observe/traced-event.ts';
import { tracedEvent } from '../../src/observe/traced-event-view.ts';
import { Playbook } from '../../src/testing/playbook.ts';

function watched(options: ConstructorParameters<typeof Playbook>[0] = {}) {
  const ring = new TraceRing();
  const play = new Playbook({ ...options, tracer: ring });
  const seen = (after = 0): readonly TracedEvent[] =>
    ring.eventsOf(ring.session('s1')!, after).map((place) => tracedEvent(place, ring));
  return { ring, play, seen };
}

describe('an event as it is shown', () => {
  test('has the facts of its frame, what it settled and what left because of it', async () => {
    const { ring, play, seen } = watched();
    const talk = play.open();
    talk.handshake({ capabilities: { tools: {} } });
    const before = ring.newestSeq;
    play.timePasses(5);
    const call = { name: 'add', arguments: {}, _meta: { progressToken: 't' } };
    talk.client.asks(7, 'tools/call', call);
    talk.server.receivesRequest(7, 'tools/call', call);
    play.timePasses(20);
    talk.server.notifies('notifications/progress', { progressToken: 't', progress: 1 });
    talk.client.receivesNotification('notifications/progress', { progressToken: 't', progress: 1 });
    talk.server.answers(7, { content: [] });
    talk.client.receivesResult(7, { content: [] });
    const [asked, progress, answered] = seen(before);
    expect(asked).toEqual({
      seq: before + 1,
      at: 5,
      sessionId: 's1',
      event: 'frame.request',
      decision: 'committed',
      from: 'active.serving',
      to: 'active.serving',
      frame: {
        direction: 'client-to-server',
        kind: 'request',
        ticket: 4,
        bytes: expect.any(Number) as number,
        id: 7,
        method: 'tools/call',
        name: 'add',
        progressToken: 't',
        hasBody: true,
      },
      sent: [{ direction: 'client-to-server', kind: 'request', bytes: asked?.frame?.bytes, isOwn: false }],
    });
    expect(progress?.frame).toMatchObject({ kind: 'notification', about: 't', method: 'notifications/progress' });
    expect(answered).toMatchObject({
      at: 25,
      frame: { direction: 'server-to-client', kind: 'response', id: 7, method: 'tools/call' },
      settled: [{ direction: 'client-to-server', id: 7, method: 'tools/call', outcome: 'result', elapsedMs: 20 }],
    });
    await play.ends();
  });

  test('names a resource without what is secret in its address', async () => {
    const { play, seen } = watched();
    const talk = play.open();
    talk.handshake({ capabilities: { resources: {} } });
    const asked = { uri: 'https://ada:hunter2@host/x' };
    talk.client.asks(1, 'resources/read', asked);
    talk.server.receivesRequest(1, 'resources/read', asked);
    expect(seen().at(-1)?.frame?.name).toBe('https://[redacted]@host/x');
    talk.server.answers(1);
    talk.client.receivesResult(1);
    await play.ends();
  });

  test('says in whose course a server asks something', async () => {
    const { play, seen } = watched();
    const talk = play.open();
    talk.handshake();
    talk.client.asks(7, 'tools/call', { name: 'add' });
    talk.server.receivesRequest(7, 'tools/call', { name: 'add' });
    talk.server.asks(1, 'elicitation/create');
    talk.client.receivesRequest(1, 'elicitation/create');
    expect(seen().at(-1)?.frame).toMatchObject({ direction: 'server-to-client', id: 1, parent: 7 });
    talk.client.answers(1);
    talk.server.receivesResult(1);
    talk.server.answers(7);
    talk.client.receivesResult(7);
    await play.ends();
  });

  test('says what came of a request that is given up', async () => {
    const { ring, play, seen } = watched();
    const talk = play.open();
    talk.handshake();
    talk.client.asks(1, 'tools/list');
    talk.server.receivesRequest(1, 'tools/list');
    const before = ring.newestSeq;
    talk.client.notifies('notifications/cancelled', { requestId: 1 });
    talk.server.receivesNotification('notifications/cancelled', { requestId: 1 });
    expect(seen(before)).toMatchObject([
      {
        frame: { kind: 'notification', about: 1 },
        settled: [{ id: 1, outcome: 'cancelled' }],
        sent: [{ direction: 'client-to-server', kind: 'notification', isOwn: false }],
      },
    ]);
    await play.ends();
  });

  test('tells errors and messages of our own from those of peers', async () => {
    const { play, seen } = watched({ limits: { pendingPerSession: 1 } });
    const talk = play.open();
    talk.handshake();
    talk.client.asks(1, 'tools/list');
    talk.server.receivesRequest(1, 'tools/list');
    talk.client.asks(2, 'tools/list');
    talk.client.takesAll();
    talk.server.answersWithError(1, -32000, 'no');
    talk.client.takesAll();
    const [refused, failed] = seen().slice(-2);
    expect(refused).toMatchObject({ settled: [{ outcome: 'refused' }], sent: [{ isOwn: true, kind: 'response' }] });
    expect(failed).toMatchObject({
      frame: { isError: true },
      settled: [{ outcome: 'error' }],
      sent: [{ isOwn: false }],
    });
    await play.ends();
  });

  test('shows what interceptors decided, and with a late decision the frame that it is about', async () => {
    const decide: ((action: { readonly action: 'continue' }) => void)[] = [];
    const { play, seen } = watched({
      interceptors: [
        {
          name: 'gate',
          intercept: ({ method }) => {
            if (method !== 'tools/call') return { action: 'continue' };
            return new Promise((resolve) => decide.push(resolve));
          },
        },
      ],
    });
    const talk = play.open();
    talk.handshake();
    talk.client.asks(1, 'tools/call', { name: 'add' });
    decide[0]?.({ action: 'continue' });
    await play.promisesSettle();
    talk.server.receivesRequest(1, 'tools/call', { name: 'add' });
    const [held, decided] = seen().slice(-2);
    expect(held).toMatchObject({ event: 'frame.request', detail: 'it waits for a decision' });
    expect(held?.sent).toBeUndefined();
    expect(decided).toMatchObject({
      event: 'frame.decided',
      detail: 'decided: forward',
      frame: { id: 1, method: 'tools/call', name: 'add', ticket: held?.frame?.ticket },
      steps: [{ interceptor: 'gate', action: 'continue' }],
    });
    talk.server.answers(1);
    talk.client.receivesResult(1);
    await play.ends();
  });

  test('says in words why a server was lost and a session is over', async () => {
    const { play, seen } = watched();
    const talk = play.open();
    talk.handshake();
    talk.server.isLost();
    const said = seen().flatMap(({ event, detail }) => (detail === undefined ? [] : [`${event}: ${detail}`]));
    expect(said).toEqual(['upstream.lost: closed', 'session.ended: upstream-exhausted']);
    await play.ends();
  });
});
