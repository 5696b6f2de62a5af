/**
 * What a node of a cluster tells of itself as metrics: each as data, read when somebody asks. Attributes have few values each: nodes
 * are told apart by who scrapes them. docs/reference/metrics.md is made of this table.
 */

import type { BatchObservableResult, Meter } from '@opentelemetry/api';
import type { MetricRow, Reading } from './metrics-table.ts';
import { observableOf } from './metrics.ts';

/** What is read; a node knows more about itself than this. */
export interface ClusterNumbers {
  readonly leaseAgeMs: number;
  readonly isConnected: boolean;
  readonly ownedKeys: number;
  readonly takeovers: number;
  readonly forwarded: number;
  readonly forwardedPending: number;
  readonly served: number;
  readonly servedPending: number;
  readonly budgetGranted: number;
  readonly budgetUsed: number;
  readonly peers: readonly { readonly state: string }[];
}

export interface ClusterRow extends MetricRow {
  readonly kind: 'counter' | 'gauge';
  read(numbers: ClusterNumbers): readonly Reading[];
}

const peerStates = ['up', 'draining', 'dead'] as const;

export const clusterRows: readonly ClusterRow[] = [
  {
    ...one('ninelives.cluster.lease.age', 'gauge', 's', ({ leaseAgeMs }) => leaseAgeMs / 1000),
    description: 'How long ago the node proved last that it may act. It stops by itself before others take it over.',
  },
  {
    ...one('ninelives.cluster.connected', 'gauge', '1', ({ isConnected }) => (isConnected ? 1 : 0)),
    description: '1 while the server that the nodes share can be reached from here, 0 while it cannot.',
  },
  {
    name: 'ninelives.cluster.peers',
    kind: 'gauge',
    unit: '{node}',
    description: 'Other nodes as this one sees them, by what their leases say.',
    attributes: ['state'],
    read: ({ peers }) =>
      peerStates.map((state) => ({
        value: peers.filter((peer) => peer.state === state).length,
        attributes: { state },
      })),
  },
  {
    ...one('ninelives.cluster.keys', 'gauge', '{key}', ({ ownedKeys }) => ownedKeys),
    description: 'Sessions, and whatever else must be in one place, that this node has.',
  },
  {
    ...one('ninelives.cluster.takeovers', 'counter', '{key}', ({ takeovers }) => takeovers),
    description: 'Keys that this node has taken over from others.',
  },
  {
    name: 'ninelives.cluster.frames',
    kind: 'counter',
    unit: '{frame}',
    description:
      'What this node has sent on to the nodes that have the sessions, and what it has done for other nodes.',
    attributes: ['way'],
    read: ({ forwarded, served }) => byWay(forwarded, served),
  },
  {
    name: 'ninelives.cluster.frames.pending',
    kind: 'gauge',
    unit: '{frame}',
    description: 'Of those, what is under way: streams that stay open are among them.',
    attributes: ['way'],
    read: ({ forwardedPending, servedPending }) => byWay(forwardedPending, servedPending),
  },
  {
    ...one('ninelives.cluster.budget.granted', 'gauge', '{request}', ({ budgetGranted }) => budgetGranted),
    description: 'The share of this node in the limit of all nodes.',
  },
  {
    ...one('ninelives.cluster.budget.used', 'gauge', '{request}', ({ budgetUsed }) => budgetUsed),
    description: 'How much of that share is used.',
  },
];

/** Reads them whenever `meter` collects. Returns how to stop. */
export function instrumentCluster(numbers: () => ClusterNumbers, meter: Meter): () => void {
  const instruments = clusterRows.map((row) => ({ row, observable: observableOf(meter, row) }));
  const observables = instruments.map(({ observable }) => observable);
  const read = (result: BatchObservableResult): void => {
    const now = numbers();
    for (const { row, observable } of instruments) {
      for (const { value, attributes } of row.read(now)) result.observe(observable, value, { ...attributes });
    }
  };
  meter.addBatchObservableCallback(read, observables);
  return () => meter.removeBatchObservableCallback(read, observables);
}

function one(
  name: string,
  kind: ClusterRow['kind'],
  unit: string,
  of: (numbers: ClusterNumbers) => number,
): Omit<ClusterRow, 'description'> {
  return { name, kind, unit, attributes: [], read: (numbers) => [{ value: of(numbers), attributes: {} }] };
}

function byWay(sentOn: number, taken: number): readonly Reading[] {
  return [
    { value: sentOn, attributes: { way: 'sent-on' } },
    { value: taken, attributes: { way: 'taken' } },
  ];
}
