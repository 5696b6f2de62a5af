import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { holderOf, writeHubFile } from '../../src/admin/hub-file.ts';
import { HubSeat } from '../../src/admin/hub-seat.ts';
import type { AdminListener } from '../../src/admin/listener.ts';
import { silentLog } from '../../src/runtime/silent-log.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { runFolderOfTest } from './hub-scene.ts';

const busy = (): Promise<never> => Promise.reject(Object.assign(new Error('taken'), { code: 'EADDRINUSE' }));
const listener = (): AdminListener => ({ port: 7411, origin: 'http://127.0.0.1:7411', close: async () => {} });

function seatIn(folder: string, open: (port: number) => Promise<AdminListener>, clock = new VirtualClock()) {
  const seat = new HubSeat({
    host: '127.0.0.1',
    port: 7411,
    folder,
    pid: process.pid,
    command: 'forward stdio',
    open,
    clock,
    log: silentLog,
  });
  onTestFinished(() => seat.close());
  return { seat, clock };
}

describe('the address', () => {
  test('is taken where nobody has it, and others are told who has', async () => {
    const folder = runFolderOfTest();
    const { seat } = seatIn(folder, async () => listener());
    expect(await seat.take()).toMatchObject({ port: 7411 });
    expect(holderOf(seat.origin, folder)).toEqual({ pid: process.pid, origin: seat.origin, command: 'forward stdio' });
    expect((await seat.holder())?.pid).toBe(process.pid);
  });

  test('is left to whoever has it, until that one ends', async () => {
    const folder = runFolderOfTest();
    let isFree = false;
    let looks = 0;
    const { seat, clock } = seatIn(folder, async () => {
      looks += 1;
      return isFree ? listener() : busy();
    });
    expect(await seat.take()).toBe(undefined);
    const taken = new Promise<AdminListener>((resolve) => seat.wait(resolve));
    const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    for (const expected of [2, 3, 4]) {
      clock.advance(1200);
      await turn();
      expect(looks).toBe(expected);
    }
    isFree = true;
    clock.advance(1200);
    expect(await taken).toMatchObject({ port: 7411 });
    clock.advance(60_000);
    await turn();
    expect(looks).toBe(5);
  });

  test('that cannot be listened on for another reason is an error at first, and is looked at all the same', async () => {
    let looks = 0;
    const { seat, clock } = seatIn(runFolderOfTest(), async () => {
      looks += 1;
      throw Object.assign(new Error('not ours'), { code: 'EADDRNOTAVAIL' });
    });
    await expect(seat.take()).rejects.toThrow('not ours');
    seat.wait(() => {});
    clock.advance(1200);
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1200);
    expect(looks).toBe(3);
  });

  test('is let go again when it was taken too late', async () => {
    let closed = 0;
    let open = (_listener: AdminListener): void => {};
    const { seat, clock } = seatIn(
      runFolderOfTest(),
      async () =>
        new Promise((resolve) => {
          open = resolve;
        }),
    );
    seat.wait(() => expect.unreachable());
    clock.advance(1200);
    seat.close();
    open({
      ...listener(),
      close: async () => {
        closed += 1;
      },
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(closed).toBe(1);
  });
});

describe('who has it', () => {
  test('is waited for where one has taken it and not said so yet', async () => {
    const folder = runFolderOfTest();
    const { seat, clock } = seatIn(folder, busy);
    const holder = seat.holder();
    writeHubFile({ pid: process.ppid, origin: seat.origin, command: 'inspect' }, folder);
    clock.advance(50);
    expect((await holder)?.command).toBe('inspect');
  });

  test('is a stranger where nobody says so', async () => {
    const { seat, clock } = seatIn(runFolderOfTest(), busy);
    const holder = seat.holder();
    for (let looks = 1; looks < 20; looks += 1) {
      clock.advance(50);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await holder).toBe(undefined);
  });
});

test('a port of this machine that a stranger has is not taken', async () => {
  const stranger = createServer().listen(0, '127.0.0.1');
  await once(stranger, 'listening');
  onTestFinished(() => void stranger.close());
  const address = stranger.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { administered } = await import('./administered-runtime.ts');
  const { seat } = seatIn(runFolderOfTest(), async () => (await administered({ port })).listener);
  expect(await seat.take()).toBe(undefined);
});
