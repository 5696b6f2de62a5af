import { describe, expect, test } from 'vitest';
import { LineFramer } from '../../src/protocol/lines.ts';
import type { OversizeLine } from '../../src/protocol/lines.ts';
import { decodeText, encodeText } from '../../src/protocol/text.ts';

interface Heard {
  readonly lines: readonly string[];
  readonly oversize: readonly OversizeLine[];
  readonly rest: readonly string[];
}

function frame(chunks: readonly string[], lineBytesMax = 100): Heard {
  const framer = new LineFramer({ lineBytesMax });
  const lines: string[] = [];
  const rest: string[] = [];
  const oversize: OversizeLine[] = [];
  for (const chunk of chunks) {
    framer.push(
      encodeText(chunk),
      (line) => lines.push(decodeText(line)),
      (line) => oversize.push(line),
    );
  }
  framer.end(
    (line) => rest.push(decodeText(line)),
    (line) => oversize.push(line),
  );
  expect(framer.bufferedBytes).toBe(0);
  return { lines, oversize, rest };
}

describe('LineFramer', () => {
  test('lines end with a line feed, and one carriage return before it is no part of them', () => {
    expect(frame(['a\nb\r\nc\r\r\n'])).toEqual({ lines: ['a', 'b', 'c\r'], oversize: [], rest: [] });
  });

  test('a line in pieces is put together, even when its end comes in pieces', () => {
    expect(frame(['ab', 'c', '\r', '\nd', '\n']).lines).toEqual(['abc', 'd']);
  });

  test('blank lines are passed over', () => {
    expect(frame(['\n\r\n  \t\n', ' ', '\na\n', '  ']).lines).toEqual(['a']);
  });

  test('what stands behind the last line feed is the rest', () => {
    expect(frame(['a\nb', 'c\r'])).toEqual({ lines: ['a'], oversize: [], rest: ['bc'] });
  });

  test('a line within one chunk is not copied', () => {
    const chunk = encodeText('one\ntwo\n');
    const lines: Uint8Array[] = [];
    const framer = new LineFramer({ lineBytesMax: 10 });
    for (let count = 0; count < 2; count += 1) {
      framer.push(
        chunk,
        (line) => lines.push(line),
        () => expect.unreachable(),
      );
    }
    expect(lines).toHaveLength(4);
    for (const line of lines) expect(line.buffer).toBe(chunk.buffer);
  });

  test('a line that was put together is not overwritten by the next', () => {
    const framer = new LineFramer({ lineBytesMax: 10 });
    const lines: Uint8Array[] = [];
    for (const chunk of ['a', 'a\nb', 'b\n']) {
      framer.push(
        encodeText(chunk),
        (line) => lines.push(line),
        () => expect.unreachable(),
      );
    }
    expect(lines.map(decodeText)).toEqual(['aa', 'bb']);
  });

  test('the line ending does not count towards the limit', () => {
    expect(frame(['12345678\r', '\n12345678\n'], 8)).toEqual({
      lines: ['12345678', '12345678'],
      oversize: [],
      rest: [],
    });
    expect(frame(['123456789\n'], 8).oversize).toHaveLength(1);
    expect(frame(['12345678', '9\r\n'], 8).oversize).toMatchObject([{ totalBytes: 9 }]);
  });

  test('of a line over the limit the head and the tail are kept, and the lines around it are whole', () => {
    const long = Array.from({ length: 4000 }, (_, index) => `${index};`).join('');
    const heard = frame(['before\n', long.slice(0, 9000), long.slice(9000), '\r\nafter\n'], 1000);
    expect(heard.lines).toEqual(['before', 'after']);
    const [line] = heard.oversize;
    expect(decodeText(line?.head ?? new Uint8Array())).toBe(long.slice(0, 4096));
    expect(decodeText(line?.tail ?? new Uint8Array())).toBe(long.slice(-4096));
    expect(line?.totalBytes).toBe(long.length);
  });

  test('a line over the limit that never ends is reported when the stream does', () => {
    expect(frame(['123', '456'], 4)).toMatchObject({ lines: [], rest: [], oversize: [{ totalBytes: 6 }] });
  });

  test('large and small pieces of a line are put together in their order, and only once', () => {
    const pieces = ['a'.repeat(5000), 'b', 'c'.repeat(10), 'd'.repeat(6000), 'e'.repeat(4096), 'f'];
    const sizes: number[] = [];
    const framer = new LineFramer({ lineBytesMax: 100_000 }, (bytes) => {
      sizes.push(bytes);
      return new Uint8Array(bytes).fill(0x3f);
    });
    const lines: string[] = [];
    for (const piece of [...pieces, '\n']) {
      framer.push(
        encodeText(piece),
        (line) => lines.push(decodeText(line)),
        () => expect.unreachable(),
      );
    }
    expect(lines).toEqual([pieces.join('')]);
    expect(sizes).toEqual([pieces.join('').length]);
  });

  test('what is held does not grow with the line', () => {
    const framer = new LineFramer({ lineBytesMax: 100_000 });
    const chunk = encodeText('x'.repeat(50_000));
    let most = 0;
    for (let count = 0; count < 100; count += 1) {
      framer.push(
        chunk,
        () => expect.unreachable(),
        () => expect.unreachable(),
      );
      most = Math.max(most, framer.bufferedBytes);
    }
    expect(most).toBe(100_000);
    expect(framer.bufferedBytes).toBeLessThanOrEqual(3 * 4097);
    expect(framer.bufferedBytes).toBeGreaterThanOrEqual(2 * 4096);
  });
});
