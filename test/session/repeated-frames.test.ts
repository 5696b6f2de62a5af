import { describe, expect, test } from 'vitest';

import { RepeatedFrames } from '../../src/session/repeated-frames.ts';
import { frameOf } from './fixtures.ts';

const hello = (name: string): object => ({ id: 0, method: 'initialize', params: { clientInfo: { name } } });

describe('frames that sessions say alike', () => {
  test('are kept once', () => {
    const frames = new RepeatedFrames();
    const first = frameOf(hello('one'));
    expect(frames.shared(first)).toBe(first);
    expect(frames.shared(frameOf(hello('one')))).toBe(first);
  });

  test('are not one when a byte is another', () => {
    const frames = new RepeatedFrames();
    frames.shared(frameOf(hello('one')));
    const other = frameOf(hello('two'));
    expect(frames.shared(other)).toBe(other);
  });

  test('are let go of when sixteen others came after', () => {
    const frames = new RepeatedFrames();
    const first = frames.shared(frameOf(hello('first')));
    for (let count = 0; count < 15; count += 1) frames.shared(frameOf(hello(`other ${count}`)));
    expect(frames.shared(frameOf(hello('first')))).toBe(first);
    frames.shared(frameOf(hello('the last')));
    expect(frames.shared(frameOf(hello('first')))).not.toBe(first);
  });

  test('are themselves where more than bytes belongs to them, or they are long', () => {
    const frames = new RepeatedFrames();
    for (const make of [
      () => ({ ...frameOf(hello('value')), value: {} }),
      () => ({ ...frameOf(hello('aside')), aside: {} }),
      () => frameOf(hello('x'.repeat(4096))),
    ]) {
      frames.shared(make());
      const again = make();
      expect(frames.shared(again)).toBe(again);
    }
  });
});
