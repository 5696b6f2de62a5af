import { describe, expect, test } from 'vitest';
import { encodeText } from '../../src/protocol/text.ts';
import { isFault } from '../../src/protocol/faults.ts';
import type { ReadFault } from '../../src/protocol/faults.ts';
import type { Envelope } from '../../src/protocol/envelope.ts';
import { defaultReadLimits, isBatch, readMessage, readMessages } from '../../src/protocol/read.ts';
import type { ReadLimits } from '../../src/protocol/read.ts';

function envelope(text: string, limits?: ReadLimits): Envelope {
  const read = readMessage(encodeText(text), limits);
  if (isFault(read)) throw new Error(`${read.fault}: ${read.reason}`);
  return read.envelope;
}

function fault(bytes: string | Uint8Array, limits?: ReadLimits): Omit<ReadFault, 'reason'> {
  const read = readMessage(typeof bytes === 'string' ? encodeText(bytes) : bytes, limits);
  if (!isFault(read)) throw new Error(`read as ${read.envelope.kind}`);
  const { reason, ...rest } = read;
  expect(reason).not.toBe('');
  return rest;
}

/** `text` with one byte that is no UTF-8 in place of each `?`. */
function broken(text: string): Uint8Array {
  return encodeText(text).map((byte) => (byte === 0x3f ? 0xff : byte));
}

const head = '"jsonrpc":"2.0"';

describe('kinds', () => {
  test('a request has a method and an id', () => {
    const text = `{${head},"id":7,"method":"tools/call","params":{"name":"echo","_meta":{"progressToken":"p"}}}`;
    expect(envelope(text)).toEqual({
      kind: 'request',
      method: 'tools/call',
      id: 7,
      idStart: text.indexOf('7'),
      idEnd: text.indexOf('7') + 1,
      isError: false,
      progressToken: 'p',
      cancels: undefined,
      revisionClaim: undefined,
      asksTask: false,
    });
  });

  test('a notification has a method and no id', () => {
    expect(envelope(`{${head},"method":"notifications/initialized"}`)).toMatchObject({
      kind: 'notification',
      method: 'notifications/initialized',
      id: undefined,
      idStart: -1,
      idEnd: -1,
    });
  });

  test('a response has a result or an error, and no method', () => {
    expect(envelope(`{${head},"id":"a","result":{}}`)).toMatchObject({ kind: 'response', id: 'a', isError: false });
    expect(envelope(`{${head},"id":"a","error":{}}`)).toMatchObject({ kind: 'response', id: 'a', isError: true });
  });

  test('a method makes a request of what else looks like a response (R3)', () => {
    expect(envelope(`{${head},"id":1,"method":"ping","result":{}}`)).toMatchObject({ kind: 'request' });
  });

  test('members of a body are not members of the message', () => {
    expect(envelope(`{${head},"id":1,"result":{"method":"ping","id":2,"protocolVersion":"x"}}`)).toMatchObject({
      kind: 'response',
      id: 1,
    });
  });
});

