import { describe, expect, test } from 'vitest';
import { BufferedBytes, bufferAlwaysBytes as little, unboundedBuffers } from '../../src/session/buffered-bytes.ts';

describe('bytes that wait in a process', () => {
  test('have room up to their limit, and a little in each buffer beyond it', () => {
    const buffers = new BufferedBytes(100 * little);
    buffers.add(99 * little);
    expect([buffers.hasRoomFor(5 * little, little), buffers.hasRoomFor(5 * little, little + 1)]).toEqual([true, false]);
    expect([buffers.hasRoomFor(0, little), buffers.hasRoomFor(1, little)]).toEqual([true, true]);
    buffers.add(little);
    expect([buffers.hasRoomFor(0, little), buffers.hasRoomFor(1, little)]).toEqual([true, false]);
  });

  test('are those of the whole, too, whose limit holds for every part', () => {
    const whole = new BufferedBytes(3 * little);
    const [one, other] = [new BufferedBytes(2 * little, whole), new BufferedBytes(9 * little, whole)];
    one.add(2 * little);
    expect([one.limitFor(1), other.limitFor(little), other.limitFor(little + 1)]).toEqual([
      2 * little,
      undefined,
      3 * little,
    ]);
    one.add(-little);
    expect([whole.bytes, other.limitFor(2 * little)]).toEqual([little, undefined]);
  });

  test('slow down whoever adds to them from half of their limit on', () => {
    const whole = new BufferedBytes(10 * little);
    const [part, unbounded] = [new BufferedBytes(Infinity, whole), unboundedBuffers()];
    part.add(5 * little);
    expect(part.pauseAt(4 * little)).toBe(4 * little);
    part.add(1);
    expect([part.pauseAt(4 * little), part.pauseAt(7), whole.pauseAt(4 * little)]).toEqual([little, 7, little]);
    unbounded.add(1e15);
    expect([unbounded.pauseAt(9), unbounded.limitFor(1e15)]).toEqual([9, undefined]);
  });

  test('have as much room as they are given later', () => {
    const buffers = new BufferedBytes(little);
    buffers.add(2 * little);
    expect(buffers.limitFor(1)).toBe(little);
    buffers.resize(4 * little);
    expect([buffers.max, buffers.limitFor(1)]).toEqual([4 * little, undefined]);
  });
});
