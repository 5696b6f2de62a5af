import { describe, expect, test } from 'vitest';
import type { TargetConnection } from '../../../src/testing/play/target.ts';
import { Quiet, usualQuiet } from '../../../src/testing/targets/quiet.ts';
import { Traffic } from '../../../src/testing/targets/traffic.ts';

const silent: TargetConnection = { send: () => {}, read: () => {}, abandon: () => {}, close: () => {}, cut: () => {} };

function play() {
  const told: unknown[] = [];
  const traffic = new Traffic(new Quiet(usualQuiet));
  const connect = (role: 'client' | 'server') => {
    const listener = traffic.listener(role, false);
    listener.tell({
      message: (message) => told.push(message),
      unreadable: () => {},
      exchangeEnded: () => {},
      closed: () => told.push('closed'),
    });
    return { listener, connection: listener.over(silent) };
  };
  return { traffic, connect, ...connect('client'), told, owed: () => traffic.owed() };
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

describe('what we have asked of a proxy is not owed to us', () => {
  const meta = (mark: number) => ({ params: { _meta: { 'ninelives/mark': mark } } });

  test('while it waits for us at the other side: told by its mark, whatever became of its id', () => {
    const { connection, connect, owed } = play();
    const { listener, connection: server } = connect('server');
    connection.send({ id: 1, method: 'tools/list', ...meta(7) }, 1);
    connection.send({ id: 2, method: 'tools/list', ...meta(8) }, 2);
    const before = owed();
    listener.message({ id: 'x', method: 'tools/list', ...meta(7) });
    const half = owed();
    server.send({ id: 'x', result: {} }, 3);
    expect([before, half, owed()]).toEqual([2, 1, 2]);
  });

  test('nor where the proxy has taken the mark away', () => {
    const { connection, connect, owed } = play();
    connection.send({ id: 1, method: 'tools/list', ...meta(7) }, 1);
    connect('server').listener.message({ id: 'x', method: 'tools/list' });
    expect(owed()).toBe(0);
  });

  test('but what it asks of clients does not excuse it', () => {
    const { connection, listener, owed } = play();
    connection.send({ id: 1, method: 'tools/list', ...meta(7) }, 1);
    listener.message({ id: 5, method: 'roots/list' });
    expect(owed()).toBe(1);
  });
});

test('after the play nothing is told', () => {
  const { traffic, listener, told } = play();
  listener.message({ method: 'a' });
  traffic.end();
  listener.message({ method: 'b' });
  listener.closed();
  expect(told).toEqual([{ method: 'a' }]);
});
