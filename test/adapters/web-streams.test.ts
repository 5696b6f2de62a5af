import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { openSession } from '../../src/adapters/open-session.ts';
import { type WebStreamOptions, webStreams } from '../../src/adapters/web-streams.ts';
import { createRuntime } from '../../src/index.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { Ear } from './ear.ts';

/** Both ends of a pair of streams: one for the adapter, one for its peer. */
function pairs() {
  const [toUs, toPeer] = [new TransformStream<Uint8Array>(), new TransformStream<Uint8Array>()];
  const writer = toUs.writable.getWriter();
  const reader = toPeer.readable.getReader();
  return {
    ours: { readable: toUs.readable, writable: toPeer.writable },
    writer,
    reader,
    says: async (text: string) => writer.write(encodeText(text)),
    reads: async () => {
      const { done, value } = await reader.read();
      return done ? 'the end' : decodeText(value);
    },
  };
}

function started(options: WebStreamOptions = {}) {
  const pair = pairs();
  const adapter = webStreams(pair.ours, options);
  const ear = new Ear();
  adapter.start(ear);
  const write = (text: string): boolean => adapter.link.write([encodeText(text)], undefined as never);
  return { ...pair, adapter, ear, write };
}

const isLocked = ({ ours }: ReturnType<typeof pairs>) => [ours.readable.locked, ours.writable.locked];

describe('reading', () => {
  test('gives one message a line, then what was unfinished, then the end of what the peer says', async () => {
    const { writer, says, ear } = started({ messageBytesMax: 20 });
    await says('{"a":');
    await says('1}\r\n\n{}\n{"id":7,"x":"................"}\n{"ha');
    await says('lf');
    await writer.close();
    expect(await ear.hears('ended')).toEqual([
      'message {"a":1}',
      'message {}',
      'unreadable frame-too-large 7 31',
      'message {"half',
      'ended',
    ]);
  });

  test('takes each chunk for one message when asked to', async () => {
    const { writer, says, ear } = started({ framing: 'messages', messageBytesMax: 20 });
    await says('{"a":\n1}');
    await says('{"id":7,"x":"................"}');
    await writer.close();
    expect(await ear.hears('ended')).toEqual(['message {"a":\n1}', 'unreadable frame-too-large 7 31', 'ended']);
  });

  test('stops while it is paused, and so does who writes', async () => {
    const { writer, says, ear, adapter } = started();
    await says('1\n');
    await ear.hears('message');
    adapter.link.pause(true);
    let taken = 0;
    for (let count = 0; count < 10; count++) void says('2\n').then(() => taken++);
    await turn();
    expect([ear.told, taken <= 2]).toEqual([['message 1'], true]);
    adapter.link.pause(false);
    await writer.ready;
    await turn();
    expect([ear.told.length, taken]).toEqual([11, 10]);
  });

  test('can be paused before it begins', async () => {
    const pair = pairs();
    const adapter = webStreams(pair.ours);
    const ear = new Ear();
    adapter.link.pause(true);
    adapter.start(ear);
    void pair.says('1\n');
    await turn();
    expect(ear.told).toEqual([]);
    adapter.link.pause(false);
    expect(await ear.hears('message')).toEqual(['message 1']);
  });

  test('ends with a peer that breaks off in the middle of a line', async () => {
    const errors: Error[] = [];
    const pair = started({ onError: (error) => errors.push(error) });
    await pair.says('{"half');
    await pair.writer.abort(new Error('cable cut')).catch(() => {});
    expect(await pair.ear.hears('closed')).toEqual(['message {"half', 'closed']);
    expect(errors.map(({ message }) => message)).toEqual(['cable cut']);
    await pair.adapter.closed;
    expect(isLocked(pair)).toEqual([false, false]);
    expect(await pair.reads()).toBe('the end');
  });

  test('ends at a chunk that is not bytes, and says so', async () => {
    const errors: Error[] = [];
    const { writer, ear } = started({ onError: (error) => errors.push(error) });
    void writer.write('text' as never).catch(() => {});
    await ear.hears('closed');
    expect(errors).toMatchObject([{ code: 'STREAM_UNUSABLE' }]);
  });

  test('tells what went wrong before the session hears of it, which it does although the listener throws', async () => {
    const thrown = new Promise((resolve) => process.once('unhandledRejection', resolve));
    const { writer, ear } = started({
      onError: () => {
        throw new Error('from the listener');
      },
    });
    await writer.abort().catch(() => {});
    expect(await ear.hears('closed')).toEqual(['closed']);
    expect(await thrown).toMatchObject({ message: 'from the listener' });
  });
});

