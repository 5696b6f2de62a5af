import { expect, test } from 'vitest';
import { Progress } from './progress.ts';

function account(): { readonly progress: Progress; readonly broken: string[] } {
  const broken: string[] = [];
  return { progress: new Progress((law) => broken.push(law)), broken };
}

test('progress in steps of one until its request ends is as it must be, for each token alone', () => {
  const { progress, broken } = account();
  progress.expect(1);
  progress.expect('1');
  progress.hear(1, 1);
  progress.hear('1', 1);
  progress.hear(1, 2);
  expect([progress.end(1), progress.end('1'), broken]).toEqual([2, 1, []]);
});

test('progress that skips a step, comes twice, or comes after the end is seen', () => {
  const { progress, broken } = account();
  progress.expect(1);
  progress.hear(1, 2);
  progress.hear(1, 2);
  progress.hear(1, 2);
  progress.end(1);
  progress.hear(1, 4);
  expect(broken).toEqual([
    'progress comes in order',
    'progress comes in order',
    'progress reaches who asked, before the answer',
  ]);
});