describe('ids', () => {
  test.each([
    ['0', 0],
    ['-0', 0],
    ['-5', -5],
    ['1.0', 1],
    ['1e0', 1],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['""', ''],
    ['"1"', '1'],
    ['"\\u0061"', 'a'],
    ['"ü"', 'ü'],
  ])('%s is an id', (token, id) => {
    const text = `{${head},"method":"ping","id":${token}}`;
    const read = envelope(text);
    expect(read.id).toBe(id);
    expect(new TextDecoder().decode(encodeText(text).subarray(read.idStart, read.idEnd))).toBe(token);
  });

  test.each([
    ['null', undefined],
    ['1.5', '1.5'],
    ['9007199254740992', '9007199254740992'],
    ['1e400', '1e400'],
    ['true', undefined],
    ['{}', undefined],
    ['[1]', undefined],
  ])('%s is none', (token, idToken) => {
    expect(fault(`{${head},"method":"ping","id":${token}}`)).toEqual({
      fault: 'invalid-id',
      expectsAnswer: true,
      isAnswer: false,
      idToken,
    });
  });

  test('a response with an id that is none is an answer to nobody', () => {
    expect(fault(`{${head},"id":1.5,"result":{}}`)).toEqual({
      fault: 'invalid-id',
      expectsAnswer: false,
      isAnswer: true,
      idToken: '1.5',
    });
  });

  test('an error may go without id or with null, a result may not (R6)', () => {
    for (const id of ['', '"id":null,']) {
      expect(envelope(`{${head},${id}"error":{"code":1,"message":""}}`)).toMatchObject({
        kind: 'response',
        id: undefined,
        idStart: -1,
        idEnd: -1,
        isError: true,
      });
      expect(fault(`{${head},${id}"result":{}}`)).toMatchObject({ fault: 'invalid-message', isAnswer: true });
    }
  });

  test('an id has a longest length, quotes not counted', () => {
    const limits = { ...defaultReadLimits, idBytesMax: 8 };
    expect(envelope(`{${head},"method":"ping","id":"12345678"}`, limits).id).toBe('12345678');
    expect(envelope(`{${head},"method":"ping","id":"\\u0061bc"}`, limits).id).toBe('abc');
    expect(fault(`{${head},"method":"ping","id":123456789}`, limits).fault).toBe('id-too-long');
    expect(fault(`{${head},"method":"ping","id":"\\u0061bcd"}`, limits).fault).toBe('id-too-long');
    expect(fault(`{${head},"method":"ping","id":"123456789"}`, limits)).toEqual({
      fault: 'id-too-long',
      expectsAnswer: true,
      isAnswer: false,
      idToken: '"123456789"',
    });
  });
});

describe('what params say', () => {
  test('progress and cancellation name what they are about', () => {
    const progress = `{${head},"method":"notifications/progress","params":{"progressToken":0,"progress":1}}`;
    expect(envelope(progress).progressToken).toBe(0);
    expect(envelope(progress.replace(':0,', ':"p",')).progressToken).toBe('p');
    const cancelled = `{${head},"method":"notifications/cancelled","params":{"requestId":0}}`;
    expect(envelope(cancelled).cancels).toBe(0);
    expect(envelope(cancelled.replace(':0}', ':"r"}')).cancels).toBe('r');
  });

  test('the same names elsewhere mean nothing', () => {
    const params = '"params":{"progressToken":1,"requestId":2,"task":{}}';
    expect(envelope(`{${head},"method":"notifications/message",${params}}`)).toMatchObject({
      progressToken: undefined,
      cancels: undefined,
      asksTask: false,
    });
    expect(envelope(`{${head},"id":1,"method":"tools/call",${params}}`)).toMatchObject({
      progressToken: undefined,
      cancels: undefined,
      asksTask: true,
    });
  });

  test('a revision in _meta claims the modern era, whatever it is', () => {
    const claim = (value: string): string =>
      `{${head},"id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":${value}}}}`;
    expect(envelope(claim('"2026-07-28"')).revisionClaim).toBe('2026-07-28');
    expect(envelope(claim('5')).revisionClaim).toBe('');
  });

  test('a token of a forbidden type is no token and no fault', () => {
    expect(
      envelope(`{${head},"id":1,"method":"ping","params":{"_meta":{"progressToken":null}}}`).progressToken,
    ).toBeUndefined();
  });
});

test('what is kept of a message has a longest length', () => {
  const limits = { ...defaultReadLimits, idBytesMax: 50 };
  const [fits, tooLong] = ['x'.repeat(50), 'x'.repeat(51)];
  const withMeta = (meta: object): string =>
    JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping', params: { _meta: meta } });
  const texts = (value: string): readonly string[] => [
    `{${head},"id":1,"method":"${value}"}`,
    withMeta({ progressToken: value }),
    withMeta({ 'io.modelcontextprotocol/protocolVersion': value }),
    `{${head},"method":"notifications/progress","params":{"progressToken":"${value}"}}`,
    `{${head},"method":"notifications/cancelled","params":{"requestId":"${value}"}}`,
  ];
  // With an escape in a key the scan leaves the message to JSON.parse, and the limit is the same there.
  const parsed = (text: string): string => text.replace('{', '{"\\u0061":1,');
  for (const text of texts(fits)) {
    expect(envelope(parsed(text), limits)).toMatchObject({ kind: envelope(text, limits).kind });
  }
  for (const text of texts(tooLong)) {
    expect([fault(text, limits).fault, fault(parsed(text), limits).fault]).toEqual([
      'invalid-message',
      'invalid-message',
    ]);
  }
});

