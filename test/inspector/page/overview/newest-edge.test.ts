import { expect, test } from 'vitest';
import { newestEdge } from '../../../../src/inspector/page/overview/newest-edge.ts';

const opened = { from: 'initializing', to: 'active.serving', count: 3 } as const;
const closed = { from: 'active.serving', to: 'closed', count: 1 } as const;

test('the newest transition is the one that was taken most since', () => {
  const newest = newestEdge([opened], [{ ...opened, count: 5 }, closed], undefined);
  expect(newest).toMatchObject({ from: 'initializing', to: 'active.serving' });
  const next = newestEdge([opened, closed], [{ ...opened, count: 4 }, closed], newest);
  expect(next?.key).not.toBe(newest?.key);
});

test('it stays the newest while nothing is taken', () => {
  const newest = newestEdge([], [closed], undefined);
  expect(newestEdge([closed, opened], [closed, opened], newest)).toBe(newest);
  expect(newestEdge([closed], [closed], undefined)).toBeUndefined();
});
