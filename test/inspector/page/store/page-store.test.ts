import { effect } from '@preact/signals';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { WebSocket } from 'ws';
import type { FeedMessage } from '../../../../src/inspector/feed-messages.ts';
import { PageStore } from '../../../../src/inspector/page/store/page-store.ts';
import { Served } from '../connection/served.ts';
import { event, facts, hello, overview, row } from './rows.ts';

let served: Served;
let store: PageStore;
beforeEach(async () => {
  served = await Served.open();
  served.answer = (_method, path) => (path === '/process' ? { status: 200, body: facts } : { status: 404 });
  store = new PageStore({
    origin: served.origin,
    openSocket: (_reach, path) => served.connect(path),
    later: setImmediate,
  });
});
afterEach(async () => {
  store.close();
  await served.close();
});

async function becomes(isTrue: () => boolean): Promise<void> {
  await new Promise<void>((resolve) => {
    effect(() => {
      if (isTrue()) resolve();
    });
  });
}

const say = (socket: WebSocket, ...messages: readonly FeedMessage[]): void => {
  for (const message of messages) socket.send(JSON.stringify(message));
};

test('a process that is found is shown with its sessions, and a session that is watched with its events', async () => {
  store.connect('abc');
  const socket = await served.meets();
  say(socket, hello, overview({ isWhole: true, sessions: [row('s1')], eventsPerSecond: 7, dropped: 2 }));
  await becomes(() => store.processes.value.get(facts.pid)?.rows.has('s1') === true);
  expect([store.eventsPerSecond.value, store.dropped.value]).toEqual([7, 2]);

  store.watch({ pid: facts.pid, sessionId: 's1' });
  expect(store.watched.value).toMatchObject({ sessionId: 's1', link: 'open', epochOffset: 1_700_000_000_000 });
  say(socket, { type: 'events', sessionId: 's1', events: [event(1), event(2)], missed: 0 });
  await becomes(() => store.watched.value?.events.length === 2);
  store.watch(undefined);
  expect(store.watched.value).toBeUndefined();
});

test('a watched session of a process that has ended stays as it was, and another process shows up beside it', async () => {
  store.connect('abc');
  const socket = await served.meets();
  store.watch({ pid: facts.pid, sessionId: 's1' });
  say(socket, hello, { type: 'events', sessionId: 's1', events: [event(1)], missed: 0 });
  await becomes(() => store.watched.value?.events.length === 1);
  served.answer = (_method, path) =>
    path === '/process' ? { status: 200, body: { ...facts, pid: 4712, startedAt: 2_000 } } : { status: 404 };
  socket.terminate();
  await becomes(() => store.watched.value?.link === 'gone');
  expect([...store.processes.value.keys()]).toEqual([4712]);
  expect(store.watched.value).toMatchObject({ isOver: true, events: [{ seq: 1 }] });
});

test('without a token nothing is asked', () => {
  store.connect(undefined);
  expect([store.directory.value, served.asked]).toEqual(['unauthorised', []]);
});

test('a process that is not there can be asked nothing', async () => {
  await expect(store.readBody(1, 1)).rejects.toThrow('gone');
  expect(await store.ask(1, { method: 'GET', path: '/pause' })).toMatchObject({ kind: 'unreachable' });
});
