/** Which request a response answers, and what becomes of one that answers nothing. */
import { describe, expect, test } from 'vitest';
import type { RequestId } from '../../src/protocol/envelope.ts';
import { failure, initializeResult, request, result } from '../../src/testing/messages.ts';
import { playbook } from './conversation.ts';

function served() {
  const play = playbook();
  const talk = play.open();
  talk.handshake({ id: 'hello' });
  return { play, ...talk };
}

describe('an id', () => {
  test('R1 F8 keeps its JSON type: 1 and "1" are two requests, and each gets its own answer', () => {
    const { client, server } = served();
    client.sends('{"jsonrpc":"2.0","id":1,"method":"tools/list"}');
    client.sends('{"jsonrpc":"2.0","id":"1","method":"tools/list"}');
    server.receives('{"jsonrpc":"2.0","id":1,"method":"tools/list"}');
    server.receives('{"jsonrpc":"2.0","id":"1","method":"tools/list"}');
    server.sends('{"jsonrpc":"2.0","id":"1","result":{"for":"text"}}');
    server.sends('{"jsonrpc":"2.0","id":1,"result":{"for":"number"}}');
    client.receives('{"jsonrpc":"2.0","id":"1","result":{"for":"text"}}');
    client.receives('{"jsonrpc":"2.0","id":1,"result":{"for":"number"}}');
  });

  test('R1 F8 of the wrong type answers nothing: neither "1" nor " 1 " is 1', () => {
    const { client, server, counts, session } = served();
    client.asks(1, 'tools/list');
    server.receivesRequest(1, 'tools/list');
    server.answers('1');
    server.answers(' 1 ');
    client.receivesNothing();
    expect(counts('bogusResponses')).toEqual({ bogusResponses: 2 });
    expect(session.snapshot().pending).toMatchObject([{ id: 1 }]);
  });

  test('R1 F8 is echoed as it stood in every answer that is made for the server', () => {
    const { play, client, server } = served();
    for (const id of [0, -0, '', '1', 1e21, 'é"\\']) if (id !== 1e21) client.asks(id, 'tools/call');
    play.timePasses(300_000);
    const told = client.takesAll().map((message) => message['id']);
    server.takesAll();
    expect(told).toEqual(expect.arrayContaining([0, '', '1', 'é"\\']));
  });

  test.each<[RequestId]>([[0], ['']])('R10 may be %j: an id is never tested for truth', (id) => {
    const { play, client, server, counts } = served();
    client.asks(id, 'tools/list');
    server.receivesRequest(id, 'tools/list');
    server.answers(id);
    client.receivesResult(id);
    client.asks(id, 'tools/call');
    server.receivesRequest(id, 'tools/call');
    client.notifies('notifications/cancelled', { requestId: id });
    server.receivesNotification('notifications/cancelled', { requestId: id });
    // The server answers what was cancelled, and the id is free again.
    server.answers(id);
    client.asks(id, 'tools/call', { _meta: { progressToken: id } });
    server.receivesRequest(id, 'tools/call', { _meta: { progressToken: id } });
    play.timePasses(299_000);
    server.notifies('notifications/progress', { progressToken: id, progress: 1 });
    client.receivesNotification('notifications/progress', { progressToken: id, progress: 1 });
    play.timePasses(299_000);
    server.answers(id);
    client.receivesResult(id);
    expect(counts('outcome.result', 'outcome.cancelled', 'outcome.timeout')).toEqual({
      'outcome.result': 3,
      'outcome.cancelled': 1,
      'outcome.timeout': 0,
    });
  });

  test('P4 that is used again before the server has answered what was cancelled goes on under another', () => {
    const { client, server, counts } = served();
    client.asks(3, 'tools/call', { name: 'first' });
    server.receivesRequest(3, 'tools/call', { name: 'first' });
    client.notifies('notifications/cancelled', { requestId: 3 });
    server.receivesNotification('notifications/cancelled', { requestId: 3 });
    client.asks(3, 'tools/call', { name: 'second', _meta: { progressToken: 3 } });
    const id = server.takesAll().at(-1)!['id'] as RequestId;
    expect(id).toMatch(/^ninelives:/);
    server.notifies('notifications/progress', { progressToken: id, progress: 1 });
    client.receivesNotification('notifications/progress', { progressToken: 3, progress: 1 });
    server.answers(3, { content: ['of the first'] });
    client.receivesNothing();
    client.asks(3, 'tools/call', { name: 'too early' });
    expect(client.takesAll()).toMatchObject([{ id: 3, error: { code: -32600 } }]);
    server.answers(id, { content: ['of the second'] });
    client.receivesResult(3, { content: ['of the second'] });
    expect(counts('lateResponses', 'duplicateIds')).toEqual({ lateResponses: 1, duplicateIds: 1 });
  });

  test('P10 of a request that went on under another is called so when it is cancelled', () => {
    const { client, server } = served();
    client.asks(3, 'tools/call');
    client.notifies('notifications/cancelled', { requestId: 3 });
    server.takesAll();
    client.asks(3, 'tools/call');
    const id = server.takesAll().at(-1)!['id'] as RequestId;
    client.notifies('notifications/cancelled', { requestId: 3 });
    server.receivesNotification('notifications/cancelled', { requestId: id });
  });

  test('R2 lives in one direction: both peers count from 0 and nothing is mixed up', () => {
    const { client, server } = served();
    client.asks(0, 'tools/call');
    server.asks(0, 'sampling/createMessage');
    client.asks(1, 'tools/call');
    server.asks(1, 'roots/list');
    server.receives(request(0, 'tools/call'));
    server.receives(request(1, 'tools/call'));
    client.receives(request(0, 'sampling/createMessage'));
    client.receives(request(1, 'roots/list'));
    client.answers(1, { roots: [] });
    server.answers(1, { content: [] });
    server.answers(0, { content: ['a'] });
    client.answers(0, { role: 'user' });
    server.receives(result(1, { roots: [] }));
    server.receives(result(0, { role: 'user' }));
    client.receives(result(1, { content: [] }));
    client.receives(result(0, { content: ['a'] }));
  });

  test('R7 that still waits is taken: a second request under it is refused, the first is not harmed', () => {
    const { client, server, counts } = served();
    client.asks(1, 'tools/call', { name: 'first' });
    client.asks(1, 'tools/call', { name: 'second' });
    client.receivesError(1, -32600, {
      code: 'INVALID_REQUEST',
      reason: 'A request with this id is still waiting for its answer',
    });
    server.asks(1, 'roots/list');
    server.asks(1, 'roots/list');
    server.receivesRequest(1, 'tools/call', { name: 'first' });
    server.receivesError(1, -32600, {
      code: 'INVALID_REQUEST',
      reason: 'A request with this id is still waiting for its answer',
    });
    server.answers(1, { from: 'first' });
    client.receivesRequest(1, 'roots/list');
    client.receivesResult(1, { from: 'first' });
    expect(counts('duplicateIds', 'outcome.refused')).toEqual({ duplicateIds: 2, 'outcome.refused': 2 });
  });

  test('R7 P4 that was answered may be used again: the answer is to the new request', () => {
    const { client, server, counts } = served();
    for (const round of [1, 2, 3]) {
      client.asks(1, 'tools/call', { round });
      server.receivesRequest(1, 'tools/call', { round });
      server.answers(1, { round });
      client.receivesResult(1, { round });
    }
    expect(counts('outcome.result', 'duplicateResponses')).toEqual({ 'outcome.result': 4, duplicateResponses: 0 });
  });
});

