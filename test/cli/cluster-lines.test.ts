/** What people see of a cluster: each living node in a line. */
import { expect, test } from 'vitest';
import { clusterLines } from '../../src/cli/cluster-lines.ts';
import type { NodeFacts } from '../../src/cluster/node.ts';

const facts: NodeFacts = {
  ...{ node: 'one-17-ab', phase: 'up', leaseAgeMs: 400, isConnected: true, ownedKeys: 1, takeovers: 0 },
  ...{ forwarded: 12, forwardedPending: 1, served: 3, servedPending: 0, budgetGranted: 500, budgetUsed: 2 },
  peers: [
    { node: 'two-9-cd', state: 'draining', keys: 2, leaseAgeMs: 900 },
    { node: 'three-8-ef', state: 'dead', keys: 0, leaseAgeMs: 60_000 },
  ],
};

test('a node is shown with the others that live, their sessions and leases', () => {
  expect(clusterLines(facts)).toEqual([
    '  node one-17-ab, one of 2: up, 1 session, lease 400 ms old, 12 sent on, 3 taken from others',
    '  node two-9-cd: draining, 2 sessions, lease 900 ms old',
  ]);
});

test('a node whose server is away says so', () => {
  expect(clusterLines({ ...facts, isConnected: false })[0]).toMatch(/: up, its server cannot be reached, 1 session/);
});

test('what a node calls itself cannot move the cursor', () => {
  expect(clusterLines({ ...facts, node: 'x\u001b[2J' })[0]).not.toContain('\u001b');
});
