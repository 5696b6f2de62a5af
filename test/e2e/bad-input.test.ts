/**
 * Bytes that are no message, from the client and from the server's stdout: whoever waits for an answer gets one, the log
 * says what was wrong, nothing else is lost, and the session goes on. One session takes all that its side can do to it.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import {
  type LogLine,
  type Message,
  type Program,
  forwarding,
  scripted,
  start,
  stopAll,
  textOf,
  toolCall,
} from './program.ts';

afterAll(stopAll);

const timeout = 30_000;
const frameBytesMax = 10 * 1024 * 1024;

/** A session in front of the scripted server, past its handshake. */
async function open(flags: readonly string[] = []): Promise<Program> {
  const program = start(forwarding(scripted(), flags));
  await program.initialize();
  return program;
}

/** What the log said about bytes that were no message, and about responses that nobody waited for. */
function complaints(program: Program): readonly LogLine[] {
  return program.log().filter(({ level }) => level === 'warn');
}

let settlings = 0;

/** All that was written before has been read, and what the log had to say about it is here. The two pipes know no order. */
async function settled(program: Program): Promise<void> {
  const word = `settled ${(settlings += 1)}`;
  await program.ask(word, 'ping');
  program.call(`${word}, said so`, 'stderr', { text: `${word}\n` });
  await program.until(() => program.err.find((line) => line.endsWith(word)));
}

/** What the client was told, apart from that. */
function told(program: Program): readonly Message[] {
  return program.messages().filter(({ id }) => !String(id).startsWith('settled'));
}

/** The most memory that the process ever had, in bytes. */
function peakBytes(program: Program): number {
  const [, kibibytes = '0'] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${program.pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) * 1024;
}

type RpcError = NonNullable<Message['error']>;

const parseError = (reason: string): RpcError => ({
  code: -32700,
  message: 'Parse error',
  data: { code: 'PARSE_ERROR', reason },
});
const invalidRequest = (reason: string): RpcError => ({
  code: -32600,
  message: 'Invalid Request',
  data: { code: 'INVALID_REQUEST', reason },
});
const notJson = parseError('The text is not JSON.');
const notUtf8 = parseError('The message is not valid UTF-8.');
const tooLarge = (bytes: number): RpcError => ({
  code: 4130,
  message: 'The message is larger than the frame limit',
  data: {
    code: 'FRAME_TOO_LARGE',
    reason: `The message of ${bytes} bytes is larger than the limit.`,
    limitBytes: frameBytesMax,
  },
});
const tooDeep = parseError('The message nests deeper than 512 levels.');
const twoIds = invalidRequest('The member id stands there twice.');
const badId = invalidRequest('The id is neither a string nor a safe integer.');

const invalidBytes = Buffer.from([0xff, 0xfe, 0xc0]);
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const ping = (id: string): string => `{"jsonrpc":"2.0","id":${id},"method":"ping"}`;

