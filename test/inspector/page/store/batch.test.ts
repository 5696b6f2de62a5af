import { expect, test } from 'vitest';
import { Batch } from '../../../../src/inspector/page/store/batch.ts';

test('what comes before the next picture is handed on at once and in order', () => {
  const waiting: (() => void)[] = [];
  const handed: (readonly number[])[] = [];
  const batch = new Batch<number>(
    (items) => handed.push(items),
    (act) => waiting.push(act),
  );
  for (const item of [1, 2, 3]) batch.add(item);
  expect([handed.length, waiting.length]).toEqual([0, 1]);
  waiting.shift()!();
  batch.add(4);
  waiting.shift()!();
  expect(handed).toEqual([[1, 2, 3], [4]]);
});
