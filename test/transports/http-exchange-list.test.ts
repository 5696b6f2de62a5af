import { describe, expect, test } from 'vitest';
import { FixedDelay } from '../../src/transports/fixed-delay.ts';
import { ExchangeList } from '../../src/transports/http-exchange-list.ts';
import { type ExchangeHome, HttpExchange } from '../../src/transports/http-exchange.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { bareServer, closeBareServers } from './http-stage.ts';

const home: ExchangeHome = {
  sessionId: 's1',
  resumable: () => undefined,
  isFull: () => false,
  clientLeft: () => {},
  exchangeOver: () => {},
  openingFailed: () => {},
  waiting: () => {},
};

async function exchanges(count: number): Promise<readonly HttpExchange[]> {
  const { connection, next } = await bareServer();
  connection.writes('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
  const [request, response] = await next();
  const delay = new FixedDelay(new VirtualClock(), 10);
  const facts = {
    isModern: false,
    isOpening: false,
    saysSession: false,
    prefersEvents: false,
    takesPriming: false,
    idToken: undefined,
  };
  const asked = { request, response, visitor: {} };
  const surroundings = { heartbeats: delay, quiet: delay, patienceMs: 10, retryMs: 10 };
  const made = Array.from({ length: count }, () => new HttpExchange(asked, 1, facts, home, surroundings));
  closeBareServers();
  return made;
}

describe('the exchanges of a session', () => {
  test('leave in any order, and all that are left are taken at once', async () => {
    const list = new ExchangeList();
    const [a, b, c, d, e] = await exchanges(5);
    for (const exchange of [a, b, c, d, e]) list.add(exchange!);
    for (const exchange of [c, a, e]) list.remove(exchange!);
    expect([...list.takeAll()]).toEqual([d, b]);
    expect([...list.takeAll()]).toEqual([]);
  });

  test('may leave while the rest is being taken', async () => {
    const list = new ExchangeList();
    const [a, b, c] = await exchanges(3);
    for (const exchange of [a, b, c]) list.add(exchange!);
    const taken: HttpExchange[] = [];
    for (const exchange of list.takeAll()) {
      taken.push(exchange);
      list.remove(exchange);
      list.remove(b!);
    }
    expect(taken).toEqual([c, a]);
  });

  test('know whether there are others', async () => {
    const list = new ExchangeList();
    const [a, b] = await exchanges(2);
    expect(list.hasOthers(a!)).toBe(false);
    list.add(a!);
    expect([list.hasOthers(a!), list.hasOthers(b!)]).toEqual([false, true]);
    list.add(b!);
    expect([list.hasOthers(a!), list.hasOthers(b!)]).toEqual([true, true]);
  });

  test('that stand in no list leave none', async () => {
    const list = new ExchangeList();
    const [a, b] = await exchanges(2);
    list.add(a!);
    list.remove(b!);
    expect([...list.takeAll()]).toEqual([a]);
  });
});
