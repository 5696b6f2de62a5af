import { expect, test } from 'vitest';
import {
  childAhead,
  childAskedToStop,
  childEnded,
  childStarted,
  startedChildren,
} from '../../src/transports/child-roster.ts';

test('children stand in the roster from their start to their end, with what became of them', () => {
  childStarted(1_000_001, 'server');
  childStarted(1_000_002, 'errand');
  childAhead(1_000_001, true);
  childAskedToStop(1_000_001, 40);
  childAskedToStop(1_000_001, 50);
  const ours = (): object[] => startedChildren().filter(({ pid }) => pid > 1_000_000);
  expect(ours()).toEqual([
    { pid: 1_000_001, what: 'server', isAhead: true, stopAskedAt: 40 },
    { pid: 1_000_002, what: 'errand', isAhead: false, stopAskedAt: undefined },
  ]);
  childEnded(1_000_001);
  childEnded(1_000_002);
  childAskedToStop(1_000_002, 60);
  expect(ours()).toEqual([]);
});
