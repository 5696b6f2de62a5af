/** A node of a cluster as the admin API sees it, which has every session that it is asked about. */

import type { AdministeredCluster } from '../../src/admin/administered.ts';

export function clusterOf(): AdministeredCluster {
  return {
    facts: () => ({
      ...{ node: 'one-1', phase: 'up', leaseAgeMs: 250, isConnected: true, ownedKeys: 2, takeovers: 0 },
      ...{ forwarded: 12, forwardedPending: 1, served: 3, servedPending: 0, budgetGranted: 500, budgetUsed: 2 },
      peers: [{ node: 'two-2', state: 'up', keys: 1, leaseAgeMs: 400 }],
    }),
    whereIs: async () => ({ node: 'one-1', epoch: 7 }),
  };
}
