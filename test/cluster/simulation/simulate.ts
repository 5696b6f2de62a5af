/** One run of a simulated cluster, from a seed: what happened, and which laws were broken. */

import { defaultTimes } from '../../../src/cluster/settings.ts';
import { Cluster, type Conditions, frameDeadlineMs } from './cluster.ts';
import { troubleFor } from './faults.ts';
import { World } from './world.ts';

export interface Run {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly history: readonly string[];
  readonly asked: number;
  readonly answered: number;
  readonly executed: number;
  readonly parts: number;
  readonly nodes: number;
  readonly failures: Readonly<Record<string, number>>;
}

/** As they are in the field, roughly: clocks of machines go wrong by less, and leases of the dead are kept for longer than a run. */
export const usual: Conditions = {
  times: { ...defaultTimes, deadKeepMs: 1000 },
  driftRatio: 0.01,
  lostMs: 0,
  guard: 'each time',
};

const runMs = 29_500;
/** Longer than any frame may take, and than a machine stands still: then it has a moment to find out what it has missed. */
const quietMs = 13_500;
/** Later than its deadline a frame may end by so much. */
const lateMs = 1500;
const violationsMax = 5;
const nodes = 4;

export async function simulate(seed: number, conditions: Conditions = usual): Promise<Run> {
  const world = new World(seed);
  const cluster = new Cluster(world, conditions);
  const { oracle } = cluster;
  for (let node = 0; node < nodes; node += 1) cluster.join();
  troubleFor(cluster, world, { untilMs: runMs - quietMs, lostMs: conditions.lostMs });
  await world.run(runMs, () => oracle.violations.length > violationsMax);
  const longestMs = frameDeadlineMs / (1 - conditions.driftRatio) + lateMs;
  oracle.nothingHangs(longestMs, (name) =>
    cluster.members.some(({ machine }) => machine.name === name && !machine.isDead && !machine.isPaused),
  );
  return {
    ...{ seed, violations: oracle.violations, history: world.history, nodes: cluster.members.length },
    ...{ asked: oracle.asked, answered: oracle.answered, executed: oracle.executed, parts: oracle.parts },
    failures: oracle.failures,
  };
}
