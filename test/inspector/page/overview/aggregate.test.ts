import { expect, test } from 'vitest';
import { aggregateOf } from '../../../../src/inspector/page/overview/aggregate.ts';
import { foldProcess, newProcessView } from '../../../../src/inspector/page/store/process-view.ts';
import { facts, overview } from '../store/rows.ts';

const counts = { ...overview({}).sessionsByState, 'active.serving': 2 };
const opened = { from: 'initializing', to: 'active.serving', count: 5 } as const;

test('U9 sessions and edges of all processes are added up, and the longest stays are told', () => {
  const first = foldProcess(
    newProcessView(facts),
    overview({ sessionsByState: counts, transitions: [opened], dwellMs: { initializing: { p50: 5, p99: 90 } } }),
  );
  const second = foldProcess(
    newProcessView({ ...facts, pid: 1 }),
    overview({
      sessionsByState: counts,
      transitions: [opened, { from: 'active.serving', to: 'closed', count: 1 }],
      dwellMs: { initializing: { p50: 7, p99: 80 } },
    }),
  );
  expect(aggregateOf([first, second, newProcessView(facts)])).toEqual({
    counts: { ...counts, 'active.serving': 4 },
    transitions: [
      { ...opened, count: 10 },
      { from: 'active.serving', to: 'closed', count: 1 },
    ],
    dwellMs: { initializing: { p50: 7, p99: 90 } },
  });
});
