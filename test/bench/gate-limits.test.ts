import { expect, test } from 'vitest';
import { type Gate, broken, limits } from './gate-limits.ts';

const usual = Object.fromEntries(Object.entries(limits).map(([name, { measured }]) => [name, measured])) as Record<
  Gate,
  number
>;

test('what was measured when a limit was set is within it', () => {
  expect(broken(usual)).toEqual([]);
});

test('a broken limit is named with what was measured, what is allowed, and what was usual', () => {
  const { what, limit } = limits.keptByIdleSession;
  const [complaint, ...others] = broken({ ...usual, keptByIdleSession: limit.most! * 2 });
  expect(others).toEqual([]);
  expect(complaint).toContain(what);
  expect(complaint).toContain(`above the limit of ${limit.most} B`);
  expect(broken({ ...usual, decidedByPlan: 50 })).toEqual([
    expect.stringContaining(`50.00 % is below the limit of ${limits.decidedByPlan.limit.least} %`),
  ]);
});

test('a limit that nothing was measured for is broken', () => {
  expect(broken({ ...usual, pairByParsing: NaN })).toHaveLength(1);
});
