/** The part of the admin API that answers why: what a session waits for, in sentences, and what a process holds that it should not. */

import { explain, explainRequest, spoken } from '../observe/explain.ts';
import type { Administered } from './administered.ts';
import type { ApiAnswer, ApiCall, Operation } from './operation.ts';

export interface Explanation {
  readonly id: string;
  readonly lines: readonly string[];
}

export const debugOperations: readonly Operation[] = [
  { name: 'explainSession', method: 'GET', path: '/sessions/{id}/explain', answer: explainSession },
  { name: 'getLeaks', method: 'GET', path: '/debug/leaks', answer: getLeaks },
];

async function getLeaks(_call: ApiCall, administered: Administered): Promise<ApiAnswer> {
  if (administered.leaks === undefined) return { problem: 'NOT_FOUND' };
  return { status: 200, body: await administered.leaks() };
}

async function explainSession({ params, query }: ApiCall, administered: Administered): Promise<ApiAnswer> {
  const session = administered.session(params['id']!);
  if (session === undefined) return { problem: 'SESSION_NOT_FOUND' };
  const snapshot = session.snapshot();
  const request = query.get('request');
  const lines = request === null ? explain(snapshot) : explainRequest(snapshot, request);
  if (lines === undefined) return { problem: 'REQUEST_NOT_FOUND' };
  const placed = [...lines, ...(await placeOf(snapshot.id, administered))];
  return { status: 200, body: { id: snapshot.id, lines: placed } satisfies Explanation };
}

/** What a session of this process is known under among the other nodes; nothing is asked of them. */
async function placeOf(id: string, { cluster }: Administered): Promise<readonly string[]> {
  if (cluster === undefined) return [];
  const place = await cluster.whereIs(id).catch(() => undefined);
  const { node, phase, leaseAgeMs } = cluster.facts();
  if (place === undefined) return [`It is not known to the cluster: requests reach it at node ${node} alone.`];
  return [
    `It is on node ${place.node} of the cluster, by claim ${place.epoch}; the node is ${phase}, its lease ${spoken(leaseAgeMs)} old.`,
  ];
}
