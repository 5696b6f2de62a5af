/** The nodes of the clusters that the inspected processes are in: what each says of itself, and the others by their leases. */

import type { NodeFacts } from '../../../cluster/node.ts';
import type { AdminAnswer } from '../connection/admin.ts';

/** A node that is inspected, or one that another node knows of. */
export interface ClusterNodeLine {
  readonly node: string;
  /** Of a process that is inspected. */
  readonly pid: number | undefined;
  /** The state of its lease, or what it says of itself. */
  readonly state: string;
  readonly sessions: number;
  readonly leaseAgeMs: number;
  /** What only the node itself knows. */
  readonly own: NodeFacts | undefined;
}

/** @param answers to `GET /cluster`, by pid. Inspected nodes come first, each kind in the order of names. */
export function clusterNodesOf(answers: ReadonlyMap<number, AdminAnswer>): readonly ClusterNodeLine[] {
  const lines = new Map<string, ClusterNodeLine>();
  const told = [...answers].flatMap(([pid, answer]) =>
    answer.kind === 'answered' ? [{ pid, own: answer.body as NodeFacts }] : [],
  );
  for (const { pid, own } of told) {
    const { node, phase, ownedKeys, leaseAgeMs } = own;
    lines.set(node, { node, pid, state: phase, sessions: ownedKeys, leaseAgeMs, own });
  }
  for (const { node, state, keys, leaseAgeMs } of told.flatMap(({ own }) => own.peers)) {
    const known = lines.get(node);
    // Of a node that is not inspected the latest word counts, whoever heard it.
    if (known === undefined || (known.own === undefined && leaseAgeMs < known.leaseAgeMs)) {
      lines.set(node, { node, pid: undefined, state, sessions: keys, leaseAgeMs, own: undefined });
    }
  }
  const all = [...lines.values()].sort((one, other) => (one.node < other.node ? -1 : 1));
  return [...all.filter(({ own }) => own !== undefined), ...all.filter(({ own }) => own === undefined)];
}