describe('a client that sends', () => {
  let program: Program;
  beforeAll(async () => {
    program = await open();
  });

  interface Case {
    readonly bytes: string | Uint8Array;
    /** Its fault in the log; none for what is taken as it is. */
    readonly fault?: string;
    readonly answers: readonly Omit<Message, 'jsonrpc'>[];
  }
  const cases: Readonly<Record<string, Case>> = {
    'no JSON': { bytes: 'hello', fault: 'not-json', answers: [{ id: null, error: notJson }] },
    'half a message': {
      bytes: '{"jsonrpc":"2.0","id":5,"met',
      fault: 'not-json',
      answers: [{ id: null, error: notJson }],
    },
    'a byte order mark': { bytes: `\uFEFF${ping('5')}`, fault: 'not-json', answers: [{ id: null, error: notJson }] },
    'a NUL byte': { bytes: `${ping('5')}\0`, fault: 'not-json', answers: [{ id: null, error: notJson }] },
    'invalid UTF-8': {
      bytes: Buffer.concat([Buffer.from('{"jsonrpc":"2.0","id":5,"method":"a'), invalidBytes, Buffer.from('"}')]),
      fault: 'invalid-utf8',
      answers: [{ id: 5, error: notUtf8 }],
    },
    '100 000 levels': {
      bytes: `{"jsonrpc":"2.0","id":5,"method":"ping","params":${nested(100_000)}}`,
      fault: 'too-deep',
      answers: [{ id: 5, error: tooDeep }],
    },
    'an id that is null': { bytes: ping('null'), fault: 'invalid-id', answers: [{ id: null, error: badId }] },
    'an id that is a fraction': { bytes: ping('1.5'), fault: 'invalid-id', answers: [{ id: 1.5, error: badId }] },
    'an id that is too large for a number': {
      bytes: ping('1e30'),
      fault: 'invalid-id',
      answers: [{ id: 1e30, error: badId }],
    },
    'an id that is an object': { bytes: ping('{}'), fault: 'invalid-id', answers: [{ id: null, error: badId }] },
    'no jsonrpc': {
      bytes: '{"id":5,"method":"ping"}',
      fault: 'invalid-message',
      answers: [{ id: 5, error: invalidRequest('The member jsonrpc is missing.') }],
    },
    'a number': {
      bytes: '42',
      fault: 'not-an-object',
      answers: [{ id: null, error: invalidRequest('A message is one JSON object.') }],
    },
    'a batch where there is none': {
      bytes: `[${ping('5')}]`,
      fault: 'invalid-message',
      answers: [{ id: 5, error: invalidRequest('The negotiated protocol revision has no batches') }],
    },
    'a response with both ends': {
      bytes: '{"jsonrpc":"2.0","id":5,"result":{},"error":{"code":1,"message":"x"}}',
      fault: 'invalid-message',
      answers: [],
    },
    'an id twice in one message': {
      bytes: '{"jsonrpc":"2.0","id":5,"id":6,"method":"ping"}',
      fault: 'invalid-message',
      answers: [{ id: null, error: twoIds }],
    },
    'a method besides the method, in another case': {
      bytes: '{"jsonrpc":"2.0","id":5,"method":"ping","Method":"tools/call"}',
      fault: 'invalid-message',
      answers: [{ id: 5, error: invalidRequest('The member Method differs from method by its case alone.') }],
    },
    'blank lines': { bytes: `\n  \n\r\n\t\n${ping('5')}`, answers: [{ id: 5, result: {} }] },
    'carriage returns': { bytes: `${ping('5')}\r`, answers: [{ id: 5, result: {} }] },
    'another spelling': {
      bytes: `  { "id" :5, "method":"p\\u0069ng"\t,"jsonrpc":"2.0" } `,
      answers: [{ id: 5, result: {} }],
    },
  };

  test.each(Object.entries(cases))('%s', async (_name, { bytes, fault, answers }) => {
    program.forget();
    const logged = complaints(program).length;
    program.write(bytes);
    program.write('\n');
    await settled(program);
    expect(told(program)).toEqual(answers.map((answer) => ({ jsonrpc: '2.0', ...answer })));
    expect(complaints(program).slice(logged)).toMatchObject(
      fault === undefined ? [] : [{ level: 'warn', message: 'not a message', direction: 'client-to-server', fault }],
    );
  });

  test('a response that nobody asked for', async () => {
    program.send({ id: 'whose?', result: {} });
    await settled(program);
    expect(complaints(program).at(-1)).toMatchObject({ message: 'nobody waits for this response', id: 'whose?' });
    program.call('seen', 'seen');
    expect(JSON.parse(textOf(await program.answer('seen'))).strayResponses).toEqual([]);
  });

  test('a character in two chunks', async () => {
    const call = JSON.stringify({ jsonrpc: '2.0', ...toolCall('between', 'delay') });
    const bytes = Buffer.from(`${call}\n{"jsonrpc":"2.0","id":"\u{1F600}","method":"ping"}\n`);
    const middle = bytes.indexOf(0xf0) + 2;
    program.write(bytes.subarray(0, middle));
    await program.answer('between');
    program.write(bytes.subarray(middle));
    expect(await program.answer('\u{1F600}')).toMatchObject({ result: {} });
  });

  test('half a message as its last words', async () => {
    await settled(program);
    program.forget();
    program.write('{"jsonrpc":"2.0","id":5,"met');
    program.endInput();
    expect(await program.exit).toEqual({ code: 0, signal: null });
    expect(told(program)).toEqual([{ jsonrpc: '2.0', id: null, error: notJson }]);
  });
});

