import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { MessageGather, noteChunk } from '../../src/transports/stdio-gather.ts';

/** A chunk as a pipe gives it: in memory of its own, and noted. */
function readChunk(content: string): Buffer {
  const chunk = Buffer.allocUnsafeSlow(Buffer.byteLength(content));
  chunk.write(content);
  noteChunk(chunk);
  return chunk;
}

/** The messages of a chunk of lines, as views of it. */
function linesIn(chunk: Buffer): readonly Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0, end = chunk.indexOf(10); end !== -1; start = end + 1, end = chunk.indexOf(10, start)) {
    lines.push(chunk.subarray(start, end));
  }
  return lines;
}

function gathered(messages: readonly (readonly Uint8Array[])[]): readonly Uint8Array[] {
  const gather = new MessageGather();
  for (const message of messages) gather.add(message);
  return gather.take();
}

const large = (fill: string) => Buffer.alloc(5000, fill);
const text = (pieces: readonly Uint8Array[]) => Buffer.concat(pieces).toString();

describe('the messages of one turn', () => {
  test('leave as one slice of the chunk in which they came', () => {
    const chunk = readChunk(`${'a'.repeat(3000)}\n${'b'.repeat(3000)}\n${'c'.repeat(3000)}\n`);
    const [run, ...more] = gathered(linesIn(chunk).map((line) => [line]));
    expect([run?.buffer, run?.byteOffset, run?.length]).toEqual([chunk.buffer, chunk.byteOffset, chunk.length]);
    expect(more).toEqual([]);
  });

  test('are sent with a newline of our own where the byte behind them belongs to somebody else', () => {
    const memory = Buffer.from(`${'a'.repeat(3000)}\n`);
    const pieces = gathered([[memory.subarray(0, 3000)]]);
    memory[3000] = 0x78;
    expect(text(pieces)).toBe(`${'a'.repeat(3000)}\n`);
  });

  test('are sent with a newline of our own where their chunk shares its memory with what may change', () => {
    const memory = Buffer.from(`${'a'.repeat(3000)}\n`);
    const chunk = memory.subarray(0, 3000);
    noteChunk(chunk);
    const pieces = gathered([[chunk]]);
    memory[3000] = 0x78;
    expect(text(pieces)).toBe(`${'a'.repeat(3000)}\n`);
  });

  test('stay one line each, however their sender had laid them out', () => {
    const layout = Buffer.from('\n{"jsonrpc":"2.0","id":1,"method":"x","params":\n{"id":2,"method":"ping"}\n}\n');
    const pieces = gathered([[layout], [Buffer.from('{}')]]);
    expect(text(pieces)).toBe(' {"jsonrpc":"2.0","id":1,"method":"x","params": {"id":2,"method":"ping"} } \n{}\n');
    expect(layout.includes(10)).toBe(true);
  });

  test.each<[string, (said: string) => Uint8Array]>([
    ['came otherwise', (said) => Buffer.from(said)],
    ['came as a line', (said) => linesIn(readChunk(`${said}\n`))[0]!],
  ])('stay one line for readers that end lines at carriage returns, too, when they %s', (_, arrived) => {
    const layout = '{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":\r{"id":2,"method":"ping"}\r}}';
    expect(text(gathered([[arrived(layout)], [Buffer.from('{}')]]))).toBe(`${layout.replaceAll('\r', ' ')}\n{}\n`);
  });

  test('can be empty, and still have their newlines', () => {
    const chunk = readChunk(`${'a'.repeat(3000)}\n\n\n`);
    expect(text(gathered([[chunk.subarray(0, 3000)], [], [Buffer.from('')]]))).toBe(`${'a'.repeat(3000)}\n\n\n`);
  });

  test('are not joined over a byte that was no newline', () => {
    const chunk = readChunk(`${'a'.repeat(3000)} ${'b'.repeat(3000)}`);
    const pieces = gathered([[chunk.subarray(0, 3000)], [chunk.subarray(3001)]]);
    expect(text(pieces)).toBe(`${'a'.repeat(3000)}\n${'b'.repeat(3000)}\n`);
  });

  test('are not joined when the first of them lacks its end', () => {
    const chunk = readChunk(`${'a'.repeat(3000)}\n${'b'.repeat(3000)}\n`);
    const pieces = gathered([[chunk.subarray(0, 2999)], [chunk.subarray(3001, 6001)]]);
    expect(text(pieces)).toBe(`${'a'.repeat(2999)}\n${'b'.repeat(3000)}\n`);
  });

  test('are not copied when they are large', () => {
    const [head, id, tail] = [large('h'), Buffer.from('"id"'), large('t')];
    const pieces = gathered([[head, id, tail]]);
    expect(pieces.map((piece) => piece.buffer)).toEqual([head.buffer, id.buffer, tail.buffer, expect.anything()]);
    expect(text(pieces)).toBe(`${text([head, id, tail])}\n`);
  });

  test('are copied together when they are small', () => {
    const pieces = gathered([[Buffer.from('{"id":'), Buffer.from('7'), Buffer.from('}')], [Buffer.from('{}')]]);
    expect(pieces.map((piece) => text([piece]))).toEqual(['{"id":7}\n{}\n']);
  });

  test('are counted with their newlines until they are taken', () => {
    const gather = new MessageGather();
    gather.add([Buffer.from('abc'), Buffer.from('')]);
    gather.add([Buffer.from('d')]);
    expect(gather.bytes).toBe(6);
    expect(text(gather.take())).toBe('abc\nd\n');
    expect([gather.bytes, gather.take()]).toEqual([0, []]);
  });

  test('are the same bytes, whatever memory they lie in', () => {
    const line = fc
      .array(fc.constantFrom('a', '{}', 'long '.repeat(300)), { maxLength: 4 })
      .map((words) => words.join(''));
    const cut = fc.nat(2000);
    const origin = fc.constantFrom('chunk', 'own');
    fc.assert(
      fc.property(fc.array(fc.record({ line, cut, origin }), { maxLength: 12 }), (messages) => {
        const chunk = readChunk(messages.map((message) => `${message.line}\n`).join(''));
        const inChunk = linesIn(chunk);
        const asSlices = messages.map((message, index) => {
          const bytes = message.origin === 'chunk' ? inChunk[index]! : Buffer.from(message.line);
          const place = message.cut % (bytes.length + 1);
          return [bytes.subarray(0, place), bytes.subarray(place)];
        });
        expect(text(gathered(asSlices))).toBe(chunk.toString());
      }),
      { numRuns: 300 },
    );
  });
});
