import { expect, test } from 'vitest';
import type { UnplacedFrame } from '../../../../src/inspector/feed-messages.ts';
import { unplacedOf } from '../../../../src/inspector/page/overview/unplaced.ts';
import { newProcessView } from '../../../../src/inspector/page/store/process-view.ts';
import { facts } from '../store/rows.ts';

const frame = (at: number): UnplacedFrame => ({
  at,
  sessionId: 's1',
  direction: 'client-to-server',
  what: 'request ping',
  bytes: 1,
  problem: { text: 'x' },
});

test('messages without a session stand together, the newest first, by the time of day', () => {
  const early = { ...newProcessView(facts), epochOffset: 1000, unplaced: { count: 12, newest: [frame(1), frame(5)] } };
  const late = {
    ...newProcessView({ ...facts, pid: 9 }),
    epochOffset: 2000,
    unplaced: { count: 1, newest: [frame(-997)] },
  };
  const { count, newest } = unplacedOf([early, late]);
  expect(count).toBe(13);
  expect(newest.map(({ key, wallTime }) => [key, wallTime])).toEqual([
    [`${facts.pid} 11`, 1005],
    ['9 0', 1003],
    [`${facts.pid} 10`, 1001],
  ]);
  expect(unplacedOf([])).toEqual({ count: 0, newest: [] });
});