test('a client that sends more than a message may be is told which message it was', { timeout }, async () => {
  const program = await open();
  const line = (id: number, bytes: number): string => {
    const [head, tail] = [`{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"pad":"`, '"}}'];
    return `${head}${'x'.repeat(bytes - head.length - tail.length)}${tail}\n`;
  };
  program.write(line(1, frameBytesMax + 1));
  expect((await program.answer(1)).error).toEqual(tooLarge(frameBytesMax + 1));
  program.write(line(2, 4 * frameBytesMax));
  expect((await program.answer(2)).error).toEqual(tooLarge(4 * frameBytesMax));
  program.write(line(3, frameBytesMax));
  expect((await program.answer(3)).error?.message).toBe('Unknown tool: undefined');
  await settled(program);
  expect(complaints(program).map(({ fault, id, bytes }) => [fault, id, bytes])).toEqual([
    ['frame-too-large', '1', frameBytesMax + 1],
    ['frame-too-large', '2', 4 * frameBytesMax],
  ]);
});

describe('a server that writes', () => {
  let program: Program;
  beforeAll(async () => {
    program = await open();
  });

  interface Case {
    /** What it writes when it is asked with the id "q", each part by itself. */
    readonly parts: readonly (string | Uint8Array)[];
    /** The lines in the log, by their fault or their text. */
    readonly complaints?: readonly string[];
    /** What the client reads. */
    readonly answers: readonly Message[];
  }
  const answer = (id: string): string => `{"jsonrpc":"2.0","id":${id},"result":{"text":"right"}}\n`;
  const right = answer('"q"');
  const answers = [{ id: 'q', result: { text: 'right' } }];
  const smiling = Buffer.from('{"jsonrpc":"2.0","id":"q","result":{"text":"\u{1F600}"}}\n');
  const stray = 'nobody waits for this response';

  const cases: Readonly<Record<string, Case>> = {
    'text that is not for us': { parts: [`Listening on port 1\n${right}`], complaints: ['not-json'], answers },
    'JSON that is no message': {
      parts: [`{"hello":1}\n[1,2\n42\nnull\n${right}`],
      complaints: ['invalid-message', 'not-json', 'not-an-object', 'not-an-object'],
      answers,
    },
    'a byte order mark': { parts: [`\uFEFF${answer('1')}${right}`], complaints: ['not-json'], answers },
    'NUL bytes': { parts: [`\0\0\n${right}`], complaints: ['not-json'], answers },
    'blank lines': { parts: [`\n\r\n  \n${right}`], answers },
    'carriage returns': { parts: [right.replace('\n', '\r\n')], answers },
    'one byte after the other': { parts: [...right.slice(0, 20).split(''), right.slice(20)], answers },
    'a character in two parts': {
      parts: [smiling.subarray(0, smiling.indexOf(0xf0) + 2), smiling.subarray(smiling.indexOf(0xf0) + 2)],
      answers: [{ id: 'q', result: { text: '\u{1F600}' } }],
    },
    'an answer in invalid UTF-8': {
      parts: [Buffer.concat([Buffer.from('{"jsonrpc":"2.0","id":"q","result":"'), invalidBytes, Buffer.from('"}\n')])],
      complaints: ['invalid-utf8'],
      answers: [{ id: 'q', error: notUtf8 }],
    },
    'an answer of 100 000 levels': {
      parts: [`{"jsonrpc":"2.0","id":"q","result":${nested(100_000)}}\n`],
      complaints: ['too-deep'],
      answers: [{ id: 'q', error: tooDeep }],
    },
    'an answer that is result and error': {
      parts: ['{"jsonrpc":"2.0","id":"q","result":{},"error":{"code":1,"message":"x"}}\n'],
      complaints: ['invalid-message'],
      answers: [{ id: 'q', error: invalidRequest('The response has both result and error.') }],
    },
    'answers to what no id can be': {
      parts: [`${answer('1.5')}${answer('null')}${right}`],
      complaints: ['invalid-id', 'invalid-message'],
      answers,
    },
    'a question without a proper id': {
      parts: [`${ping('1.5')}\n${right}`],
      complaints: ['invalid-id'],
      answers,
    },
    'an error that names no request': {
      parts: [`{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}\n${right}`],
      answers: [{ id: null, error: { code: -32700, message: 'Parse error' } }, ...answers],
    },
    'an id twice in one answer': {
      parts: ['{"jsonrpc":"2.0","id":"p","id":"q","result":{"text":"right"}}\n'],
      complaints: ['invalid-message'],
      answers: [{ id: 'q', error: twoIds }],
    },
    'an answer twice': { parts: [right + right], complaints: [stray], answers },
    'an answer that nobody asked for': { parts: [answer('"whose?"') + right], complaints: [stray], answers },
  };

  test.each(Object.entries(cases))('%s', async (_name, { parts, complaints: expected = [], answers: messages }) => {
    program.forget();
    const before = complaints(program).length;
    program.call('q', 'say', { chunks: parts.map((part) => Buffer.from(part).toString('base64')) });
    await program.answer('q');
    await settled(program);
    expect(told(program)).toEqual(messages.map((message) => ({ jsonrpc: '2.0', ...message })));
    const lines = complaints(program).slice(before);
    expect(lines.map(({ fault, message }) => fault ?? message)).toEqual(expected);
    expect(lines.every(({ direction }) => direction === 'server-to-client')).toBe(true);
  });

  test('a question without a proper id, and is told so', async () => {
    program.call('seen', 'seen');
    expect(JSON.parse(textOf(await program.answer('seen'))).strayResponses).toEqual([1.5]);
  });

  test('noise without end, and the log does not fill up', { timeout }, async () => {
    const noise = Buffer.from('noise\n'.repeat(100_000)).toString('base64');
    program.call('noise', 'say', { chunks: [noise] });
    program.send({ method: 'notifications/cancelled', params: { requestId: 'noise' } });
    await settled(program);
    const said = complaints(program).filter(({ message }) => String(message).startsWith('not a message'));
    expect(said).toHaveLength(20);
    expect(said.at(-1)).toMatchObject({ message: 'not a message (further ones are only counted)' });
  });

  test('half an answer as its last words, and the next server answers', async () => {
    program.call('half', 'raw', { mode: 'exit in the middle' });
    expect((await program.answer('half')).error).toMatchObject({ code: 5020, data: { exitCode: 0 } });
    program.call('whole', 'echo', { text: 'whole' });
    expect(textOf(await program.answer('whole'))).toBe('whole');
  });
});

