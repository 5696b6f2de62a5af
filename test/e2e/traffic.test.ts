/**
 * What passes between a client and a server through `ninelives forward stdio`: every answer reaches its own request, in the
 * order in which the server speaks; questions of the server come back answered; deadlines and cancellations do their work.
 */
import { afterAll, describe, expect, test } from 'vitest';

import { type Program, forwarding, scripted, start, stopAll, textOf, toolCall } from './program.ts';

afterAll(stopAll);

const timeout = 30_000;

/** A session in front of the scripted server, past its handshake. */
async function open(flags: readonly string[] = [], capabilities: object = {}): Promise<Program> {
  const program = start(forwarding(scripted(), flags));
  await program.initialize(capabilities);
  return program;
}

/** What the server has received, in order, without what it was asked before `from`. */
async function order(program: Program, from: string): Promise<readonly string[]> {
  program.call('order', 'seen');
  const { order: all } = JSON.parse(textOf(await program.answer('order'))) as { readonly order: readonly string[] };
  return all.slice(all.indexOf(from) + 1, -1);
}

describe.concurrent('answers', () => {
  test('P4 come to the request that they answer, however many there are and in whatever order', async () => {
    const program = await open();
    const ids = Array.from({ length: 300 }, (_, index) => (index % 3 === 0 ? `${index}` : index));
    program.send(...ids.map((id) => toolCall(id, 'delay', { ms: (Number(id) * 7919) % 200, text: typeof id + id })));
    for (const id of ids) expect(textOf(await program.answer(id))).toBe(typeof id + id);
    expect(program.messages()).toHaveLength(ids.length + 1);
  });

  test('P4 R1 to 1 and "1" are two answers', async () => {
    const program = await open();
    program.call(1, 'delay', { ms: 100, text: 'number' });
    program.call('1', 'delay', { ms: 10, text: 'string' });
    expect(textOf(await program.answer('1'))).toBe('string');
    expect(textOf(await program.answer(1))).toBe('number');
  });

  test('P4 to an id that still waits are refused to the second request, and the first is answered', async () => {
    const program = await open();
    program.send(toolCall(1, 'delay', { ms: 300, text: 'the first' }), toolCall(1, 'echo', { text: 'the second' }));
    const refused = await program.message(({ id, error }) => id === 1 && error !== undefined);
    expect(refused.error).toMatchObject({ code: -32600, data: { code: 'INVALID_REQUEST' } });
    const answered = await program.message(({ id, result }) => id === 1 && result !== undefined);
    expect(textOf(answered)).toBe('the first');
    program.call(1, 'echo', { text: 'again' });
    await program.message((message) => textOf(message) === 'again');
    expect(program.messages()).toHaveLength(4);
  });

  test('P18 follow their progress, and everything keeps its order', async () => {
    const program = await open();
    program.call(1, 'progress', { count: 20, gapMs: 0 }, { progressToken: 'token' });
    program.call(2, 'notify', { count: 500 });
    await program.answer(1);
    await program.answer(2);
    const told = program.messages();
    const progress = told.filter(({ method }) => method === 'notifications/progress');
    expect(progress.map(({ params }) => params)).toEqual(
      Array.from({ length: 20 }, (_, index) => ({ progressToken: 'token', progress: index + 1, total: 20 })),
    );
    expect(told.indexOf(progress.at(-1)!)).toBeLessThan(told.findIndex(({ id }) => id === 1));
    const numbers = told
      .filter(({ method }) => method === 'notifications/message')
      .map(({ params }) => params?.['data']);
    expect(numbers).toEqual(Array.from({ length: 500 }, (_, index) => index));
  });

  test('P18 R13 follow their progress also when all of it comes in one chunk', async () => {
    const program = await open();
    program.call(1, 'raw', { mode: 'progress in one chunk' }, { progressToken: 5 });
    await program.answer(1);
    expect(program.messages().map(({ id, params }) => id ?? params?.['progress'])).toEqual(['init', 1, 2, 3, 1]);
    expect(program.messages()[1]?.params).toEqual({ progressToken: 5, progress: 1 });
  });

  test('R12 are the end of their progress', async () => {
    const program = await open();
    program.call(1, 'raw', { mode: 'progress afterwards' }, { progressToken: 5 });
    await program.answer(1);
    await program.ask(2, 'ping');
    expect(program.messages().map(({ id, method }) => id ?? method)).toEqual(['init', 1, 2]);
  });
});

describe.concurrent('deadlines', () => {
  test('P7 are moved by progress', { timeout }, async () => {
    const program = await open(['--request-idle-ms', '2000']);
    program.call(1, 'progress', { count: 30, gapMs: 100 }, { progressToken: 1 });
    program.call(2, 'never');
    expect((await program.answer(2)).error).toMatchObject({
      code: 5040,
      data: { code: 'REQUEST_TIMEOUT', deadline: 'idle', method: 'tools/call' },
    });
    expect(textOf(await program.answer(1))).toBe('1');
    expect(await order(program, 'tools/call 2')).toEqual(['notifications/cancelled 2']);
  });

  test('P7 end what shows progress for ever', { timeout }, async () => {
    const program = await open(['--request-idle-ms', '2000', '--request-absolute-ms', '2500']);
    program.call(1, 'progress', { count: 1e9, gapMs: 50 }, { progressToken: 1 });
    expect((await program.answer(1)).error).toMatchObject({ code: 5040, data: { deadline: 'absolute' } });
    const progress = program.messages().filter(({ method }) => method === 'notifications/progress');
    expect(progress.length).toBeGreaterThan(5);
    expect(await order(program, 'tools/call 1')).toEqual(['notifications/cancelled 1']);
  });

  test('of the handshake end the session', async () => {
    const program = start(forwarding(scripted('--silent-start'), ['--initialize-ms', '200']));
    expect((await program.ask(1, 'initialize', {})).error).toMatchObject({
      code: 5040,
      data: { method: 'initialize' },
    });
    expect(await program.exit).toEqual({ code: 1, signal: null });
  });
});

