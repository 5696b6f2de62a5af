import { describe, expect, test } from 'vitest';
import { linkPair } from '../../../src/testing/in-process/link.ts';
import type { WireMessage } from '../../../src/testing/play/history.ts';
import { VirtualClock } from '../../../src/testing/virtual-clock.ts';

function pair() {
  const clock = new VirtualClock();
  const { link, connection, bind } = linkPair(clock);
  const heard: unknown[] = [];
  bind({
    message: (message) => heard.push(message),
    unreadable: () => undefined,
    exchangeEnded: () => undefined,
    closed: () => heard.push('closed'),
  });
  return { clock, link, connection, heard };
}
const said = (id: number): WireMessage => ({ jsonrpc: '2.0', id, method: 'ping' });

describe('a link', () => {
  test('keeps what was said before somebody listened', () => {
    const { link, connection } = pair();
    connection.send(said(1), 0);
    const got: unknown[] = [];
    link.onmessage = (message) => got.push(message);
    connection.send(said(2), 1);
    expect(got).toEqual([said(1), said(2)]);
  });

  test('hands over copies, so that who changes one changes nothing elsewhere', async () => {
    const { link, heard } = pair();
    const message = { jsonrpc: '2.0', id: 1, result: { list: [1] } };
    await link.send(message);
    message.result.list.push(2);
    expect(heard).toEqual([{ jsonrpc: '2.0', id: 1, result: { list: [1] } }]);
  });

  test('keeps the order behind what is delayed, loses what is dropped, and says twice what is doubled', () => {
    const { clock, link, connection } = pair();
    const got: unknown[] = [];
    link.onmessage = ({ id }) => got.push(id);
    connection.send(said(1), 0, { delayMs: 20 });
    connection.send(said(2), 1);
    connection.send(said(3), 2, { isDropped: true });
    connection.send(said(4), 3, { isTwice: true });
    expect(got).toEqual([]);
    clock.advance(20);
    expect(got).toEqual([1, 2, 4, 4]);
  });

  test('keeps what is not read until it is', async () => {
    const { link, connection, heard } = pair();
    connection.read(false);
    await link.send(said(1));
    expect(heard).toEqual([]);
    connection.read(true);
    expect(heard).toEqual([said(1)]);
  });

  test('tells the other end once that it has ended, and takes nothing more', async () => {
    const first = pair();
    await first.link.close();
    await first.link.close();
    expect(first.heard).toEqual(['closed']);
    await expect(first.link.send(said(1))).rejects.toThrow('closed');
    const second = pair();
    let told = 0;
    second.link.onclose = () => told++;
    second.connection.close();
    second.connection.cut();
    expect({ told, heard: second.heard }).toEqual({ told: 1, heard: [] });
  });
});
