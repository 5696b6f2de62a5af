import { expect, test } from 'vitest';
import type { NodeFacts } from '../../../../src/cluster/node.ts';
import type { AdminAnswer } from '../../../../src/inspector/page/connection/admin.ts';
import { clusterNodesOf } from '../../../../src/inspector/page/overview/cluster-nodes.ts';

const facts = (node: string, peers: NodeFacts['peers']): NodeFacts => ({
  ...{ node, phase: 'up', leaseAgeMs: 100, isConnected: true, ownedKeys: 2, takeovers: 0 },
  ...{ forwarded: 5, forwardedPending: 1, served: 3, servedPending: 0, budgetGranted: 500, budgetUsed: 4, peers },
});
const answered = (body: unknown): AdminAnswer => ({ kind: 'answered', body });
const peer = (node: string, leaseAgeMs: number, state: NodeFacts['peers'][number]['state'] = 'up') => ({
  ...{ node, state, keys: 7, leaseAgeMs },
});

test('inspected nodes say what they are themselves; of others the latest word counts', () => {
  const answers = new Map([
    [20, answered(facts('b', [peer('a', 900), peer('c', 700), peer('d', 9000, 'dead')]))],
    [10, answered(facts('a', [peer('b', 800), peer('c', 300)]))],
    [30, { kind: 'unreachable', message: 'gone' } as const],
  ]);
  const lines = clusterNodesOf(answers);
  expect(lines.map(({ node, pid, state, sessions, leaseAgeMs }) => [node, pid, state, sessions, leaseAgeMs])).toEqual([
    ['a', 10, 'up', 2, 100],
    ['b', 20, 'up', 2, 100],
    ['c', undefined, 'up', 7, 300],
    ['d', undefined, 'dead', 7, 9000],
  ]);
  expect(lines.map(({ own }) => own?.forwarded)).toEqual([5, 5, undefined, undefined]);
});

test('where nobody answers there is none', () => {
  expect(clusterNodesOf(new Map())).toEqual([]);
});
