import { once } from 'node:events';
import { expect, test } from 'vitest';
import { following, hubOn, inspected, runFolderOfTest } from './hub-scene.ts';

test('every page gets the list as it is when it comes, and what follows', async () => {
  const folder = runFolderOfTest();
  const { listener } = await hubOn(folder);
  const early = following(listener.origin);
  await early.until((pids) => pids.length === 1);
  await inspected(folder, process.ppid, 1);
  await early.until((pids) => pids.length === 2);
  const late = following(listener.origin);
  await once(late.socket, 'message');
  expect(late.said[0]?.processes.map(({ pid }) => pid)).toEqual([process.pid, process.ppid]);
});

test('a page that talks too much is sent away, and no other', async () => {
  const { listener } = await hubOn(runFolderOfTest());
  const quiet = following(listener.origin);
  const loud = following(listener.origin);
  await Promise.all([once(quiet.socket, 'open'), once(loud.socket, 'open')]);
  loud.socket.send('x'.repeat(2000));
  expect((await once(loud.socket, 'close'))[0]).toBe(1009);
  expect(quiet.socket.readyState).toBe(quiet.socket.OPEN);
});

test('the pages end with the hub', async () => {
  const { listener, hub } = await hubOn(runFolderOfTest());
  const page = following(listener.origin);
  await once(page.socket, 'open');
  const closed = once(page.socket, 'close');
  hub.close();
  expect((await closed)[0]).toBe(1006);
});
