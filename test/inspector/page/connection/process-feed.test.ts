import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FeedMessage } from '../../../../src/inspector/feed-messages.ts';
import { ProcessFeed } from '../../../../src/inspector/page/connection/process-feed.ts';
import { Served, Told } from './served.ts';

let served: Served;
let feed: ProcessFeed;
let told: Told<FeedMessage>;
let states: Told<string>;

beforeEach(async () => {
  served = await Served.open();
  told = new Told();
  states = new Told();
  feed = new ProcessFeed({ connect: () => served.connect(), onMessage: told.tell, onState: states.tell });
});
afterEach(async () => {
  feed.close();
  await served.close();
});

const hears = async (): Promise<unknown> => JSON.parse(await served.hears());

test('after a loss the overview is asked for again, and of the session what came after the last event', async () => {
  feed.watch('s1');
  const first = await served.meets();
  expect([await hears(), await hears()]).toEqual([
    { type: 'watch-overview' },
    { type: 'watch-session', sessionId: 's1' },
  ]);
  first.send(JSON.stringify({ type: 'events', sessionId: 's1', missed: 0, events: [{ seq: 3 }, { seq: 7 }] }));
  first.send(JSON.stringify({ type: 'events', sessionId: 'other', missed: 0, events: [{ seq: 9 }] }));
  await told.next();
  await told.next();
  first.terminate();
  await served.meets();
  expect([await hears(), await hears()]).toEqual([
    { type: 'watch-overview' },
    { type: 'watch-session', sessionId: 's1', after: 7 },
  ]);
});

test('one session is watched at a time', async () => {
  await served.meets();
  await hears();
  feed.watch('s1');
  feed.watch('s1');
  feed.watch('s2');
  feed.unwatch();
  expect([await hears(), await hears(), await hears(), await hears()]).toEqual([
    { type: 'watch-session', sessionId: 's1' },
    { type: 'unwatch-session', sessionId: 's1' },
    { type: 'watch-session', sessionId: 's2' },
    { type: 'unwatch-session', sessionId: 's2' },
  ]);
});

test('a piece of a body goes to who asked for it, and so does what stands in its way', async () => {
  const socket = await served.meets();
  await hears();
  const [there, gone] = [feed.readBody(5), feed.readBody(6, 100)];
  expect([await hears(), await hears()]).toEqual([
    { type: 'read-body', request: 1, seq: 5, from: 0 },
    { type: 'read-body', request: 2, seq: 6, from: 100 },
  ]);
  const body = { type: 'body', request: 1, seq: 5, from: 0, text: '{}', characters: 2 };
  socket.send(JSON.stringify({ type: 'problem', problem: 'BODY_GONE', message: 'It is forgotten', request: 2 }));
  socket.send(JSON.stringify(body));
  await expect(gone).rejects.toThrow('It is forgotten');
  expect(await there).toEqual(body);
});

test('who waits for a body when the connection is lost hears of it', async () => {
  const socket = await served.meets();
  await hears();
  const asked = feed.readBody(5);
  await hears();
  socket.terminate();
  await expect(asked).rejects.toThrow('lost');
  await expect(feed.readBody(5)).rejects.toThrow('no connection');
});
