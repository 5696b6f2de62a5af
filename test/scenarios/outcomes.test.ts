/** Every way in which a request can end, and what its requester is told. The codes are for machines: pinned here. */
import { describe, expect, test } from 'vitest';
import { cancelled } from '../../src/testing/messages.ts';
import { playbook } from './conversation.ts';

/** A session in which the server works on request 7. */
function callUnderWay() {
  const play = playbook();
  const talk = play.open();
  talk.handshake();
  talk.client.asks(7, 'tools/call', { name: 'work' });
  talk.server.receivesRequest(7, 'tools/call', { name: 'work' });
  const settled = (): unknown[] =>
    play.observations.flatMap((seen) => (seen.type === 'request-settled' && seen.id === 7 ? [seen.outcome] : []));
  return { play, settled, ...talk };
}

describe('a request ends once, and its requester is told', () => {
  test('S1 S5 result: by the frame of the server, to the letter', () => {
    const { client, server, settled } = callUnderWay();
    server.sends('{ "result" : {"n":1.0,"protocolVersion":"x"},  "id":7, "jsonrpc":"2.0" }');
    client.receives('{ "result" : {"n":1.0,"protocolVersion":"x"},  "id":7, "jsonrpc":"2.0" }');
    expect(settled()).toEqual(['result']);
  });

  test('S1 error: by the frame of the server, to the letter', () => {
    const { client, server, settled } = callUnderWay();
    server.sends('{"error":{"message":"\\u006eo","code":-32000},"jsonrpc":"2.0","id":7}');
    client.receives('{"error":{"message":"\\u006eo","code":-32000},"jsonrpc":"2.0","id":7}');
    expect(settled()).toEqual(['error']);
  });

  test('S1 R9 cancelled: by nothing, since it asked for that', () => {
    const { client, server, settled } = callUnderWay();
    client.sends(cancelled(7));
    server.receives(cancelled(7));
    client.receivesNothing();
    expect(settled()).toEqual(['cancelled']);
  });

  test('S1 P7 timeout: by 5040 with the deadline that passed', () => {
    const { play, client, server, settled } = callUnderWay();
    play.timePasses(300_000);
    client.receivesError(7, 5040, {
      code: 'REQUEST_TIMEOUT',
      deadline: 'idle',
      elapsedMs: 300_000,
      method: 'tools/call',
    });
    server.receivesNotification('notifications/cancelled', { requestId: 7, reason: 'The request timed out' });
    expect(settled()).toEqual(['timeout']);
  });

  test('S1 P5 R19 upstream-lost: by 5020, at once', () => {
    const { client, server, settled } = callUnderWay();
    server.isLost();
    client.receivesError(7, 5020, { code: 'UPSTREAM_LOST', reason: 'closed', exitCode: null, signal: null });
    expect(settled()).toEqual(['upstream-lost']);
  });

  test('S1 client-gone: by nobody', () => {
    const { client, settled } = callUnderWay();
    client.leaves();
    client.receivesNothing();
    expect(settled()).toEqual(['client-gone']);
  });

  test('S1 S7 refused: by 4290 with the limit in its way', () => {
    const play = playbook({ limits: { pendingPerSession: 1 } });
    const { client, server } = play.open();
    client.asks(6, 'tools/list');
    client.asks(7, 'tools/list');
    server.receivesRequest(6, 'tools/list');
    const numbers = { current: 1, limit: 1, retryAfterMs: 1000 };
    client.receivesError(7, 4290, { code: 'TOO_MANY_REQUESTS', scope: 'session', ...numbers });
    expect(play.observations.filter((seen) => seen.type === 'request-settled')).toMatchObject([
      { id: 7, outcome: 'refused', direction: 'client-to-server', method: 'tools/list', elapsedMs: 0 },
    ]);
  });
});