describe('members of the envelope that stand there twice', () => {
  const twice = (text: string): Omit<ReadFault, 'reason'> => fault(text);

  test.each([
    ['the method', `{${head},"id":1,"method":"ping","method":"tools/call"}`],
    ['the method, in another spelling', `{${head},"id":1,"method":"ping","m\\u0065thod":"tools/call"}`],
    ['params', `{${head},"id":1,"method":"tools/call","params":{"name":"a"},"params":{"name":"b"}}`],
    ['jsonrpc', `{${head},${head},"id":1,"method":"ping"}`],
  ])('%s: the request is refused under its id', (_, text) => {
    expect(twice(text)).toEqual({ fault: 'invalid-message', expectsAnswer: true, isAnswer: false, idToken: '1' });
  });

  test('a request that has two ids is answered under none of them', () => {
    expect(twice(`{${head},"id":1,"id":2,"method":"ping"}`)).toMatchObject({ expectsAnswer: true, idToken: undefined });
    expect(twice(`{${head},"id":1,"id":1,"method":"ping"}`)).toMatchObject({ expectsAnswer: true, idToken: undefined });
  });

  test('a response with two results is no answer, and says whose it would have been', () => {
    expect(twice(`{${head},"id":"a","result":{},"result":{"x":1}}`)).toEqual({
      fault: 'invalid-message',
      expectsAnswer: false,
      isAnswer: true,
      idToken: '"a"',
    });
  });

  test('a response with two ids would have been the answer to the last', () => {
    expect(twice(`{${head},"id":1,"id":2,"result":{}}`)).toMatchObject({ isAnswer: true, idToken: '2' });
  });

  test('a notification with two methods is not answered', () => {
    expect(twice(`{${head},"method":"a","method":"b"}`)).toMatchObject({ expectsAnswer: false, isAnswer: false });
  });

  test('other members and those of bodies may repeat: they say nothing of the envelope', () => {
    expect(envelope(`{${head},"id":1,"method":"ping","x":1,"x":2,"params":{"a":1,"a":2}}`).method).toBe('ping');
  });
});

describe('members that are another in their case alone', () => {
  const call = (params: string): string => `{${head},"id":1,"method":"tools/call","params":${params}}`;

  test.each([
    ['a method besides the method', `{${head},"id":1,"method":"ping","Method":"tools/call"}`],
    ['params', `{${head},"id":1,"method":"tools/call","PARAMS":{"name":"b"}}`],
    ['an id besides the id', `{${head},"id":1,"method":"ping","ID":2}`],
    ['in an escaped spelling', `{${head},"id":1,"method":"ping","\\u004dethod":"tools/call"}`],
    ['in a letter that stands for another', `{${head},"id":1,"method":"ping","param\u017f":{}}`],
    ['the name of what is called', call('{"name":"a","Name":"b"}')],
    ['the name alone', call('{"NAME":"b"}')],
    ['a progress token', call('{"name":"a","_meta":{"ProgressToken":2}}')],
  ])('%s: the request is refused under its id', (_, text) => {
    expect(fault(text)).toEqual({ fault: 'invalid-message', expectsAnswer: true, isAnswer: false, idToken: '1' });
  });

  test('a cancellation of two requests at once is none', () => {
    const text = `{${head},"method":"notifications/cancelled","params":{"requestId":1,"requestID":2}}`;
    expect(fault(text)).toMatchObject({ fault: 'invalid-message', expectsAnswer: false });
  });

  test('a response with one is no answer, and says whose it would have been', () => {
    expect(fault(`{${head},"id":7,"result":{},"Error":{}}`)).toMatchObject({ isAnswer: true, idToken: '7' });
  });

  test('what a tool is given, and what vendors say among themselves, has names of its own', () => {
    expect(envelope(call('{"name":"a","arguments":{"Name":"b","ID":1}}')).method).toBe('tools/call');
    expect(envelope(`{${head},"method":"vendor/event","params":{"Name":"b","RequestId":1}}`).method).toBe(
      'vendor/event',
    );
  });
});

