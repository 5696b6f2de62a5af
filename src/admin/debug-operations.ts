/** The part of the admin API that answers why: what a session waits for, in sentences, and what a process holds that it should not. */

import { explain, explainRequest } from '../observe/explain.ts';
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

function explainSession({ params, query }: ApiCall, administered: Administered): ApiAnswer {
  const session = administered.session(params['id']!);
  if (session === undefined) return { problem: 'SESSION_NOT_FOUND' };
  const snapshot = session.snapshot();
  const request = query.get('request');
  const lines = request === null ? explain(snapshot) : explainRequest(snapshot, request);
  if (lines === undefined) return { problem: 'REQUEST_NOT_FOUND' };
  return { status: 200, body: { id: snapshot.id, lines } satisfies Explanation };
}
