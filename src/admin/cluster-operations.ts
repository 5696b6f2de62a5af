/** The part of the admin API that answers about the cluster: what this node knows of itself and of the others, and who has a session. */

import type { Administered } from './administered.ts';
import type { ApiAnswer, ApiCall, Operation } from './operation.ts';

export const clusterOperations: readonly Operation[] = [
  {
    name: 'getCluster',
    method: 'GET',
    path: '/cluster',
    answer: (_call, { cluster }) =>
      cluster === undefined ? { problem: 'NO_CLUSTER' } : { status: 200, body: cluster.facts() },
  },
  { name: 'getSessionPlace', method: 'GET', path: '/cluster/sessions/{id}', answer: getSessionPlace },
];

async function getSessionPlace({ params }: ApiCall, { cluster }: Administered): Promise<ApiAnswer> {
  if (cluster === undefined) return { problem: 'NO_CLUSTER' };
  try {
    const place = await cluster.whereIs(params['id']!);
    return place === undefined ? { problem: 'SESSION_NOT_FOUND' } : { status: 200, body: place };
  } catch {
    return { problem: 'CLUSTER_AWAY' };
  }
}
