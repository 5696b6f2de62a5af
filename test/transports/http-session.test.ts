import { afterEach, describe, expect, test } from 'vitest';
import { initialize, notification, request } from '../../src/testing/messages.ts';
import { closeStages, listensAgain, openStage } from './http-stage.ts';

afterEach(closeStages);

const note = (n: number): ReturnType<typeof notification> =>
  notification('notifications/resources/list_changed', { n });

test('P2 a crowd of abandoned sessions is reaped, and nothing of it stays', async () => {
  const stage = await openStage({ runtime: { checksInvariants: false } });
  const client = stage.client();
  for (let count = 0; count < 300; count++) await (await client.posts(initialize(0))).text();
  stage.clock.advance(3_600_000);
  expect(stage.ended).toEqual(Array(300).fill('idle'));
  await stage.servers.at(-1)!.until(() => stage.servers.every(({ isClosed }) => isClosed));
  expect((await client.posts(request(1, 'ping'), { 'Mcp-Session-Id': 's150' })).status).toBe(404);
  stage.clock.advance(120_000);
  const left = Object.values(stage.runtime.totals().sessionsByState);
  expect([left.reduce((sum, count) => sum + count), stage.clock.pending]).toEqual([0, 0]);
});

describe('P16 a client that does not read', () => {
  const mebibyte = 1024 * 1024;
  const kilobytes = (n: number): ReturnType<typeof notification> =>
    notification('notifications/message', { data: 'x'.repeat(n * 1024) });

  test('slows its server down and nobody else’s, and is cut off after a while', async () => {
    // More than the kernel takes for a client that does not read.
    const limits = { bufferPauseBytes: 12 * mebibyte, bufferBytesMax: 64 * mebibyte };
    const stage = await openStage({ times: { patienceMs: 300 }, sessionLimits: limits });
    const [client, other] = [await stage.opened(), await stage.opened()];
    const [server, otherServer] = stage.servers;
    const stream = await client.listens();
    stream.message.pause();
    for (let said = 0; said < 30; said++) server!.says(kilobytes(1024));
    expect([server!.isPaused, otherServer!.isPaused]).toEqual([true, false]);
    expect((await other.posts(request(1, 'ping'))).status).toBe(200);
    // On a socket patience is real time; elsewhere it is that of the clock.
    for (let round = 0; round < 100 && server!.isPaused; round++) {
      await (await other.posts(request(1, 'ping'))).text();
      stage.clock.advance(300);
    }
    const posted = client.posts(request(1, 'ping'));
    await server!.until(() => !server!.isPaused);
    expect((await posted).status).toBe(200);
    expect((await listensAgain(client)).status).toBe(200);
  });

  test('and reads again, goes on where it was', async () => {
    const stage = await openStage();
    const client = await stage.opened();
    const stream = await client.listens();
    stream.message.pause();
    let said = 0;
    for (; said < 400 && !stage.server.isPaused; said++) stage.server.says(kilobytes(64));
    for (let heard = 0; heard < said; heard++) await stream.next();
    await stage.server.until(() => !stage.server.isPaused);
    stage.server.says(note(1));
    expect(await stream.next()).toEqual(note(1));
  });

  test('and whose server goes on all the same, loses its session', async () => {
    const stage = await openStage({
      sessionLimits: { bufferPauseBytes: 64 * 1024, bufferBytesMax: 512 * 1024 },
      runtime: { limits: { bufferPauseBytes: 64 * 1024, bufferBytesMax: 512 * 1024 } },
    });
    const client = await stage.opened();
    const stream = await client.listens();
    stream.message.pause();
    for (let said = 0; said < 1000 && stage.ended.length === 0; said++) stage.server.says(kilobytes(64));
    expect(stage.ended).toEqual(['buffer-full']);
  });
});

test('F11 a server that does not keep up is not sent more: bodies of its clients are left unread', async () => {
  const stage = await openStage({ runtime: { limits: { bufferPauseBytes: 10 } } });
  const client = await stage.opened();
  const other = await stage.opened();
  const [server] = stage.servers;
  const heard = (): number => server!.heard.filter(({ method }) => method === note(0)['method']).length;
  server!.isFull = true;
  // The first is taken, the second waits for the server and is too much.
  for (const n of [1, 2]) expect((await client.posts(note(n))).status).toBe(202);
  let isTaken = false;
  const third = client.posts(note(3)).then((reply) => {
    isTaken = true;
    return reply;
  });
  for (let round = 0; round < 5; round++) expect((await other.posts(request(round, 'ping'))).status).toBe(200);
  expect([isTaken, heard()]).toEqual([false, 1]);
  server!.drained();
  expect((await third).status).toBe(202);
  await server!.until(() => heard() === 3);
});
