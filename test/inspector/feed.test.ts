import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { FeedViewer, type Message, watchedProcess } from './feed-viewer.ts';

type Talk = ReturnType<Awaited<ReturnType<typeof watchedProcess>>['play']['open']>;

function lists({ client, server }: Talk, id: number): void {
  client.asks(id, 'tools/list');
  server.receivesRequest(id, 'tools/list');
  server.answers(id);
  client.receivesResult(id);
}

const names = ({ events }: Message<'events'>): readonly string[] => events.map(({ event }) => event);

describe('a viewer', () => {
  test('is greeted with the process, its clock and what is kept', async () => {
    const { port, ends } = await watchedProcess({ playbook: { epochMs: 5 }, feed: { payloads: 'hidden' } });
    const viewer = new FeedViewer(new WebSocket(`ws://127.0.0.1:${port}/`, ['ninelives.feed.v1', 'ninelives.token.x']));
    expect(await viewer.hears('hello')).toMatchObject({
      feed: 1,
      process: { pid: 1, command: 'forward http' },
      payloads: 'hidden',
      ring: { eventsMax: 4096, bytesMax: 16_777_216 },
      now: 0,
      wallTime: 5,
    });
    expect(viewer.socket.protocol).toBe('ninelives.feed.v1');
    await ends();
  });

  test('is told of messages that found no session, whenever it looks', async () => {
    const { play, viewer, ends } = await watchedProcess();
    const talk = play.open();
    talk.handshake();
    const early = await viewer();
    early.says({ type: 'watch-overview' });
    expect(await early.hears('overview')).not.toHaveProperty('unplaced');
    talk.session.close();
    talk.client.asks(5, 'ping');
    talk.client.takesAll();
    play.clock.advance(1000);
    const told = { count: 1, newest: [{ what: 'request ping', id: 5, sessionId: 's1' }] };
    expect(await early.hears('overview', ({ unplaced }) => unplaced !== undefined)).toMatchObject({ unplaced: told });
    const late = await viewer();
    late.says({ type: 'watch-overview' });
    expect(await late.hears('overview')).toMatchObject({ isWhole: true, unplaced: told });
    await ends();
  });

  test('sees all sessions, then those that change, and those that are over', async () => {
    const { play, viewer, ends } = await watchedProcess();
    const [one] = [play.open(), play.open()];
    const looks = await viewer();
    looks.says({ type: 'watch-overview' });
    const whole = await looks.hears('overview');
    expect(whole).toMatchObject({
      isWhole: true,
      gone: [],
      sessionsByState: { initializing: 2 },
      dropped: 0,
      sessions: [
        { id: 's1', state: 'initializing', pending: 0 },
        { id: 's2', state: 'initializing' },
      ],
    });
    one.handshake();
    play.timePasses(250);
    const change = await looks.hears('overview');
    expect(change).toMatchObject({
      isWhole: false,
      sessionsByState: { initializing: 1, 'active.serving': 1 },
      transitions: [{ from: 'initializing', to: 'active.serving', count: 1 }],
      dwellMs: { initializing: { p50: 0, p99: 0 } },
    });
    expect(change.sessions.map(({ id, clientName, frames }) => [id, clientName, frames])).toEqual([
      ['s1', 'test-client', 3],
    ]);
    one.session.close();
    play.timePasses(250);
    expect(await looks.hears('overview', ({ gone }) => gone.length > 0)).toMatchObject({
      gone: ['s1'],
      sessions: [{ id: 's1', state: 'closed', status: 'completed', endReason: 'closed-by-operator' }],
    });
    await ends();
  });

  test('sees rates fall when nothing happens any more, and then nothing more', async () => {
    const { play, viewer, ends } = await watchedProcess();
    const talk = play.open();
    const looks = await viewer();
    looks.says({ type: 'watch-overview' });
    await looks.hears('overview');
    talk.handshake();
    for (let id = 1; id < 20; id++) lists(talk, id);
    play.timePasses(250);
    expect((await looks.hears('overview')).eventsPerSecond).toBeGreaterThan(50);
    play.timePasses(60_000);
    const still = await looks.hears(
      'overview',
      ({ sessions, eventsPerSecond }) =>
        eventsPerSecond === 0 && sessions.every(({ framesPerSecond }) => framesPerSecond === 0),
    );
    expect(still.isWhole).toBe(false);
    expect(play.clock.pending).toBeLessThan(3);
    await ends();
  });

  test('sees a session as it is, what the ring has of it, and what happens to it from then on', async () => {
    const { play, viewer, ends } = await watchedProcess();
    const talk = play.open();
    talk.handshake();
    const looks = await viewer();
    looks.says({ type: 'watch-session', sessionId: 's1' });
    const view = await looks.hears('session');
    expect(view.snapshot).toMatchObject({ id: 's1', state: 'active.serving', frames: 3 });
    expect(view.explanation.join(' ')).toContain('Nothing waits for an answer');
    const kept = await looks.hears('events');
    expect([kept.missed, names(kept)]).toEqual([
      0,
      ['session.opened', 'upstream.ready', 'frame.request', 'frame.response', 'frame.notification'],
    ]);
    lists(talk, 7);
    play.timePasses(100);
    expect(names(await looks.hears('events'))).toEqual(['frame.request', 'frame.response']);
    play.timePasses(150);
    expect((await looks.hears('session')).snapshot.frames).toBe(5);
    talk.session.close();
    play.timePasses(100);
    expect(names(await looks.hears('events'))).toEqual(['session.close', 'session.ended']);
    await ends();
  });

  test('that comes back gets no event twice', async () => {
    const { play, viewer, ends } = await watchedProcess();
    const talk = play.open();
    talk.handshake();
    const looks = await viewer();
    looks.says({ type: 'watch-session', sessionId: 's1' });
    const { events } = await looks.hears('events');
    lists(talk, 7);
    const again = await viewer();
    again.says({ type: 'watch-session', sessionId: 's1', after: events.at(-1)!.seq });
    const rest = await again.hears('events');
    expect([rest.missed, names(rest)]).toEqual([0, ['frame.request', 'frame.response']]);
    await ends();
  });

  test('that comes late hears how much is forgotten', async () => {
    const { play, viewer, ends } = await watchedProcess({ ring: { eventsMax: 4 } });
    const talk = play.open();
    talk.handshake();
    lists(talk, 1);
    const looks = await viewer();
    looks.says({ type: 'watch-session', sessionId: 's1' });
    const { missed, events } = await looks.hears('events');
    expect([missed, events.length]).toEqual([3, 4]);
    await ends();
  });

  test('hears nothing of what it watches no more', async () => {
    const { play, viewer, ends } = await watchedProcess();
    const talk = play.open();
    const looks = await viewer();
    looks.says({ type: 'watch-overview' });
    looks.says({ type: 'watch-session', sessionId: 's1' });
    await looks.hears('events');
    looks.says({ type: 'unwatch-overview' });
    looks.says({ type: 'unwatch-session', sessionId: 's1' });
    looks.says({ type: 'unwatch-session', sessionId: 'never' });
    looks.says({ type: 'read-body', request: 1, seq: 999 });
    await looks.hears('problem');
    looks.heard.length = 0;
    talk.handshake();
    play.timePasses(2000);
    looks.says({ type: 'read-body', request: 2, seq: 999 });
    await looks.hears('problem');
    expect(looks.heard).toEqual([]);
    await ends();
  });
});

