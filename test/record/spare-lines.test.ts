import { expect, test } from 'vitest';
import { SpareLines } from '../../src/record/spare-lines.ts';

test('room is used again, empty, and as much of it is kept as is worth it', () => {
  const spare = new SpareLines();
  const lines = spare.take();
  lines.text('x');
  spare.giveBack(lines);
  const again = spare.take();
  expect([again === lines, again.length]).toEqual([true, 0]);
  again.text('x'.repeat(5 * 1024 * 1024));
  spare.giveBack(again);
  expect(spare.take()).not.toBe(again);
  const many = Array.from({ length: 10 }, () => spare.take());
  for (const one of many) spare.giveBack(one);
  expect(Array.from({ length: 10 }, () => spare.take()).filter((one) => many.includes(one))).toHaveLength(4);
});