describe('writing', () => {
  test('sends what was written in one turn together, one message a line', async () => {
    const { write, reads } = started();
    expect([write('{"a":\n1}'), write('{}')]).toEqual([true, true]);
    expect(await reads()).toBe('{"a": 1}\n{}\n');
  });

  test('sends one message a chunk when asked to', async () => {
    const { write, reads } = started({ framing: 'messages' });
    write('{"a":\n1}');
    write('{}');
    expect([await reads(), await reads()]).toEqual(['{"a":\n1}', '{}']);
  });

  test('says that the peer reads slowly, and once when it has caught up', async () => {
    const { write, reads, ear } = started({ highWaterBytesMax: 100 });
    expect(write('x'.repeat(99))).toBe(true);
    expect([write('y'), write('z')]).toEqual([false, false]);
    await turn();
    expect(ear.told).toEqual([]);
    await reads();
    expect(await ear.hears('drained')).toEqual(['drained']);
    expect(write('again')).toBe(true);
    await reads();
    expect(ear.told).toEqual(['drained']);
  });

  test('ends with a peer that reads no more', async () => {
    const pair = started();
    pair.adapter.link.pause(true);
    await pair.reader.cancel(new Error('enough'));
    void pair.says('last words\n').then(async () => pair.writer.close());
    expect(await pair.ear.hears('closed')).toEqual(['message last words', 'closed']);
    await pair.adapter.closed;
    expect(isLocked(pair)).toEqual([false, false]);
    expect(pair.write('late')).toBe(true);
  });

  test('ends with a peer that reads no more, and goes on talking for longer than it may', async () => {
    const clock = new VirtualClock();
    const errors: string[] = [];
    const { reader, adapter, ear } = started({ clock, onError: ({ message }) => errors.push(message) });
    await reader.cancel(new Error('enough'));
    await turn();
    expect([ear.told, errors]).toEqual([[], ['enough']]);
    clock.advance(100);
    expect(ear.told).toEqual(['closed']);
    await adapter.closed;
    expect(clock.pending).toBe(0);
  });

  test('can be ended alone, while the peer is still heard', async () => {
    const { write, reads, adapter, says, ear } = started();
    write('last');
    adapter.link.closeInput();
    write('too late');
    expect([await reads(), await reads()]).toEqual(['last\n', 'the end']);
    await says('still here\n');
    expect(await ear.hears('message')).toEqual(['message still here']);
  });
});

describe('the end of the session', () => {
  test('writes out what was written, gives the streams back, and tells nobody', async () => {
    const pair = started();
    pair.write('last');
    pair.adapter.link.close('over');
    pair.adapter.link.close('over');
    expect([await pair.reads(), await pair.reads()]).toEqual(['last\n', 'the end']);
    await pair.adapter.closed;
    expect(isLocked(pair)).toEqual([false, false]);
    await expect(pair.says('too late\n')).rejects.toBe('over');
    expect(pair.ear.told).toEqual([]);
  });

  test('ends a reading that was paused', async () => {
    const pair = started();
    pair.adapter.link.pause(true);
    pair.adapter.link.close('over');
    await pair.adapter.closed;
    expect(isLocked(pair)).toEqual([false, false]);
  });

  test('cuts the streams of a peer that does not take the rest in time', async () => {
    const clock = new VirtualClock();
    const pair = started({ clock, closeTimeoutMs: 1000 });
    pair.write('never read');
    pair.adapter.link.close('over');
    await turn();
    clock.advance(999);
    await turn();
    expect(isLocked(pair)).toEqual([true, true]);
    clock.advance(1);
    await pair.adapter.closed;
    expect(isLocked(pair)).toEqual([false, false]);
    await expect(pair.reader.read()).rejects.toBe('over');
    expect(clock.pending).toBe(0);
  });
});

