import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { type AddressInfo, Socket, createServer } from 'node:net';
import { PassThrough, Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { nodeStreams } from '../../src/adapters/node-streams.ts';
import { openSession } from '../../src/adapters/open-session.ts';
import type { StreamAdapter, StreamOptions } from '../../src/adapters/stream-adapter.ts';
import { createRuntime } from '../../src/index.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { Ear } from './ear.ts';

const opened: { destroy(): void }[] = [];
const children: ChildProcess[] = [];
afterEach(() => {
  for (const stream of opened.splice(0)) stream.destroy();
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const writeTo = (adapter: StreamAdapter, words: string): boolean =>
  adapter.link.write([encodeText(words)], undefined as never);

function started(options: StreamOptions = {}) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const adapter = nodeStreams({ input, output }, options);
  const ear = new Ear();
  adapter.start(ear);
  return { input, output, adapter, ear, write: (words: string) => writeTo(adapter, words) };
}

/** Two ends of one connection on this machine. */
async function sockets(allowHalfOpen: boolean): Promise<{ readonly ours: Socket; readonly peers: Socket }> {
  const server = createServer({ allowHalfOpen });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const peers = new Socket({ allowHalfOpen: true });
  peers.connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [ours] = await accepted;
  server.close();
  opened.push(ours, peers);
  return { ours, peers };
}

describe('reading', () => {
  test('gives one message a line wherever the stream is cut, then what was unfinished, then the end', async () => {
    const stream = Buffer.from('{"a":"é"}\r\n\n{}\n{"id":7,"x":"................"}\n{"half');
    const cuts = fc.uniqueArray(fc.nat(stream.length), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(cuts, async (places) => {
        const { input, ear } = started({ messageBytesMax: 20 });
        const bounds = [0, ...places.toSorted((a, b) => a - b), stream.length];
        for (let at = 1; at < bounds.length; at++) input.write(stream.subarray(bounds[at - 1], bounds[at]));
        input.end();
        expect(await ear.hears('ended')).toEqual([
          'message {"a":"é"}',
          'message {}',
          'unreadable frame-too-large 7 31',
          'message {"half',
          'ended',
        ]);
      }),
      { numRuns: 50 },
    );
  });

  test('waits for the start, and while it is paused', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const adapter = nodeStreams({ input, output });
    const ear = new Ear();
    input.write('1\n');
    await turn();
    adapter.link.pause(true);
    adapter.start(ear);
    await turn();
    expect(ear.told).toEqual([]);
    adapter.link.pause(false);
    expect(await ear.hears('message')).toEqual(['message 1']);
  });

  test('ends with an input that fails, or is destroyed before its end', async () => {
    const errors: string[] = [];
    const failed = started({ onError: ({ message }) => errors.push(message) });
    failed.input.write('{"half');
    failed.input.destroy(new Error('cable cut'));
    expect(await failed.ear.hears('closed')).toEqual(['message {"half', 'closed']);
    const destroyed = started({ onError: ({ message }) => errors.push(message) });
    destroyed.input.destroy();
    expect(await destroyed.ear.hears('closed')).toEqual(['closed']);
    expect(errors).toEqual(['cable cut']);
    await Promise.all([failed.adapter.closed, destroyed.adapter.closed]);
    expect(failed.output.writableEnded).toBe(true);
  });

  test('that had failed before the start is told after it', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const adapter = nodeStreams({ input, output });
    const ear = new Ear();
    input.destroy();
    await once(input, 'close');
    adapter.start(ear);
    expect(await ear.hears('closed')).toEqual(['closed']);
  });
});

