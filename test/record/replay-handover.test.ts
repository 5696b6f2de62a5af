import { describe, expect, test } from 'vitest';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import type { MessageValue } from '../../src/record/replay-conversation.ts';
import { Handover, type HandoverOptions, idOfPrefix } from '../../src/record/replay-handover.ts';
import { answer, notification, request } from './conversing.ts';

function handingOver(options: Partial<HandoverOptions> = {}) {
  const toClient: unknown[] = [];
  const toServer: unknown[] = [];
  const encode = (message: MessageValue): Uint8Array => encodeText(JSON.stringify(message));
  const decode = (bytes: Uint8Array): unknown => JSON.parse(decodeText(bytes));
  const handover = new Handover({
    welcome: { serverInfo: { name: 'here' } },
    isInitialized: true,
    toClient: (bytes) => toClient.push(decode(bytes)),
    toServer: (bytes) => toServer.push(decode(bytes)),
    encode,
    ...options,
  });
  return {
    client: (message: MessageValue) => handover.fromClient(encode(message), message),
    server: (message: MessageValue) => handover.fromServer(encode(message), message),
    toClient: () => toClient.splice(0),
    toServer: () => toServer.splice(0),
  };
}

const initialize = request('hello', 'initialize');
const initialized = notification('notifications/initialized');
const changed = notification('notifications/tools/list_changed');

describe('a client that takes over', () => {
  test('is greeted as the one before was, and the server does not hear of it', () => {
    const { client, server, toClient, toServer } = handingOver();
    server(changed);
    client(initialize);
    expect(toClient()).toEqual([answer('hello', { serverInfo: { name: 'here' } })]);
    client(initialized);
    expect([toServer(), toClient()]).toEqual([[], [changed]]);
    client(request(1, 'tools/list'));
    server(answer(1, {}));
    expect([toServer(), toClient()]).toEqual([[request(1, 'tools/list')], [answer(1, {})]]);
    // Whoever greets again means it.
    client(initialize);
    client(initialized);
    expect(toServer()).toEqual([initialize, initialized]);
  });

  test('may go on without a word of greeting', () => {
    const { client, server, toClient, toServer } = handingOver();
    const ask = request(7, 'sampling/createMessage');
    server(ask);
    expect(toClient()).toEqual([]);
    client(request(1, 'tools/list'));
    expect([toServer(), toClient()]).toEqual([[request(1, 'tools/list')], [ask]]);
    client(answer(7, {}));
    expect(toServer()).toEqual([answer(7, {})]);
  });

  test('hears nothing of what was asked before', () => {
    const { client, server, toClient } = handingOver();
    client(request(1, 'ping'));
    server(answer(idOfPrefix(3), {}));
    server(notification('notifications/progress', { progressToken: idOfPrefix(3), progress: 1 }));
    expect(toClient()).toEqual([]);
    server(notification('notifications/progress', { progressToken: 3, progress: 1 }));
    expect(toClient()).toHaveLength(1);
  });

  test('greets the server itself where nobody has', () => {
    const { client, toServer } = handingOver({ welcome: undefined, isInitialized: false });
    client(initialize);
    client(initialized);
    expect(toServer()).toEqual([initialize, initialized]);
    const half = handingOver({ isInitialized: false });
    half.client(initialize);
    half.client(initialized);
    expect(half.toServer()).toEqual([initialized]);
  });
});
