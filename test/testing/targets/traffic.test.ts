import { describe, expect, test } from 'vitest';
import type { TargetConnection } from '../../../src/testing/play/target.ts';
import type { Quiet } from '../../../src/testing/targets/quiet.ts';
import { Traffic } from '../../../src/testing/targets/traffic.ts';

function play() {
  let owed = 0;
  const told: unknown[] = [];
  const quiet = {
    owes: (change: number) => {
      owed += change;
    },
    said: () => {},
    starts: () => () => {},
  } as unknown as Quiet;
  const traffic = new Traffic(quiet);
  const listener = traffic.listener(false);
  listener.tell({
    message: (message) => told.push(message),
    unreadable: () => {},
    exchangeEnded: () => {},
    closed: () => told.push('closed'),
  });
  const silent: TargetConnection = {
    send: () => {},
    read: () => {},
    abandon: () => {},
    close: () => {},
    cut: () => {},
  };
  return { traffic, listener, connection: listener.over(silent), told, owed: () => owed };
}

describe('an answer is owed to us', () => {
  test('from the request to its answer', () => {
    const { connection, listener, owed } = play();
    connection.send({ id: 0, method: 'ping' }, 1);
    const before = owed();
    listener.message({ id: 0, result: {} });
    expect([before, owed()]).toEqual([1, 0]);
  });

  test('once for each request, when two have one id', () => {
    const { connection, listener, owed } = play();
    connection.send({ id: 1, method: 'ping' }, 1);
    connection.send({ id: 1, method: 'ping' }, 2);
    listener.message({ id: 1, result: {} });
    expect(owed()).toBe(1);
  });

  test('no longer when it was cancelled, given up, dropped on its way, or the connection is over', () => {
    const { connection, listener, owed } = play();
    connection.send({ id: 1, method: 'a' }, 1);
    connection.send({ id: 2, method: 'a' }, 2);
    connection.send({ id: 3, method: 'a' }, 3, { isDropped: true });
    connection.send({ id: 4, method: 'a' }, 4);
    const all = owed();
    connection.send({ method: 'notifications/cancelled', params: { requestId: 1 } }, 5);
    connection.abandon!(2);
    const one = owed();
    listener.closed();
    expect([all, one, owed()]).toEqual([3, 1, 0]);
  });
});

test('what others wait for counts against what we wait for: they wait for us', () => {
  const { listener, connection, owed } = play();
  listener.message({ id: 5, method: 'tools/list' });
  const before = owed();
  connection.send({ id: 5, result: {} }, 1);
  expect([before, owed()]).toEqual([-1, 0]);
});

test('after the play nothing is told', () => {
  const { traffic, listener, told } = play();
  listener.message({ method: 'a' });
  traffic.end();
  listener.message({ method: 'b' });
  listener.closed();
  expect(told).toEqual([{ method: 'a' }]);
});