describe('a response', () => {
  test('S5 R3 is what its request was, whatever it looks like', () => {
    const { client, server, session } = served();
    client.asks(1, 'tools/call', { name: 'mimic' });
    server.receivesRequest(1, 'tools/call', { name: 'mimic' });
    server.answers(1, { ...initializeResult('1999-12-31'), task: { taskId: 't' }, method: 'ping', resultType: 'task' });
    expect(client.takesAll()).toHaveLength(1);
    expect(session.snapshot()).toMatchObject({ protocolVersion: '2025-11-25', tasks: [], state: 'active.serving' });
  });

  test('R3 is told from a request by its members, in whatever order they come', () => {
    const { client, server } = served();
    server.sends('{"params":{"result":1,"error":2},"id":"q","method":"sampling/createMessage","jsonrpc":"2.0"}');
    client.receives('{"params":{"result":1,"error":2},"id":"q","method":"sampling/createMessage","jsonrpc":"2.0"}');
    client.sends('{"result":{"method":"x","id":9},"jsonrpc":"2.0","id":"q"}');
    server.receives('{"result":{"method":"x","id":9},"jsonrpc":"2.0","id":"q"}');
  });

  test('R4 to a request that was never made goes no further and harms nobody', () => {
    const { client, server, counts, session } = served();
    server.answers(99);
    client.answers('nothing');
    client.receivesNothing();
    server.receivesNothing();
    expect(counts('bogusResponses')).toEqual({ bogusResponses: 2 });
    expect(session.snapshot().state).toBe('active.serving');
  });

  test('R5 that comes twice counts once, and the second is known for what it is', () => {
    const { client, server, counts } = served();
    client.asks(1, 'tools/list');
    server.receivesRequest(1, 'tools/list');
    server.answers(1, { first: true });
    server.answersWithError(1, -1, 'second');
    client.receivesResult(1, { first: true });
    client.asks(2, 'tools/list');
    server.receivesRequest(2, 'tools/list');
    server.answersWithError(2, -1, 'first');
    server.answers(2, { second: true });
    client.receives(failure(2, -1, 'first'));
    expect(counts('duplicateResponses', 'bogusResponses')).toEqual({ duplicateResponses: 2, bogusResponses: 0 });
  });

  test('R5 tombstones are bounded: what is long forgotten is a stranger', () => {
    const play = playbook({ limits: { tombstonesPerSession: 2 } });
    const { client, server, counts } = play.open();
    for (const id of [1, 2, 3]) {
      client.asks(id, 'tools/list');
      server.answers(id);
    }
    for (const id of [1, 2, 3]) server.answers(id);
    expect([client.takesAll().length, server.takesAll().length]).toEqual([3, 3]);
    expect(counts('duplicateResponses', 'bogusResponses')).toEqual({ duplicateResponses: 2, bogusResponses: 1 });
  });

  test('R6 that is an error without id is passed on: on a connection there is one reader', () => {
    const { client, server, counts, session } = served();
    client.asks(1, 'tools/list');
    server.receivesRequest(1, 'tools/list');
    server.sends(failure(null, -32700, 'Parse error'));
    server.sends('{"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid"}}');
    client.receives(failure(null, -32700, 'Parse error'));
    client.receives('{"jsonrpc":"2.0","error":{"code":-32600,"message":"Invalid"}}');
    expect(counts('errorsWithoutId')).toEqual({ errorsWithoutId: 2 });
    expect(session.snapshot().pending).toMatchObject([{ id: 1 }]);
  });

  test('R4 to a request that the server has not been given yet is nobody’s', async () => {
    let decide: () => void = () => {};
    const decided = new Promise<void>((resolve) => {
      decide = resolve;
    });
    const play = playbook({
      interceptors: [
        {
          name: 'slow',
          intercept: ({ direction }) =>
            direction === 'client-to-server' ? decided.then(() => ({ action: 'continue' as const })) : undefined,
        },
      ],
    });
    const { client, server, counts } = play.open();
    client.asks(1, 'tools/list');
    server.answers(1, { guessed: true });
    client.receivesNothing();
    expect(counts('bogusResponses')).toEqual({ bogusResponses: 1 });
    decide();
    await play.promisesSettle();
    server.receivesRequest(1, 'tools/list');
    server.answers(1, { guessed: false });
    client.receivesResult(1, { guessed: false });
  });
});