describe.concurrent('what a server asks its client', () => {
  const questions = {
    'sampling/createMessage': { messages: [], maxTokens: 10 },
    'elicitation/create': { message: 'Who?', requestedSchema: { type: 'object', properties: {} } },
    'roots/list': undefined,
    ping: undefined,
  };

  test.each(Object.entries(questions))('P9 comes back answered: %s', async (method, params) => {
    const program = await open([], { sampling: {}, elicitation: {}, roots: {} });
    // Both sides count from the same number: the same id is in use both ways.
    program.call(1, 'ask', { method, params, id: 1 });
    const asked = await program.message((message) => message.method === method);
    expect(asked).toEqual({ jsonrpc: '2.0', id: 1, method, ...(params === undefined ? {} : { params }) });
    program.send({ id: 1, result: { said: `to ${method}` } });
    expect(JSON.parse(textOf(await program.answer(1)))).toEqual({ said: `to ${method}` });
  });

  test('P9 is answered with an error when that is the answer', async () => {
    const program = await open();
    program.call(1, 'ask', { method: 'sampling/createMessage', id: 'q' });
    await program.message(({ method }) => method === 'sampling/createMessage');
    program.send({ id: 'q', error: { code: -1, message: 'declined' } });
    expect(JSON.parse(textOf(await program.answer(1)))).toEqual({ code: -1, message: 'declined' });
  });

  test('P9 P7 keeps the call that caused it from being idle, while a person thinks', { timeout }, async () => {
    const program = await open(['--request-idle-ms', '1000']);
    program.call(1, 'ask', { method: 'elicitation/create', id: 'q' });
    await program.message(({ method }) => method === 'elicitation/create');
    // Time passes, seen by the deadline of another session with the same limit.
    const other = await open(['--request-idle-ms', '1500']);
    other.call(1, 'never');
    expect((await other.answer(1)).error?.code).toBe(5040);
    program.send({ id: 'q', result: { action: 'accept' } });
    expect(JSON.parse(textOf(await program.answer(1)))).toEqual({ action: 'accept' });
  });
});

describe.concurrent('a cancellation', () => {
  test('P10 reaches the server by its id, and the answer that comes all the same reaches nobody', async () => {
    const program = await open();
    program.send(
      toolCall(7, 'delay', { ms: 200, text: 'too late' }),
      { method: 'notifications/cancelled', params: { requestId: 7, reason: 'changed my mind' } },
      toolCall(8, 'delay', { ms: 400 }),
    );
    await program.answer(8);
    program.call(9, 'seen');
    const { notifications } = JSON.parse(textOf(await program.answer(9)));
    expect(notifications).toEqual([
      { method: 'notifications/initialized' },
      { method: 'notifications/cancelled', params: { requestId: 7, reason: 'changed my mind' } },
    ]);
    expect(program.messages().map(({ id }) => id)).toEqual(['init', 8, 9]);
  });

  test('P10 of something that has ended goes no further, and its id can be used again', async () => {
    const program = await open();
    program.call(7, 'echo', { text: 'first' });
    await program.answer(7);
    program.send({ method: 'notifications/cancelled', params: { requestId: 7 } });
    program.send({ method: 'notifications/cancelled', params: { requestId: 'never asked' } });
    program.call(7, 'echo', { text: 'second' });
    await program.message((message) => textOf(message) === 'second');
    expect(await order(program, 'tools/call 7')).toEqual(['tools/call 7']);
  });

  test('R9 does not end a handshake', async () => {
    const program = start(forwarding(scripted()));
    program.send(
      { id: 1, method: 'initialize', params: {} },
      { method: 'notifications/cancelled', params: { requestId: 1 } },
    );
    expect((await program.answer(1)).result).toBeDefined();
    expect(await order(program, 'initialize 1')).toEqual([]);
  });

  test('P10 overtakes what waits in us, and takes back what has not left yet', { timeout }, async () => {
    const program = await open();
    program.call(1, 'never');
    program.call(2, 'stall');
    const filler = { method: 'notifications/filler', params: { pad: 'x'.repeat(10_000) } };
    program.send(...Array.from({ length: 90 }, () => filler));
    program.call(3, 'echo');
    program.send({ method: 'notifications/cancelled', params: { requestId: 3 } });
    program.send({ method: 'notifications/cancelled', params: { requestId: 1 } });
    // We refuse an id that waits without asking the server: what came before has been read by then.
    program.call(2, 'echo');
    expect((await program.answer(2)).error?.code).toBe(-32600);
    process.kill(await program.server(), 'SIGUSR1');

    const received = await order(program, 'tools/call 2');
    expect(received).not.toContain('tools/call 3');
    expect(received).not.toContain('notifications/cancelled 3');
    expect(received).toHaveLength(91);
    const overtaken = received.length - 1 - received.indexOf('notifications/cancelled 1');
    // What the system and the stalled server had taken before differs; most of it had not left.
    expect(overtaken).toBeGreaterThan(20);
    expect(program.messages().map(({ id }) => id)).toEqual(['init', 2, 'order']);
  });
});
