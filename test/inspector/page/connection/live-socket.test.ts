import { afterAll, beforeAll, expect, test } from 'vitest';
import { LiveSocket } from '../../../../src/inspector/page/connection/live-socket.ts';
import { Served, Told } from './served.ts';

let served: Served;
beforeAll(async () => {
  served = await Served.open();
});
afterAll(async () => served.close());

test('a WebSocket that is lost is opened again, and one that is closed is not', async () => {
  const told = new Told<string>();
  const socket = new LiveSocket({
    connect: () => served.connect(),
    onOpen: () => told.tell('open'),
    onText: told.tell,
    onLost: () => told.tell('lost'),
  });
  expect(socket.send('too early')).toBe(false);
  const first = await served.meets();
  first.send('hello');
  expect([await told.next(), await told.next()]).toEqual(['open', 'hello']);
  expect(socket.send('heard')).toBe(true);
  expect(await served.hears()).toBe('heard');

  first.terminate();
  expect(await told.next()).toBe('lost');
  const second = await served.meets();
  expect(await told.next()).toBe('open');

  const isOver = new Promise((resolve) => second.on('close', resolve));
  socket.close();
  await isOver;
  expect(socket.send('too late')).toBe(false);
});
