/** Bytes that are no message, from either side: nobody crashes, nothing of it is passed on, and who waits is told. */
import { describe, expect, test } from 'vitest';
import { playbook } from './conversation.ts';

const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

describe('what a client sends', () => {
  test.each<[string, string, string | number | null, number, string, string]>([
    ['no JSON', 'hello', null, -32700, 'PARSE_ERROR', 'The text is not JSON.'],
    ['half a message', '{"jsonrpc":"2.0","id":1,"met', null, -32700, 'PARSE_ERROR', 'The text is not JSON.'],
    ['a JSON text', '"ping"', null, -32600, 'INVALID_REQUEST', 'A message is one JSON object.'],
    [
      'neither question nor answer',
      '{"jsonrpc":"2.0","id":7}',
      7,
      -32600,
      'INVALID_REQUEST',
      'The message has neither method nor result nor error.',
    ],
    [
      'a method that is no text',
      '{"jsonrpc":"2.0","id":"a","method":5}',
      'a',
      -32600,
      'INVALID_REQUEST',
      'The member method is not a string.',
    ],
    [
      'an id of null',
      '{"jsonrpc":"2.0","id":null,"method":"ping"}',
      null,
      -32600,
      'INVALID_REQUEST',
      'The id is neither a string nor a safe integer.',
    ],
    [
      'an id with a fraction',
      '{"jsonrpc":"2.0","id":1.5,"method":"ping"}',
      1.5,
      -32600,
      'INVALID_REQUEST',
      'The id is neither a string nor a safe integer.',
    ],
  ])('R1 R24 is refused when it is %s', (_case, text, id, code, name, reason) => {
    const { client, server, counts, session } = playbook().open();
    client.sends(text);
    client.receivesError(id, code, { code: name, reason });
    server.receivesNothing();
    expect(counts('malformedFromClient', 'outcome.refused')).toEqual({ malformedFromClient: 1, 'outcome.refused': 1 });
    expect(session.snapshot()).toMatchObject({ state: 'initializing', pending: [] });
  });

  test('R24 is refused with its id when it nests too deep to be read', () => {
    const { client } = playbook().open();
    client.sends(`{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"x":${deep(1000)}}}`);
    expect(client.takesAll()).toMatchObject([{ id: 3, error: { code: -32700, data: { code: 'PARSE_ERROR' } } }]);
  });

  test('R24 is refused when it is no UTF-8', () => {
    const { client, server } = playbook().open();
    const text = '{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"x":"?"}}';
    const bytes = Uint8Array.from(text, (character) => (character === '?' ? 0xff : character.charCodeAt(0)));
    client.sendsBytes(bytes);
    client.receivesError(4, -32700, { code: 'PARSE_ERROR', reason: 'The message is not valid UTF-8.' });
    server.receivesNothing();
  });

  test('R24 S7 is refused with 4130 when its transport found it too large to keep', () => {
    const { client } = playbook().open();
    const fault = { fault: 'frame-too-large', reason: 'too large', isAnswer: false } as const;
    client.sendsUnreadable({ ...fault, expectsAnswer: true, idToken: '"big"' }, 20_000_000);
    client.receivesError('big', 4130, { code: 'FRAME_TOO_LARGE', reason: 'too large', limitBytes: 10_485_760 });
    client.sendsUnreadable({ ...fault, expectsAnswer: false, idToken: undefined }, 20_000_000);
    client.receivesNothing();
  });

  test('S1 settles what it was meant to answer, with the fault', () => {
    const { client, server, session } = playbook().open();
    server.asks(1, 'roots/list');
    client.receivesRequest(1, 'roots/list');
    client.sends('{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"both"}}');
    server.receivesError(1, -32600, { code: 'INVALID_REQUEST', reason: 'The response has both result and error.' });
    client.receivesNothing();
    expect(session.snapshot().pending).toEqual([]);
  });

  test('is forgiven when it is a notification nobody knows, and passed on', () => {
    const { client, server, counts } = playbook().open();
    client.sends('{"jsonrpc":"2.0","method":"notifications/of_my_own","params":[1]}');
    server.receives('{"jsonrpc":"2.0","method":"notifications/of_my_own","params":[1]}');
    expect(counts('unknownMethods', 'malformedFromClient')).toEqual({ unknownMethods: 1, malformedFromClient: 0 });
  });
});

