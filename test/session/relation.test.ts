import { describe, expect, test } from 'vitest';
import { counterIndex } from '../../src/session/counters.ts';
import { Exchange, type Via } from '../../src/session/pending.ts';
import { exchangeOf, passageOf, subscriptionBehind } from '../../src/session/relation.ts';
import { frameOf, fromClient, fromServer, openSession, receive, request } from './fixtures.ts';

const subscriptionKey = 'io.modelcontextprotocol/subscriptionId';
const log = frameOf({ method: 'notifications/message', params: { level: 'info', data: 1 } });
const listChanged = frameOf({ method: 'notifications/tools/list_changed' });
const sampling = frameOf({ id: 7, method: 'sampling/createMessage' });

function asked(...methods: readonly string[]) {
  const { record } = openSession({ hasExchanges: true });
  const exchanges = methods.map((method, index) => {
    const exchange = new Exchange();
    receive(record, request(1, method, undefined, { ticket: index + 1, via: exchange }));
    return exchange;
  });
  return { record, exchanges };
}

describe('on a connection', () => {
  test('there are no exchanges, and nothing is looked for', () => {
    const { record } = openSession();
    expect(exchangeOf(record, fromServer, log, undefined)).toBe(undefined);
  });
});

describe("a server's message", () => {
  test('belongs to the exchange of the request in whose answer it comes (R17)', () => {
    const { record, exchanges } = asked('tools/call', 'tools/call');
    const second = record.unit.find(fromClient, 2)!;
    const via: Via = { exchange: undefined, request: second, status: 200 };
    for (const frame of [log, listChanged, sampling])
      expect(exchangeOf(record, fromServer, frame, via)).toBe(exchanges[1]);
  });

  test('that comes in no answer belongs to the client at large, whoever waits', () => {
    const { record } = asked('tools/call');
    const via: Via = { exchange: undefined, request: undefined, status: 200 };
    for (const frame of [log, listChanged, sampling])
      expect(exchangeOf(record, fromServer, frame, via)).toBe(undefined);
  });

  test('from a pipe belongs to the one request that waits, if it reports or asks (R18)', () => {
    const { record, exchanges } = asked('tools/call');
    expect(exchangeOf(record, fromServer, log, undefined)).toBe(exchanges[0]);
    expect(exchangeOf(record, fromServer, sampling, undefined)).toBe(exchanges[0]);
    expect(exchangeOf(record, fromServer, listChanged, undefined)).toBe(undefined);
  });

  test('from a pipe is not given to one of several', () => {
    const { record } = asked('tools/call', 'tools/call');
    expect(exchangeOf(record, fromServer, sampling, undefined)).toBe(undefined);
  });

  test('that is tagged with a stream belongs to who listens to it', () => {
    const { record, exchanges } = asked('subscriptions/listen', 'tools/call');
    const tagged = frameOf({
      method: 'notifications/resources/updated',
      params: { uri: 'a:b', _meta: { [subscriptionKey]: 1 } },
    });
    expect(subscriptionBehind(record, tagged)?.exchange).toBe(exchanges[0]);
    expect(exchangeOf(record, fromServer, tagged, undefined)).toBe(exchanges[0]);
    expect(subscriptionBehind(record, listChanged)).toBe(undefined);
  });
});

describe('the names of a request on its way', () => {
  const exchange = new Exchange();

  test('are its own on a connection, and its number in an exchange (R7)', () => {
    const { record: connection } = openSession();
    const { record } = openSession({ hasExchanges: true });
    expect(passageOf(connection, fromClient, 'id', 'token', undefined, 9)).toBe(undefined);
    expect(passageOf(record, fromClient, 'id', 'token', exchange, 9)).toEqual({
      exchange,
      sentId: 9,
      requesterToken: 'token',
    });
    expect(passageOf(record, fromServer, 'id', undefined, exchange, 9)).toMatchObject({ sentId: 'id' });
  });

  test('at a shared server lie in a range that is its own', () => {
    const { record } = openSession({ idBase: 2 ** 40 });
    expect(passageOf(record, fromClient, 'id', undefined, undefined, 9)).toMatchObject({ sentId: 2 ** 40 + 9 });
    receive(record, request(1, 'tools/call', undefined, { ticket: 1 }));
    receive(record, request(1, 'tools/call', undefined, { ticket: 2 }));
    expect(record.counts[counterIndex.duplicateIds]).toBe(1);
    expect(record.unit.find(fromClient, 2 ** 40 + 1)?.id).toBe(1);
  });
});