describe('a body', () => {
  const secret = { name: 'pay', arguments: { note: 'for you', password: 'hunter2' } };

  async function paying(options: Parameters<typeof watchedProcess>[0] = {}) {
    const { play, viewer, ring, ends } = await watchedProcess(options);
    const talk = play.open();
    talk.handshake();
    talk.client.asks(7, 'tools/call', secret);
    talk.server.receivesRequest(7, 'tools/call', secret);
    const seq = ring.newestSeq;
    return { looks: await viewer(), seq, ring, ends, play, talk };
  }

  test('is read with its secrets hidden', async () => {
    const { looks, seq, ends } = await paying();
    looks.says({ type: 'read-body', request: 3, seq });
    const { text, characters, from, request } = await looks.hears('body');
    expect([from, request, characters]).toEqual([0, 3, text.length]);
    expect(JSON.parse(text)).toMatchObject({ params: { arguments: { note: 'for you', password: '[redacted]' } } });
    await ends();
  });

  test.each([
    ['whole', /hunter2/],
    ['hidden', /^\[hidden\]$/],
  ] as const)('is shown %s where that is asked for', async (payloads, text) => {
    const { looks, seq, ends } = await paying({ feed: { payloads } });
    looks.says({ type: 'read-body', request: 1, seq });
    expect((await looks.hears('body')).text).toMatch(text);
    await ends();
  });

  test('comes in pieces', async () => {
    const { looks, seq, ends } = await paying({ feed: { limits: { bodyPieceCharacters: 50 } } });
    let text = '';
    for (let request = 0, characters = 1; text.length < characters; request++) {
      looks.says({ type: 'read-body', request, seq, from: text.length });
      const piece = await looks.hears('body');
      expect(piece.text.length).toBeLessThanOrEqual(50);
      text += piece.text;
      characters = piece.characters;
    }
    expect(JSON.parse(text)).toMatchObject({ id: 7, method: 'tools/call' });
    await ends();
  });

  test('that is not there, not kept, or too long is said to be', async () => {
    const { looks, seq, ends } = await paying({ ring: { eventsMax: 4 }, feed: { limits: { bodyBytesMax: 10 } } });
    const problems: string[] = [];
    for (const asked of [999, 1, seq]) {
      looks.says({ type: 'read-body', request: 1, seq: asked });
      problems.push((await looks.hears('problem')).problem);
    }
    expect(problems).toEqual(['NO_SUCH_EVENT', 'BODY_GONE', 'BODY_GONE']);
    await ends();
  });
});

