import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { TapeFeed, eventsReadMax } from '../../../src/inspector/tape/tape-feed.ts';
import type { TapedOptions } from '../../record/taped.ts';
import { FeedViewer } from '../feed-viewer.ts';
import { opened } from './open.ts';

const facts = { pid: 7, version: 'x', command: 'tape of forward stdio', server: 'a server', startedAt: 0 };

async function viewed(options: TapedOptions = {}) {
  const tape = await opened(options);
  const feed = new TapeFeed({ tape, file: 'run.tape.jsonl', facts, now: () => 0 });
  const server = createServer().on('upgrade', (...upgrade) => feed.accept(...upgrade));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    feed.close();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const viewer = new FeedViewer(new WebSocket(`ws://127.0.0.1:${port}/`, ['ninelives.feed.v1']));
  const hello = await viewer.hears('hello');
  return { viewer, hello, tape };
}

describe('a viewer of a tape', () => {
  test('is greeted with the tape', async () => {
    const { hello } = await viewed();
    expect(hello).toMatchObject({
      process: { pid: 7, command: 'tape of forward stdio' },
      payloads: 'whole',
      tape: { file: 'run.tape.jsonl', notes: [] },
    });
  });

  test('sees every session as it ended', async () => {
    const { viewer } = await viewed({ sessions: 2 });
    viewer.says({ type: 'watch-overview' });
    const { sessions, sessionsByState, transitions, isWhole } = await viewer.hears('overview');
    expect(sessions.map(({ id, state }) => [id, state])).toEqual([
      ['s1', 'closed'],
      ['s2', 'closed'],
    ]);
    expect([isWhole, sessionsByState.closed]).toEqual([true, 2]);
    expect(transitions).toContainEqual({ from: 'initializing', to: 'active.serving', count: 2 });
    viewer.says({ type: 'watch-session', sessionId: 's2' });
    expect(await viewer.hears('session')).toMatchObject({ snapshot: { id: 's2', state: 'closed' } });
  });

  test('reads events from any place on, and the last ones where there are fewer', async () => {
    const { viewer } = await viewed();
    viewer.says({ type: 'read-events', request: 1, sessionId: 's1', from: 2, max: 2 });
    const some = await viewer.hears('events-read');
    expect([some.request, some.from, some.events.length]).toEqual([1, 2, 2]);
    viewer.says({ type: 'read-events', request: 2, sessionId: 's1', from: 9_000_000, max: 3 });
    const last = await viewer.hears('events-read');
    expect([last.from, last.events.at(-1)?.event]).toEqual([last.total - 2, 'session.ended']);
    viewer.says({ type: 'read-events', request: 3, sessionId: 's1', from: 0, max: 9_000_000 });
    expect(await viewer.hears('events-read')).toMatchObject({ from: 1, events: { length: last.total } });
    expect(last.total).toBeLessThan(eventsReadMax);
  });

  test('sees a session as it was after an event, why, and what the message was', async () => {
    const { viewer, tape } = await viewed();
    viewer.says({ type: 'read-events', request: 1, sessionId: 's1', from: 1, max: 100 });
    const { events } = await viewer.hears('events-read');
    const asked = events.findIndex(({ frame }) => frame?.method === 'tools/list');
    const { seq, at } = events[asked]!;
    viewer.says({ type: 'read-moment', request: 2, sessionId: 's1', seq });
    expect(await viewer.hears('moment')).toMatchObject({
      request: 2,
      seq,
      place: asked + 1,
      view: { at, snapshot: { state: 'active.serving', pending: [{ id: 1, method: 'tools/list' }] } },
    });
    viewer.says({ type: 'read-body', request: 3, seq });
    expect(JSON.parse((await viewer.hears('body')).text)).toMatchObject({ id: 1, method: 'tools/list' });
    viewer.says({ type: 'read-moment', request: 4, sessionId: 's1', seq: tape.ring.newestSeq + 1 });
    expect(await viewer.hears('problem')).toMatchObject({ problem: 'NO_SUCH_EVENT', request: 4 });
  });

  test('finds what a session was prepared, once it has asked for a moment of it', async () => {
    const { viewer, tape } = await viewed();
    const prepared = new Promise<void>((resolve) => {
      const prepare = tape.prepareMoments.bind(tape);
      tape.prepareMoments = () => {
        const isMore = prepare();
        if (!isMore) resolve();
        return isMore;
      };
    });
    const [first, ...others] = tape.eventsOf('s1')!;
    viewer.says({ type: 'read-moment', request: 1, sessionId: 's1', seq: first! });
    await viewer.hears('moment');
    await prepared;
    for (const [index, seq] of others.entries()) {
      viewer.says({ type: 'read-moment', request: 2 + index, sessionId: 's1', seq });
      expect(await viewer.hears('moment')).toMatchObject({ seq, view: { snapshot: tape.momentAt('s1', index + 1) } });
    }
  });

  test('is told what is not there', async () => {
    const { viewer } = await viewed();
    viewer.says({ type: 'read-events', request: 1, sessionId: 'nobody', from: 1, max: 1 });
    expect(await viewer.hears('problem')).toMatchObject({ problem: 'NO_SUCH_SESSION', request: 1 });
    viewer.says({ type: 'read-moment', request: 2, sessionId: 'nobody', seq: 1 });
    expect(await viewer.hears('problem')).toMatchObject({ problem: 'NO_SUCH_SESSION', request: 2 });
    viewer.says({ type: 'read-body', request: 3, seq: 1 });
    expect(await viewer.hears('problem')).toMatchObject({ problem: 'NO_SUCH_EVENT', request: 3 });
    viewer.socket.send('nonsense');
    expect(await viewer.hears('problem')).toMatchObject({ problem: 'BAD_MESSAGE' });
  });
});