describe('what is asked of the client ends as well', () => {
  test('S1 P9 result and error: by the frame of the client', () => {
    const { client, server, handshake } = playbook().open();
    handshake();
    server.asks(0, 'sampling/createMessage', { messages: [] });
    client.receivesRequest(0, 'sampling/createMessage', { messages: [] });
    server.asks('e', 'elicitation/create');
    client.receivesRequest('e', 'elicitation/create');
    client.answersWithError('e', -1, 'declined');
    client.answers(0, { role: 'assistant' });
    server.receives({ jsonrpc: '2.0', id: 'e', error: { code: -1, message: 'declined' } });
    server.receivesResult(0, { role: 'assistant' });
  });

  test('S1 client-gone: by 4040 when the client ends its input', () => {
    const { client, server, handshake, counts } = playbook().open();
    handshake();
    server.asks(0, 'roots/list');
    client.receivesRequest(0, 'roots/list');
    client.endsInput();
    server.receivesError(0, 4040, { code: 'SESSION_NOT_FOUND', reason: 'client-gone' });
    expect(counts('outcome.client-gone')).toEqual({ 'outcome.client-gone': 1 });
  });

  test('S1 upstream-lost: the client is told to stop', () => {
    const { client, server, handshake, counts } = playbook().openWithRestarts();
    server.comesUp();
    handshake();
    server.asks(0, 'sampling/createMessage');
    client.receivesRequest(0, 'sampling/createMessage');
    server.goesDown();
    client.receivesNotification('notifications/cancelled', { requestId: 0, reason: 'The server went away' });
    expect(counts('outcome.upstream-lost')).toEqual({ 'outcome.upstream-lost': 1 });
  });

  test('S1 R9 cancelled: by nothing, and the client is told to stop', () => {
    const { client, server, handshake, counts } = playbook().open();
    handshake();
    server.asks(0, 'sampling/createMessage');
    client.receivesRequest(0, 'sampling/createMessage');
    server.sends(cancelled(0));
    client.receives(cancelled(0));
    server.receivesNothing();
    expect(counts('outcome.cancelled')).toEqual({ 'outcome.cancelled': 1 });
  });
});

describe('S3 who comes second comes to nothing', () => {
  const endings = {
    answer: ({ server }) => server.answers(7),
    'error answer': ({ server }) => server.answersWithError(7, -1, 'no'),
    cancellation: ({ client }) => client.sends(cancelled(7)),
    timeout: ({ play }) => play.timePasses(300_000),
  } satisfies Record<string, (talk: ReturnType<typeof callUnderWay>) => void>;
  const names = Object.keys(endings) as (keyof typeof endings)[];
  const pairs = names.flatMap((first) => names.map((second) => [first, second] as const));

  test.each(pairs)('S3 %s, then %s: the request has one outcome and one answer at most', (first, second) => {
    const talk = callUnderWay();
    endings[first](talk);
    endings[second](talk);
    const answers = talk.client.takesAll();
    talk.server.takesAll();
    expect(talk.settled()).toHaveLength(1);
    expect(answers).toHaveLength(first === 'cancellation' ? 0 : 1);
    expect(talk.session.snapshot().pending).toEqual([]);
    expect(talk.play.runtime.totals().pending).toEqual({ ordinary: 0, reserved: 0, listen: 0, question: 0 });
  });

  test('R5 what comes second is counted for what it is', () => {
    const { play, client, server, counts, handshake } = playbookWithCall();
    handshake();
    client.asks(1, 'tools/list');
    client.asks(2, 'tools/list');
    client.asks(3, 'tools/list');
    server.answers(1);
    server.answers(1);
    client.sends(cancelled(2));
    server.answers(2);
    play.timePasses(300_000);
    server.answers(3);
    server.answers(99);
    client.sends(cancelled(1));
    expect(client.takesAll()).toHaveLength(2);
    expect(server.takesAll()).toHaveLength(5);
    expect(counts('duplicateResponses', 'lateResponses', 'bogusResponses', 'lateCancellations')).toEqual({
      duplicateResponses: 1,
      lateResponses: 2,
      bogusResponses: 1,
      lateCancellations: 1,
    });
  });
});

function playbookWithCall() {
  const play = playbook();
  return { play, ...play.open() };
}
