import { isUtf8 } from 'node:buffer';
import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { fastUtf8Check, fillRandom, nextTurn, startTimer, stopTimer } from '../../src/runtime/platform.ts';

describe('what only some platforms have', () => {
  test('is used where it is there', () => {
    expect(fastUtf8Check()).toBe(isUtf8);
  });

  test.each([
    ['no process', {}],
    ['a process that is no Node', { process: { env: {} } }],
    ['a Node without the way to its modules', { process: { getBuiltinModule: undefined } }],
    ['no such module', { process: { getBuiltinModule: () => undefined } }],
  ])('is done without where there is %s', (_case, platform) => {
    expect(fastUtf8Check(platform)).toBeUndefined();
  });
});

describe('the next turn comes', () => {
  test.each([
    ['with setImmediate', globalThis],
    ['with a message', { MessageChannel }],
    ['with a timer', {}],
  ])('%s, after everything that waits', async (_way, platform) => {
    const order: string[] = [];
    const turn = nextTurn(platform).then(() => order.push('turn'));
    await Promise.resolve().then(() => order.push('waiting'));
    await turn;
    expect(order).toEqual(['waiting', 'turn']);
  });

  test('and leaves nothing behind that keeps the process alive', async () => {
    const channel = new MessageChannel();
    const closed = once(channel.port2, 'close');
    await nextTurn({
      MessageChannel: function TheChannel() {
        return channel;
      },
    });
    await expect(closed).resolves.toHaveLength(1);
  });
});

describe('what every platform has', () => {
  test('random bytes, in the array that is given', () => {
    const bytes = new Uint8Array(64);
    expect(fillRandom(bytes)).toBe(bytes);
    expect(new Set(bytes).size).toBeGreaterThan(16);
  });

  test('timers, which a stopped one does not run', async () => {
    const ran: string[] = [];
    stopTimer(startTimer(() => ran.push('stopped'), 1));
    await new Promise<void>((resolve) => {
      startTimer(resolve, 5);
    });
    expect(ran).toEqual([]);
  });
});