describe('misuse', () => {
  test('is told of a stream that somebody else holds, and takes no lock then', () => {
    const { ours } = pairs();
    const reader = ours.readable.getReader();
    expect(() => webStreams(ours)).toThrow(/readable stream is locked.*Hand in streams/s);
    reader.releaseLock();
    const writer = ours.writable.getWriter();
    expect(() => webStreams(ours)).toThrow(expect.objectContaining({ code: 'STREAM_UNUSABLE' }));
    expect(ours.readable.locked).toBe(false);
    writer.releaseLock();
  });

  test('is told of an option that no stream can have, before a lock is taken', () => {
    const { ours } = pairs();
    expect(() => webStreams(ours, { messageBytesMax: -1 })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
    expect(ours.readable.locked).toBe(false);
  });

  test('is told of a second start', () => {
    const { adapter } = started();
    expect(() => adapter.start(new Ear())).toThrow(expect.objectContaining({ code: 'ALREADY_STARTED' }));
  });
});

describe('a session between two pairs of streams', () => {
  const newRuntime = () => createRuntime({ ids: { sessionId: () => crypto.randomUUID() } });

  test('carries calls, refuses what is no message, and ends with its client', async () => {
    const [client, server] = [pairs(), pairs()];
    const [clientEnd, serverEnd] = [webStreams(client.ours), webStreams(server.ours)];
    const session = openSession(newRuntime(), { client: clientEnd, server: serverEnd });
    await client.says('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
    expect(await server.reads()).toBe('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
    await server.says('{"jsonrpc":"2.0","id":1,"result":{}}\n');
    expect(await client.reads()).toBe('{"jsonrpc":"2.0","id":1,"result":{}}\n');
    await client.writer.write(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x0a));
    expect(await client.reads()).toContain('PARSE_ERROR');

    await client.writer.close();
    expect([await client.reads(), await server.reads()]).toEqual(['the end', 'the end']);
    await Promise.all([clientEnd.closed, serverEnd.closed]);
    expect(session.snapshot().state).toBe('closed');
  });

  test('settles what waits when the server says nothing more, and gives its streams back', async () => {
    const [client, server] = [pairs(), pairs()];
    const serverEnd = webStreams(server.ours);
    openSession(newRuntime(), { client: webStreams(client.ours), server: serverEnd });
    await client.says('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
    await server.reads();
    await server.writer.close();
    expect(await client.reads()).toContain('UPSTREAM_LOST');
    expect([await client.reads(), await server.reads()]).toEqual(['the end', 'the end']);
    await serverEnd.closed;
  });

  test('holds no more of what a server says than a client that does not read may leave', async () => {
    const [client, server] = [pairs(), pairs()];
    const session = openSession(
      createRuntime({ ids: { sessionId: () => 's' }, limits: { bufferPauseBytes: 100_000 } }),
      { client: webStreams(client.ours), server: webStreams(server.ours) },
    );
    const note = `{"jsonrpc":"2.0","method":"notifications/message","params":"${'x'.repeat(1000)}"}\n`;
    let taken = 0;
    const over = new AbortController();
    const flood = (async () => {
      while (!over.signal.aborted) {
        await server.says(note);
        taken += note.length;
      }
    })();
    for (let turns = 0; turns < 2000; turns++) await turn();
    expect(taken).toBeGreaterThan(100_000);
    expect(taken).toBeLessThan(200_000);
    over.abort();
    session.close();
    await flood.catch(() => {});
  });
});