test('F2 what is refused as no message is told to observers like any other refusal, as it is counted', () => {
  const play = playbook();
  const { client, server, counts } = play.open();
  client.sends('{"jsonrpc":"2.0","id":1,"method":[]}');
  client.receivesError(1, -32600, { code: 'INVALID_REQUEST', reason: 'The member method is not a string.' });
  client.sends('no message');
  expect(client.takesAll()).toMatchObject([{ id: null, error: { code: -32700 } }]);
  server.sends('{"jsonrpc":"2.0","id":"q","method":[]}');
  expect(server.takesAll()).toMatchObject([{ id: 'q', error: { code: -32600 } }]);
  server.sends('noise that nobody answers');
  const refused = { type: 'request-settled', sessionId: 's1', at: 0, method: '', outcome: 'refused', elapsedMs: 0 };
  expect(play.observations.filter((seen) => seen.type === 'request-settled')).toMatchObject([
    { ...refused, direction: 'client-to-server', id: 1, errorCode: -32600 },
    { ...refused, direction: 'client-to-server', id: null, errorCode: -32700 },
    { ...refused, direction: 'server-to-client', id: 'q', errorCode: -32600 },
  ]);
  expect(counts('outcome.refused')).toEqual({ 'outcome.refused': 3 });
});

describe('what a server sends', () => {
  test('R24 is logged and goes no further when it is noise: servers print to stdout', () => {
    const play = playbook();
    const { client, server, counts, session } = play.open();
    client.asks(1, 'tools/list');
    server.receivesRequest(1, 'tools/list');
    server.sends('Listening on port 3000');
    server.sends('');
    server.sends('{"level":"info"}');
    client.receivesNothing();
    server.receivesNothing();
    expect(counts('malformedFromServer')).toEqual({ malformedFromServer: 3 });
    const line = play.log.says('warn', 'not a message');
    expect(line.fields).toMatchObject({ session: 's1', direction: 'server-to-client', fault: 'not-json', bytes: 22 });
    server.answers(1);
    client.receivesResult(1);
    expect(session.snapshot().status).toBe('active');
  });

  test('S7 fills the log with twenty lines at most, and is counted beyond', () => {
    const play = playbook();
    const { server, counts } = play.open();
    for (let line = 0; line < 100; line++) server.sends('noise');
    expect(counts('malformedFromServer')).toEqual({ malformedFromServer: 100 });
    expect(play.log.lines('warn')).toHaveLength(20);
    expect(play.log.lines('warn').at(-1)!.text).toBe('not a message (further ones are only counted)');
  });

  test('R3 is told to it when it is a question that cannot be read', () => {
    const { client, server } = playbook().open();
    server.sends('{"jsonrpc":"2.0","id":"q","method":["sampling/createMessage"]}');
    server.receivesError('q', -32600, { code: 'INVALID_REQUEST', reason: 'The member method is not a string.' });
    client.receivesNothing();
  });

  test.each([
    ['both result and error', '{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"x"}}', -32600],
    ['too deep', `{"jsonrpc":"2.0","id":1,"result":${deep(1000)}}`, -32700],
  ])('S1 R4 settles the request that it was meant to answer: %s', (_case, text, code) => {
    const { client, server, counts, session } = playbook().open();
    client.asks(1, 'tools/list');
    server.receivesRequest(1, 'tools/list');
    server.sends(text);
    expect(client.takesAll()).toMatchObject([{ id: 1, error: { code } }]);
    server.answers(1);
    client.receivesNothing();
    server.receivesNothing();
    expect(counts('outcome.refused', 'lateResponses')).toEqual({ 'outcome.refused': 1, lateResponses: 1 });
    expect(session.snapshot().pending).toEqual([]);
  });

  test('S1 S7 settles its request with 4130 when the answer was too large to keep', () => {
    const { client, server } = playbook().open();
    client.asks(1, 'resources/read');
    server.receivesRequest(1, 'resources/read');
    const fault = { fault: 'frame-too-large', reason: 'too large', expectsAnswer: false, isAnswer: true } as const;
    server.sendsUnreadable({ ...fault, idToken: '1' }, 20_000_000);
    client.receivesError(1, 4130, { code: 'FRAME_TOO_LARGE', reason: 'too large', limitBytes: 10_485_760 });
  });

  test('R1 an answer under an id that MCP forbids answers nothing', () => {
    const { client, server, session } = playbook().open();
    client.asks(1, 'tools/list');
    server.receivesRequest(1, 'tools/list');
    server.sends('{"jsonrpc":"2.0","id":1.5,"result":{}}');
    server.sends('{"jsonrpc":"2.0","id":null,"result":{}}');
    client.receivesNothing();
    expect(session.snapshot().pending).toMatchObject([{ id: 1 }]);
  });
});
