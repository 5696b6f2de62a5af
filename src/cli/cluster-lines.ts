/** What is shown of a cluster to people, as its node sees it: itself and the others, in a line each. */

import type { NodeFacts } from '../cluster/node.ts';
import { counted } from '../counted.ts';
import { spoken } from '../observe/explain.ts';
import { printable } from './terminal.ts';

/** Each with its indentation, without its end. */
export function clusterLines(facts: NodeFacts): readonly string[] {
  const { node, phase, leaseAgeMs, isConnected, ownedKeys, forwarded, served, peers } = facts;
  const living = peers.filter(({ state }) => state !== 'dead');
  const connection = isConnected ? '' : ', its server cannot be reached';
  return [
    `  node ${printable(node)}, one of ${living.length + 1}: ${phase}${connection}, ${counted(ownedKeys, 'session')}, lease ${spoken(leaseAgeMs)} old, ${forwarded} sent on, ${served} taken from others`,
    ...living.map(
      ({ node: other, state, keys, leaseAgeMs: ageMs }) =>
        `  node ${printable(other)}: ${state}, ${counted(keys, 'session')}, lease ${spoken(ageMs)} old`,
    ),
  ];
}