describe('writing', () => {
  test('sends one message a line', async () => {
    const { output, write } = started();
    write('{"a":\n1}');
    write('{}');
    expect(String((await once(output, 'data'))[0])).toBe('{"a": 1}\n{}\n');
  });

  test('says that the peer reads slowly, and once when it has caught up', async () => {
    const { output, ear, write } = started({ highWaterBytesMax: 100 });
    const most = output.writableHighWaterMark;
    expect(write('x'.repeat(most - 1))).toBe(true);
    expect([write('y'), write('z')]).toEqual([false, false]);
    await turn();
    expect(ear.told).toEqual([]);
    output.resume();
    expect(await ear.hears('drained')).toEqual(['drained']);
    expect(write('again')).toBe(true);
  });

  test('ends with a peer that closes what we write to, when it has said its last words', async () => {
    const { input, output, adapter, ear } = started();
    adapter.link.pause(true);
    output.destroy();
    await once(output, 'close');
    input.end('1\n{"half');
    expect(await ear.hears('closed')).toEqual(['message 1', 'message {"half', 'closed']);
    await adapter.closed;
    expect(input.destroyed).toBe(true);
  });

  test('ends with a peer that closes what we write to, and goes on talking for longer than it may', async () => {
    const clock = new VirtualClock();
    const errors: string[] = [];
    const { input, output, ear } = started({ clock, onError: ({ message }) => errors.push(message) });
    output.destroy(new Error('broken pipe'));
    await once(output, 'close').catch(() => {});
    input.write('1\n');
    await ear.hears('message 1');
    clock.advance(100);
    input.write('2\n');
    expect([ear.told, errors]).toEqual([['message 1', 'closed'], ['broken pipe']]);
  });

  test('can be ended alone, while the peer is still heard', async () => {
    const { input, output, adapter, ear, write } = started();
    write('last');
    adapter.link.closeInput();
    write('too late');
    expect(await text(output)).toBe('last\n');
    input.write('still here\n');
    expect(await ear.hears('message')).toContain('message still here');
  });
});

describe('the end of the session', () => {
  test('writes out what was written, ends both streams, and tells nobody', async () => {
    const { input, output, adapter, ear, write } = started();
    write('last');
    adapter.link.close('over');
    adapter.link.close('over');
    expect(await text(output)).toBe('last\n');
    await adapter.closed;
    expect([input.destroyed, ear.told]).toEqual([true, []]);
  });

  test('cuts the streams of a peer that does not take the rest in time', async () => {
    const clock = new VirtualClock();
    const output = new Writable({ write: () => {} });
    const input = new PassThrough();
    const adapter = nodeStreams({ input, output }, { clock, closeTimeoutMs: 1000 });
    writeTo(adapter, 'never taken');
    adapter.link.close('over');
    clock.advance(999);
    expect(output.destroyed).toBe(false);
    clock.advance(1);
    await adapter.closed;
    expect([output.destroyed, input.destroyed, clock.pending]).toEqual([true, true, 0]);
  });
});