describe('spellings that mean the same', () => {
  test('keys may be escaped', () => {
    const text = `{${head},"\\u0069d":3,"m\\u0065thod":"ping"}`;
    expect(envelope(text)).toMatchObject({ id: 3, method: 'ping', idStart: text.indexOf('3') });
  });

  test('zero is never negative, however the message is read', () => {
    expect(envelope(`{${head},"id":-0,"method":"ping"}`).id).toBe(0);
    expect(envelope(`{${head},"\\u0069d":-0,"method":"ping"}`).id).toBe(0);
  });

  test('__proto__ is a key like any other', () => {
    expect(fault(`{${head},"__proto__":{"method":"ping","id":1}}`).fault).toBe('invalid-message');
    const text = `{"__proto__":{"toString":1},${head},"\\u0069d":1,"method":"ping"}`;
    expect(envelope(text)).toMatchObject({ id: 1, method: 'ping' });
  });

  test('white space is where JSON allows it, and nowhere else', () => {
    expect(envelope(` \t\r\n{ ${head} , "id" : 1 ,\n"method":"ping" } `).id).toBe(1);
    expect(fault(`{${head},"id":1,"method":"ping"}\u000b`).fault).toBe('not-json');
    expect(fault(`\uFEFF{${head},"id":1,"method":"ping"}`).fault).toBe('not-json');
  });
});

