import { expect, test } from 'vitest';
import { replayNamed } from '../../src/testing/replay-name.ts';

test('a play is named by its seed and its path', () => {
  expect(replayNamed('7:3:0:1')).toEqual({ seed: 7, path: '3:0:1' });
  expect(replayNamed('-7:13')).toEqual({ seed: -7, path: '13' });
});

test.each(['', '7', '7:', ':3', '7:3:', '7::3', '7:3:x', ' 7:3'])('%j names no play', (text) => {
  expect(replayNamed(text)).toBe(undefined);
});
