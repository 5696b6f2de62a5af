import { expect, test } from 'vitest';
import { dryRun } from '../../src/rules/dry-run.ts';
import { LiveDryRun, dryRunMsMax } from '../../src/rules/live-dry-run.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { rulesOf } from './rule-sets.ts';
import { call, contextOf } from './scenes.ts';

/** Of rules that block a tool; `asks` shows the one that runs a call of it. */
function live() {
  const clock = new VirtualClock({ startMs: 0, epochMs: 1e12 });
  const running = new Set<ReturnType<typeof dryRun>>();
  const dryRuns = new LiveDryRun((rules) => {
    const run = dryRun([], rules);
    const own = Object.assign(run, { stop: () => (running.delete(run), run.report()) });
    running.add(own);
    return own;
  }, clock);
  const start = () => dryRuns.start(rulesOf('{ id: r, when: frame.name == "a", do: [block: {}] }'));
  const asks = (name: string) => running.forEach((run) => run.intercept(contextOf({ message: call(name) })));
  return { clock, dryRuns, start, asks, running };
}

test('a dry run counts until it is stopped, and what it has counted stays to be read', () => {
  const { dryRuns, start, asks, running } = live();
  expect(dryRuns.report()).toBeUndefined();
  start();
  for (const name of ['a', 'b']) asks(name);
  const summary = 'would block 1 of 2 (now 0); 1 would meet another fate';
  expect(dryRuns.report()).toMatchObject({ isRunning: true, startedAt: 1e12, frames: 2, summary });
  dryRuns.stop();
  dryRuns.stop();
  asks('a');
  expect(running.size).toBe(0);
  expect(dryRuns.report()).toMatchObject({ isRunning: false, frames: 2, summary });
});

test('one at a time: the next takes its place and counts anew', () => {
  const { dryRuns, start, asks, running } = live();
  start();
  asks('a');
  start();
  expect(running.size).toBe(1);
  expect(dryRuns.report()).toMatchObject({ isRunning: true, frames: 0 });
});

test('one that is forgotten ends by itself', () => {
  const { clock, dryRuns, start, running } = live();
  start();
  clock.advance(dryRunMsMax);
  expect([running.size, dryRuns.report()?.isRunning]).toEqual([0, false]);
});