describe('faults', () => {
  test.each([
    '',
    '   ',
    '{',
    '{"jsonrpc":"2.0"',
    `{${head},"id":1,"method":"ping"}}`,
    `{${head},"id":01,"method":"ping"}`,
  ])('not JSON: %s', (text) => {
    expect(fault(text)).toEqual({ fault: 'not-json', expectsAnswer: true, isAnswer: false, idToken: undefined });
  });

  test.each(['null', '1', '"text"', '[]', 'true'])('no object: %s', (text) => {
    expect(fault(text).fault).toBe('not-an-object');
  });

  test('people are told whether the member jsonrpc is missing or wrong', () => {
    expect(readMessage(encodeText('{"id":1,"method":"ping"}'))).toMatchObject({
      reason: expect.stringContaining('missing') as string,
    });
    expect(readMessage(encodeText('{"jsonrpc":"1.0","id":1,"method":"ping"}'))).toMatchObject({
      reason: expect.stringContaining('is not "2.0"') as string,
    });
  });

  test('the member jsonrpc has to be there and right', () => {
    const expected = { fault: 'invalid-message', expectsAnswer: true, isAnswer: false, idToken: '1' };
    expect(fault('{"id":1,"method":"ping"}')).toEqual(expected);
    expect(fault('{"jsonrpc":"1.0","id":1,"method":"ping"}')).toEqual(expected);
    expect(fault('{"jsonrpc":2.0,"id":1,"method":"ping"}')).toEqual(expected);
    expect(fault('{"method":"notifications/initialized"}')).toEqual({
      ...expected,
      expectsAnswer: false,
      idToken: undefined,
    });
    expect(fault('{"id":1,"result":{}}')).toEqual({ ...expected, expectsAnswer: false, isAnswer: true });
  });

  test.each([
    '{"jsonrpc":"2.0","id":1}',
    '{"jsonrpc":"2.0","id":1,"method":5}',
    '{"jsonrpc":"2.0","id":1,"method":null}',
  ])('neither call nor answer: %s', (text) => {
    expect(fault(text)).toEqual({ fault: 'invalid-message', expectsAnswer: true, isAnswer: false, idToken: '1' });
  });

  test('without a method that can be read it may be a request, and with any method it is no answer', () => {
    expect(fault(`{${head},"method":5}`)).toMatchObject({ expectsAnswer: true, isAnswer: false });
    expect(fault(`{${head},"id":1.5,"method":"ping","result":{}}`)).toMatchObject({
      expectsAnswer: true,
      isAnswer: false,
    });
  });

  test('a response cannot be both', () => {
    expect(fault(`{${head},"id":1,"result":{},"error":{}}`)).toMatchObject({
      fault: 'invalid-message',
      isAnswer: true,
    });
  });

  test('nesting has a limit, and what is past it is still told apart', () => {
    const deep = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    const limits = { ...defaultReadLimits, depthMax: 40 };
    expect(envelope(`{${head},"id":1,"result":${deep(39)}}`, limits).id).toBe(1);
    expect(fault(`{${head},"id":1,"result":${deep(40)}}`, limits)).toEqual({
      fault: 'too-deep',
      expectsAnswer: false,
      isAnswer: true,
      idToken: '1',
    });
    expect(fault(`{${head},"params":${deep(100_000)},"method":"ping","id":"x"}`)).toEqual({
      fault: 'too-deep',
      expectsAnswer: true,
      isAnswer: false,
      idToken: '"x"',
    });
    expect(fault(`{${head},"id":1,"other":${deep(100_000)}}`)).toMatchObject({ expectsAnswer: true, isAnswer: false });
    expect(fault(`{${head},"method":"a","params":${deep(100_000)}}`)).toMatchObject({ expectsAnswer: false });
    expect(fault('['.repeat(100_000)).fault).toBe('too-deep');
  });

  test('a small limit of nesting holds for the parts that are looked into as for all others', () => {
    const text = (params: string): string => `{${head},"id":1,"method":"ping","params":${params}}`;
    const within = { ...defaultReadLimits, depthMax: 3 };
    for (const fits of ['[[1]]', '{"a":[1]}', '{"_meta":{"a":1}}']) expect(envelope(text(fits), within).id).toBe(1);
    for (const deeper of ['[[[1]]]', '{"a":[[1]]}', '{"_meta":{"a":[1]}}', '{"_meta":{"a":{}}}']) {
      expect(fault(text(deeper), within).fault).toBe('too-deep');
    }
    expect(fault(text('{"_meta":{}}'), { ...within, depthMax: 2 }).fault).toBe('too-deep');
    expect(fault(text('{}'), { ...within, depthMax: 1 }).fault).toBe('too-deep');
  });

  test('what is wide, or has brackets in its text, is not deep', () => {
    const limits = { ...defaultReadLimits, depthMax: 4 };
    const wide = JSON.stringify({ jsonrpc: '2.0', id: 1, result: [[], {}, [], [], {}, '[[[[[[{{{{{{'] });
    expect(envelope(wide, limits).id).toBe(1);
    expect(envelope(wide.replace('"id"', '"\\u0069d"'), limits).id).toBe(1);
  });

  test('an error that nests too deep is an answer all the same', () => {
    const deep = '['.repeat(1000);
    expect(fault(`{${head},"id":1,"error":{"data":${deep}}}`)).toMatchObject({ isAnswer: true, idToken: '1' });
  });

  test.each(['["id":7,"a":', '{xid":7,"a":"', '{"id";7,"a":', '{"id"7,"a":'])(
    'of what nests too deep and is no object no id is made up: %s',
    (text) => {
      expect(fault(text + '['.repeat(1000))).toMatchObject({ fault: 'too-deep', idToken: undefined });
    },
  );

  test('invalid UTF-8 is a fault of its own, and its request is known', () => {
    expect(fault(broken(`{${head},"id":1,"method":"ping","params":{"a":"?"}}`))).toEqual({
      fault: 'invalid-utf8',
      expectsAnswer: true,
      isAnswer: false,
      idToken: '1',
    });
    expect(fault(broken(`{${head},"id":1,"result":{"a":"?\\n"}}`))).toMatchObject({
      fault: 'invalid-utf8',
      isAnswer: true,
      idToken: '1',
    });
    expect(fault(broken(`{${head},"method":"notifications/message","params":{"a":"?"}}`))).toEqual({
      fault: 'invalid-utf8',
      expectsAnswer: false,
      isAnswer: false,
      idToken: undefined,
    });
    expect(fault(broken(`{${head},"id":"?","method":"ping"}`))).toMatchObject({
      fault: 'invalid-utf8',
      idToken: undefined,
    });
  });

  test('the platform can bring its own check of UTF-8', () => {
    const asked: Uint8Array[] = [];
    const isUtf8 = (bytes: Uint8Array): boolean => {
      asked.push(bytes);
      return true;
    };
    const bytes = encodeText(`{${head},"id":1,"method":"ping"}`);
    expect(isFault(readMessage(bytes, { ...defaultReadLimits, isUtf8 }))).toBe(false);
    expect(asked).toEqual([bytes]);
  });
});

