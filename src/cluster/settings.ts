/**
 * The times and limits of a cluster, and the one rule that they must keep: a node stops by itself before others take over what
 * it has, on clocks that go differently fast. All nodes of a cluster have the same.
 */

import { LocalError } from '../local-error.ts';

export interface ClusterTimes {
  /** Between two renewals of a node's lease. */
  readonly renewMs: number;
  /** A node acts for so long after it sent the last renewal that succeeded. */
  readonly selfMs: number;
  /** A lease that did not change for so long, seen by a node that was connected throughout, is taken over. */
  readonly takeMs: number;
  /** What was sent and is not acknowledged is sent again. */
  readonly ackMs: number;
  /** An acknowledgement may wait so long for others that go the same way, or for the answer that makes it unnecessary. */
  readonly gatherMs: number;
  /** A silent owner is asked whether it is there. */
  readonly probeMs: number;
  /** A silent request is asked after by its name. */
  readonly auditMs: number;
  /** An answer that nobody acknowledges is given up. */
  readonly answerKeepMs: number;
  /** For so long it is remembered that a node is dead; then its lease is removed. */
  readonly deadKeepMs: number;
  /** A session whose node is gone waits so long for its client. */
  readonly orphanMs: number;
}

export interface ClusterLimits {
  /** Frames of other nodes that one node works on. */
  readonly servedFramesMax: number;
  /** Between two nodes and in one direction: what is on its way and not acknowledged. */
  readonly pairFramesMax: number;
  readonly pairBytesMax: number;
  /** Of all pairs that end in one node: each pair has its share of it. */
  readonly inflowBytesMax: number;
  /** Waiting for room in the window of a pair; further ones are refused. */
  readonly queuedFramesMax: number;
  /** Parts of one answer that its reader has not taken yet. */
  readonly streamBytesMax: number;
}

export interface ClusterSettings {
  readonly times: ClusterTimes;
  readonly limits: ClusterLimits;
}

/** For one server of the engine. */
export const defaultTimes: ClusterTimes = {
  renewMs: 1000,
  selfMs: 4000,
  takeMs: 6000,
  ackMs: 1000,
  gatherMs: 5,
  probeMs: 300,
  auditMs: 5000,
  answerKeepMs: 10_000,
  deadKeepMs: 600_000,
  orphanMs: 3_600_000,
};

/** For three servers: they need some seconds to agree on a new leader, and a node has to live through that. */
export const replicatedTimes: ClusterTimes = { ...defaultTimes, selfMs: 10_000, takeMs: 14_000, answerKeepMs: 20_000 };

export const defaultClusterLimits: ClusterLimits = {
  servedFramesMax: 10_000,
  pairFramesMax: 256,
  pairBytesMax: 8 * 1024 * 1024,
  inflowBytesMax: 48 * 1024 * 1024,
  queuedFramesMax: 10_000,
  streamBytesMax: 1024 * 1024,
};

/** How much a clock may go too fast or too slow. */
const driftRatioMax = 0.05;

/**
 * The times that were asked for, over the defaults.
 * @throws LocalError INVALID_OPTION: a node would be taken over while it still acts.
 */
export function clusterTimes(asked: Partial<ClusterTimes> = {}, base: ClusterTimes = defaultTimes): ClusterTimes {
  const times = { ...base, ...asked };
  const leastTakeMs = (times.selfMs * (1 + driftRatioMax)) / (1 - driftRatioMax);
  for (const [name, value] of Object.entries<number>(times)) {
    if (!(value > 0 && value < Infinity))
      throw invalid(`cluster.${name} is ${value}; allowed are milliseconds above 0.`);
  }
  if (times.takeMs < leastTakeMs) {
    throw invalid(
      `cluster.takeMs is ${times.takeMs}; with selfMs ${times.selfMs} it has to be at least ${Math.ceil(leastTakeMs)}: a node has to stop before others take over.`,
    );
  }
  if (times.selfMs < 2 * times.renewMs) {
    throw invalid(`cluster.selfMs is ${times.selfMs}; it has to be at least twice renewMs, which is ${times.renewMs}.`);
  }
  return times;
}

function invalid(what: string): LocalError {
  return new LocalError('INVALID_OPTION', what);
}