test('bodies are made ready at a bounded pace, and what is ready is read on', async () => {
  const { play, viewer, ring, ends } = await watchedProcess({ feed: { limits: { bodyBytesPerSecond: 100 } } });
  const talk = play.open();
  talk.handshake();
  lists(talk, 1);
  const looks = await viewer();
  const asks = (seq: number): void => looks.says({ type: 'read-body', request: 1, seq });
  asks(3);
  asks(3);
  asks(ring.newestSeq);
  await looks.hears('body');
  await looks.hears('body');
  expect((await looks.hears('problem')).message).toContain('again in a second');
  play.timePasses(1000);
  asks(ring.newestSeq);
  await looks.hears('body');
  await ends();
});

describe('what nobody may do to the process', () => {
  test.each([
    '',
    '{',
    '[]',
    '"x"',
    '{"type":"drain"}',
    '{"type":"watch-session"}',
    '{"type":"read-body","request":-1,"seq":0}',
  ])('saying %j is answered, and harms nothing', async (text) => {
    const { viewer, ends } = await watchedProcess();
    const looks = await viewer();
    looks.socket.send(text);
    expect(await looks.hears('problem')).toMatchObject({ problem: 'BAD_MESSAGE' });
    looks.socket.send(Buffer.from([1, 2, 3]));
    expect(await looks.hears('problem')).toMatchObject({ problem: 'BAD_MESSAGE' });
    await ends();
  });

  test('the whole overview is not made again and again for one who asks so', async () => {
    const { play, viewer, ends } = await watchedProcess();
    play.open();
    const looks = await viewer();
    for (let time = 0; time < 50; time++) looks.says({ type: 'watch-overview' });
    looks.says({ type: 'read-body', request: 1, seq: 999 });
    await looks.hears('problem');
    expect(looks.heard.map(({ type }) => type)).toEqual(['overview']);
    play.timePasses(250);
    await looks.hears('overview', () => looks.heard.length > 1);
    await ends();
  });

  test('sessions that are not there are not watched, and no more of those that are than may be', async () => {
    const { play, viewer, ends } = await watchedProcess({ feed: { limits: { sessionsWatchedMax: 1 } } });
    play.open();
    play.open();
    const looks = await viewer();
    looks.says({ type: 'watch-session', sessionId: 'nobody' });
    expect(await looks.hears('problem')).toMatchObject({ problem: 'NO_SUCH_SESSION', sessionId: 'nobody' });
    looks.says({ type: 'watch-session', sessionId: 's1' });
    looks.says({ type: 'watch-session', sessionId: 's2' });
    expect(await looks.hears('problem')).toMatchObject({ problem: 'TOO_MUCH_WATCHED', sessionId: 's2' });
    looks.says({ type: 'watch-session', sessionId: 's1' });
    await looks.hears('session', () => looks.heard.length > 0);
    await ends();
  });

  test('one that talks too much, or too long, is let go', async () => {
    const { viewer, feed, ends } = await watchedProcess({
      feed: { limits: { messagesPerSecond: 5, messageBytesMax: 100 } },
    });
    const [floods, shouts] = [await viewer(), await viewer()];
    for (let message = 0; message < 10; message++) floods.says({ type: 'unwatch-overview' });
    expect(await floods.closes()).toBe(1008);
    shouts.socket.send(' '.repeat(101));
    expect(await shouts.closes()).toBe(1009);
    while (feed.viewers > 0) await nextTurn();
    await ends();
  });

  test('more viewers than may be are told to come later', async () => {
    const { viewer, port, ends } = await watchedProcess({ feed: { limits: { viewersMax: 1 } } });
    await viewer();
    const late = new WebSocket(`ws://127.0.0.1:${port}/`);
    const [error] = (await once(late, 'error')) as [Error];
    expect(error.message).toContain('503');
    await ends();
  });

  /** One viewer stops reading while another goes on, for as long as a session says something. */
  async function oneStopsReading(stalledMs: number) {
    const limits = { unreadBytesMax: 10_000, stalledMs, eventsMax: 50 };
    const { play, viewer, feed, ends } = await watchedProcess({ ring: { eventsMax: 200 }, feed: { limits } });
    const talk = play.open();
    talk.handshake();
    const [slow, quick] = [await viewer(), await viewer()];
    for (const each of [slow, quick]) {
      each.says({ type: 'watch-overview' });
      each.says({ type: 'watch-session', sessionId: 's1' });
      await each.hears('events');
    }
    slow.socket.pause();
    let id = 1;
    let last = 0;
    // The kernel takes some megabytes before it says that nobody reads.
    for (let round = 0; round < 400; round++) {
      for (let request = 0; request < 20; request++) lists(talk, id++);
      play.timePasses(100);
      const { events, missed } = await quick.hears('events');
      expect([missed, events[0]!.seq - last === 1 || last === 0]).toEqual([0, true]);
      last = events.at(-1)!.seq;
      quick.heard.length = 0;
    }
    return { slow, feed, play, ends };
  }

  test('one that does not read misses things, is told so when it reads again, and costs the others nothing', async () => {
    const { slow, feed, play, ends } = await oneStopsReading(Infinity);
    expect(feed.viewers).toBe(2);
    slow.socket.resume();
    let missed = 0;
    let dropped = 0;
    while (missed === 0 || dropped === 0) {
      if (slow.heard.length === 0) play.timePasses(250);
      const message = slow.heard.shift();
      if (message?.type === 'events') missed += message.missed;
      if (message?.type === 'overview') ({ dropped } = message);
      await nextTurn();
    }
    await ends();
  }, 30_000);

  test('one that does not read for long is let go', async () => {
    const { slow, feed, ends } = await oneStopsReading(3000);
    while (feed.viewers > 1) await nextTurn();
    slow.socket.resume();
    expect(await slow.closes()).toBe(1006);
    await ends();
  }, 30_000);
});
