/** What is on its way between two nodes is bounded, and what waits keeps its order. */
import { describe, expect, test } from 'vitest';
import { PairWindow } from '../../src/cluster/pair-window.ts';

function windowOf(framesMax: number, bytesMax: number, queuedMax = 10) {
  const sent: string[] = [];
  const window = new PairWindow(() => ({ framesMax, bytesMax, queuedMax }));
  const enter = (name: string, bytes: number): boolean =>
    window.enter(bytes, () => {
      sent.push(name);
      return true;
    });
  return { window, sent, enter };
}

describe('a window', () => {
  test('lets so many frames in and the rest wait their turn', () => {
    const { window, sent, enter } = windowOf(2, 1000);
    for (const name of ['a', 'b', 'c', 'd']) expect(enter(name, 10)).toBe(true);
    expect(sent).toEqual(['a', 'b']);
    window.leave(10);
    expect(sent).toEqual(['a', 'b', 'c']);
    window.leave(10);
    expect(sent).toEqual(['a', 'b', 'c', 'd']);
    expect(window.frames).toBe(2);
  });

  test('lets so many bytes in, and one frame that is larger alone', () => {
    const { window, sent, enter } = windowOf(10, 100);
    for (const [name, bytes] of [
      ['a', 60],
      ['b', 60],
      ['c', 1],
    ] as const)
      enter(name, bytes);
    expect(sent).toEqual(['a']);
    window.leave(60);
    expect(sent).toEqual(['a', 'b', 'c']);
    window.leave(60);
    window.leave(1);
    enter('huge', 1000);
    enter('after', 1);
    expect(sent).toEqual(['a', 'b', 'c', 'huge']);
    window.leave(1000);
    expect(sent.at(-1)).toBe('after');
    expect(window.bytes).toBe(1);
  });

  test('refuses what would wait behind too many', () => {
    const { enter } = windowOf(1, 100, 1);
    expect([enter('a', 1), enter('b', 1), enter('c', 1)]).toEqual([true, true, false]);
  });

  test('counts nothing that is not wanted any more', () => {
    const { window, sent, enter } = windowOf(1, 100);
    enter('a', 1);
    window.enter(1, () => false);
    enter('b', 1);
    window.leave(1);
    expect(sent).toEqual(['a', 'b']);
    expect([window.frames, window.bytes, window.queued]).toEqual([1, 1, 0]);
  });
});