// Only Linux says how much a process ever had.
test.runIf(process.platform === 'linux')(
  'a server whose answer is more than a message may be: the requester is told',
  { timeout },
  async () => {
    const program = await open();
    const before = peakBytes(program);
    program.call('first', 'big', { bytes: 4 * frameBytesMax });
    expect((await program.answer('first')).error).toMatchObject({ code: 4130, data: { code: 'FRAME_TOO_LARGE' } });
    program.call('last', 'big', { bytes: 4 * frameBytesMax, idLast: true });
    expect((await program.answer('last')).error).toMatchObject({ code: 4130, data: { limitBytes: frameBytesMax } });
    program.call('noise', 'raw', { mode: 'huge garbage before', bytes: 8 * frameBytesMax });
    expect(textOf(await program.answer('noise'))).toBe('after huge garbage before');
    await settled(program);
    expect(complaints(program).map(({ fault, id }) => [fault, id])).toEqual([
      ['frame-too-large', '"first"'],
      ['frame-too-large', '"last"'],
      ['frame-too-large', undefined],
    ]);
    // What was kept of it was never more than the allowed size, with the garbage that a growing buffer leaves.
    expect(peakBytes(program) - before).toBeLessThan(9 * frameBytesMax);
  },
);

test('every piece of it is counted', async () => {
  const program = await open(['--log-level', 'trace']);
  program.write('noise\n\u0000\n{"jsonrpc":"2.0","id":"whose?","result":{}}\n');
  program.call(1, 'raw', { mode: 'json that is no message' });
  program.call(2, 'raw', { mode: 'twice' });
  program.call(3, 'raw', { mode: 'unknown id before' });
  await Promise.all([1, 2, 3].map(async (id) => program.answer(id)));
  await program.ask(4, 'ping');
  program.endInput();
  await program.exit;
  const counts = { malformedFromClient: 2, malformedFromServer: 5, bogusResponses: 2, duplicateResponses: 1 };
  expect((await program.logged('session life'))['life']).toMatchObject({ counts });
});