describe('misuse', () => {
  const fine = new PassThrough();
  const over = new PassThrough().destroy();
  const heard = new PassThrough().on('data', () => {});
  test.each([
    ['input has ended', { input: over, output: fine }],
    ['output has ended', { input: fine, output: over }],
    ['gives text', { input: new PassThrough().setEncoding('utf8'), output: fine }],
    ['object mode', { input: Readable.from([]), output: fine }],
    ['Somebody else', { input: heard, output: fine }],
  ])('is told: %s', (words, streams) => {
    expect(() => nodeStreams(streams)).toThrow(expect.objectContaining({ code: 'STREAM_UNUSABLE' }));
    expect(() => nodeStreams(streams)).toThrow(words);
  });

  test('is told of an option that no stream can have', () => {
    const streams = { input: new PassThrough(), output: new PassThrough() };
    const open = () => nodeStreams(streams, { highWaterBytesMax: Number.NaN });
    expect(open).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  test('is told of a second start', () => {
    const { adapter } = started();
    expect(() => adapter.start(new Ear())).toThrow(expect.objectContaining({ code: 'ALREADY_STARTED' }));
  });
});

describe('a socket', () => {
  test('that may be half open still reads when it has said its last word', async () => {
    const { ours, peers } = await sockets(true);
    const adapter = nodeStreams({ input: ours, output: ours });
    const ear = new Ear();
    adapter.start(ear);
    peers.end('1\n');
    expect(await ear.hears('ended')).toEqual(['message 1', 'ended']);
    writeTo(adapter, 'answer');
    adapter.link.close('over');
    expect(await text(peers)).toBe('answer\n');
    await adapter.closed;
    expect(ours.destroyed).toBe(true);
  });

  test('that Node ends by itself is gone when it has said its last word', async () => {
    const { ours, peers } = await sockets(false);
    const adapter = nodeStreams({ input: ours, output: ours });
    const ear = new Ear();
    adapter.start(ear);
    peers.end('1\n');
    expect(await ear.hears('closed')).toEqual(['message 1', 'closed']);
    peers.resume();
    await adapter.closed;
  });

  test('that is reset in the middle of a line is gone', async () => {
    const { ours, peers } = await sockets(true);
    const adapter = nodeStreams({ input: ours, output: ours });
    const ear = new Ear();
    adapter.start(ear);
    peers.write('1\n{"half');
    await ear.hears('message 1');
    peers.resetAndDestroy();
    expect(await ear.hears('closed')).toEqual(['message 1', 'message {"half', 'closed']);
    await adapter.closed;
  });

  test('gets what was written last although it goes on talking', async () => {
    const { ours, peers } = await sockets(true);
    const clock = new VirtualClock();
    const adapter = nodeStreams({ input: ours, output: ours }, { clock });
    adapter.link.pause(true);
    adapter.start(new Ear());
    const answer = 'x'.repeat(1_000_000);
    peers.write('y\n'.repeat(100_000));
    writeTo(adapter, answer);
    adapter.link.close('over');
    expect((await text(peers)).length).toBe(answer.length + 1);
    peers.end();
    await adapter.closed;
    expect(clock.pending).toBe(0);
  });

  test('whose peer never ends is cut', async () => {
    const { ours } = await sockets(true);
    const clock = new VirtualClock();
    const adapter = nodeStreams({ input: ours, output: ours }, { clock, closeTimeoutMs: 1000 });
    adapter.start(new Ear());
    adapter.link.close('over');
    await once(ours, 'finish');
    clock.advance(1000);
    await adapter.closed;
    expect(ours.destroyed).toBe(true);
  });
});

test('a process that ends at once is heard to its last word', async () => {
  const script = 'i=0; while [ $i -lt 100 ]; do echo "0123456789012345678901234567890 $i"; i=$((i+1)); done';
  const child = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'ignore'] });
  children.push(child);
  const adapter = nodeStreams({ input: child.stdout, output: child.stdin });
  const ear = new Ear();
  adapter.start(ear);
  adapter.link.pause(true);
  await once(child, 'exit');
  const told = await ear.hears('closed');
  const messages = told.filter((words) => words.startsWith('message'));
  expect([messages.length, messages.at(-1)]).toEqual([100, 'message 0123456789012345678901234567890 99']);
});

describe('a session with a child process', () => {
  const everything = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-everything/dist/index.js');
  const initialize = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
  };

  function childSession() {
    const child = spawn(process.execPath, [everything, 'stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
    children.push(child);
    const [toProxy, toClient] = [new PassThrough(), new PassThrough()];
    const server = nodeStreams({ input: child.stdout, output: child.stdin });
    const session = openSession(createRuntime({ ids: { sessionId: () => 's' } }), {
      client: nodeStreams({ input: toProxy, output: toClient }),
      server,
    });
    const answer = async (): Promise<object> =>
      JSON.parse(decodeText((await once(toClient, 'data'))[0] as Buffer)) as object;
    return { child, session, server, toProxy, toClient, answer };
  }

  test('carries its handshake, and lets it end by itself when the client has said its last word', async () => {
    const { child, session, server, toProxy, answer } = childSession();
    toProxy.write(`${JSON.stringify(initialize)}\n`);
    expect(await answer()).toMatchObject({ id: 1, result: { protocolVersion: '2025-11-25' } });
    expect(session.snapshot().state).toBe('active.serving');
    const exit = once(child, 'exit');
    toProxy.end();
    expect(await exit).toEqual([0, null]);
    await server.closed;
    expect(session.snapshot().state).toBe('closed');
  });

  test('answers what waits when it is killed', async () => {
    const { child, session, server, toProxy, answer } = childSession();
    toProxy.write(`${JSON.stringify(initialize)}\n`);
    await answer();
    child.kill('SIGSTOP');
    toProxy.write('{"jsonrpc":"2.0","id":2,"method":"tools/list"}\n');
    child.kill('SIGKILL');
    expect(await answer()).toMatchObject({ id: 2, error: { data: { code: 'UPSTREAM_LOST' } } });
    await server.closed;
    expect(session.snapshot().state).toBe('failed');
  });
});