describe('batches (R14)', () => {
  const one = `{${head},"id":1,"method":"ping"}`;

  test('members are frames over parts of the same bytes', () => {
    const bytes = encodeText(` [ ${one} , {${head},"method":"notifications/initialized"}, 5 ] `);
    const read = readMessages(bytes);
    expect(read).toHaveLength(3);
    const [first, , last] = read;
    if (first === undefined || isFault(first)) throw new Error('the first member is a request');
    expect(first.bytes.buffer).toBe(bytes.buffer);
    expect(new TextDecoder().decode(first.bytes)).toBe(one);
    expect(last).toMatchObject({ fault: 'not-an-object' });
  });

  test('what is no array is one message', () => {
    expect(readMessages(encodeText(one))).toEqual([readMessage(encodeText(one))]);
    expect(readMessages(encodeText(one))).toMatchObject([{ envelope: { method: 'ping' } }]);
    expect(isBatch(encodeText(one))).toBe(false);
    expect(isBatch(encodeText(' \n[]'))).toBe(true);
    expect(isBatch(encodeText(''))).toBe(false);
  });

  test.each([
    ['[]', 'empty-batch'],
    ['[ ]', 'empty-batch'],
    ['[', 'not-json'],
    ['[] x', 'not-json'],
    [`[${one}`, 'not-json'],
    [`[${one},]`, 'not-json'],
    [`[${one} ${one}]`, 'not-json'],
    [`[${one};${one}]`, 'not-json'],
    [`[${one}] ]`, 'not-json'],
    [`[${one},{"a":1]}]`, 'not-json'],
    [`[${one},nil]`, 'not-json'],
    [`[${one},nul]`, 'not-json'],
    [`[{"a":01},${one}]`, 'not-json'],
  ])('%s is one fault: %s', (text, expected) => {
    expect(readMessages(encodeText(text))).toMatchObject([
      { fault: expected, reason: expect.stringMatching(/\w/) as string, expectsAnswer: true, idToken: undefined },
    ]);
  });

  test('a batch has a largest size', () => {
    const limits = { ...defaultReadLimits, batchItemsMax: 2 };
    expect(readMessages(encodeText(`[${one},${one}]`), limits)).toHaveLength(2);
    expect(readMessages(encodeText(`[${one},${one},${one}]`), limits)).toMatchObject([
      { fault: 'batch-too-large', reason: expect.stringContaining('2 messages') as string },
    ]);
  });

  test('behind its largest size a batch is not looked at, and before it everything is', () => {
    const limits = { ...defaultReadLimits, batchItemsMax: 2 };
    expect(readMessages(encodeText(`[${one},${one},${one},nil`), limits)).toMatchObject([{ fault: 'batch-too-large' }]);
    expect(readMessages(encodeText(`[${one},${one},"`), limits)).toMatchObject([{ fault: 'not-json' }]);
  });
});
