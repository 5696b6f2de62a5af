/**
 * What the admin API can be asked, and what it answers: one table of paths and methods, each with the function that does it.
 * Knows nothing of sockets, tokens or JSON text. docs/reference/admin-api.md is made of openapi.ts, which describes each row.
 */

import type { Fault } from '../session/interception.ts';
import { defaultLimits } from '../session/limits.ts';
import type { Administered } from './administered.ts';
import { clusterOperations } from './cluster-operations.ts';
import { debugOperations } from './debug-operations.ts';
import { dryRunOperations } from './dry-run-operations.ts';
import type { ApiAnswer, ApiCall, Operation, OperationName } from './operation.ts';
import { pauseOperations } from './pause-operations.ts';
import type { Problem, ProblemCode } from './problems.ts';
import { ruleOperations } from './rule-operations.ts';
import { pageSize, readCursor, sessionPage } from './session-list.ts';

export const operations: readonly Operation[] = [
  {
    name: 'getProcess',
    method: 'GET',
    path: '/process',
    answer: (_call, { facts }) => ({ status: 200, body: facts }),
  },
  { name: 'listSessions', method: 'GET', path: '/sessions', answer: listSessions },
  {
    name: 'getSession',
    method: 'GET',
    path: '/sessions/{id}',
    answer: ({ params }, administered) => {
      const session = administered.session(params['id']!);
      return session === undefined ? noSession : { status: 200, body: session.snapshot() };
    },
  },
  {
    name: 'closeSession',
    method: 'DELETE',
    path: '/sessions/{id}',
    answer: ({ params }, administered) => {
      const session = administered.session(params['id']!);
      if (session === undefined) return noSession;
      session.close();
      return { status: 204 };
    },
  },
  {
    name: 'addTag',
    method: 'PUT',
    path: '/sessions/{id}/tags/{tag}',
    answer: (call, administered) => setTag(true, call, administered),
  },
  {
    name: 'removeTag',
    method: 'DELETE',
    path: '/sessions/{id}/tags/{tag}',
    answer: (call, administered) => setTag(false, call, administered),
  },
  { name: 'injectFault', method: 'POST', path: '/sessions/{id}/faults', answer: injectFault },
  {
    name: 'getTotals',
    method: 'GET',
    path: '/totals',
    answer: (_call, administered) => ({ status: 200, body: administered.totals() }),
  },
  {
    name: 'drain',
    method: 'POST',
    path: '/drain',
    answer: (_call, administered) => {
      administered.drain();
      return { status: 202, body: { state: 'draining' } };
    },
  },
  ...ruleOperations,
  ...dryRunOperations,
  ...pauseOperations,
  ...debugOperations,
  ...clusterOperations,
];

/** What can go wrong with a whole session. Single frames are made to fail by rules. */
export const sessionFaults = ['close-session', 'kill-upstream'] as const satisfies readonly Fault[];

const noSession: Problem = { problem: 'SESSION_NOT_FOUND' };

function listSessions({ query }: ApiCall, administered: Administered, now: number): ApiAnswer {
  const limit = query.get('limit') ?? String(pageSize.usual);
  if (!/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > pageSize.max) {
    return bad(`limit is a whole number from 1 to ${pageSize.max}`);
  }
  const after = query.get('after');
  const cursor = after === null ? undefined : readCursor(after);
  if (after !== null && cursor === undefined) return bad('after is what an earlier answer gave as next');
  return { status: 200, body: sessionPage(administered.sessions(), { limit: Number(limit), after: cursor, now }) };
}

function setTag(isSet: boolean, { params }: ApiCall, administered: Administered): ApiAnswer {
  const tag = params['tag']!;
  const { labelCharactersMax, labelsPerSession } = defaultLimits;
  if (tag === '' || tag.length > labelCharactersMax || /\p{Cc}/u.test(tag)) {
    return bad(`A tag has 1 to ${labelCharactersMax} characters that can be printed`);
  }
  const session = administered.session(params['id']!);
  if (session === undefined) return noSession;
  session.label(tag, isSet);
  const { tags } = session.snapshot();
  if (tags.includes(tag) === isSet) return { status: 200, body: { tags } };
  return {
    problem: 'TAG_NOT_CHANGED',
    message: isSet
      ? `The session takes no further tag: it has room for ${labelsPerSession} of yours`
      : 'A rule of this process holds: the tag goes when it holds no longer',
  };
}

function injectFault({ params, body }: ApiCall, administered: Administered): ApiAnswer {
  if (administered.takesFaults !== true) return { problem: 'FAULTS_OFF' };
  const said = typeof body === 'object' && body !== null && 'fault' in body ? body.fault : undefined;
  const fault = sessionFaults.find((each) => each === said);
  if (fault === undefined) return bad(`The body is {"fault": FAULT}, one of ${sessionFaults.join(', ')}`);
  const session = administered.session(params['id']!);
  if (session === undefined) return noSession;
  session.inject(fault);
  return { status: 204 };
}

function bad(message: string): Problem {
  return { problem: 'BAD_REQUEST', message };
}

/** Finds what is asked for. `path` begins with `/` and has no query. */
export function operationFor(
  method: string,
  path: string,
): { readonly operation: Operation; readonly params: ApiCall['params'] } | { readonly allows: readonly string[] } {
  const allows: string[] = [];
  for (const operation of operations) {
    const params = paramsIn(path, operation.path);
    if (params === undefined) continue;
    if (operation.method === method) return { operation, params };
    allows.push(operation.method);
  }
  return { allows };
}

/** Undefined where the path does not fit, or what it says cannot be decoded. */
function paramsIn(path: string, pattern: string): ApiCall['params'] | undefined {
  const said = path.split('/');
  const wanted = pattern.split('/');
  if (said.length !== wanted.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const text = said[index]!;
    if (!part.startsWith('{')) {
      if (part !== text) return undefined;
      continue;
    }
    try {
      params[part.slice(1, -1)] = decodeURIComponent(text);
    } catch {
      return undefined;
    }
  }
  return params;
}

/** The problems that an operation may answer with, besides those of every request. */
export const problemsOf: Readonly<Record<OperationName, readonly ProblemCode[]>> = {
  getProcess: [],
  listSessions: ['BAD_REQUEST'],
  getSession: ['SESSION_NOT_FOUND'],
  closeSession: ['SESSION_NOT_FOUND'],
  addTag: ['BAD_REQUEST', 'SESSION_NOT_FOUND', 'TAG_NOT_CHANGED'],
  removeTag: ['BAD_REQUEST', 'SESSION_NOT_FOUND', 'TAG_NOT_CHANGED'],
  injectFault: ['BAD_REQUEST', 'FAULTS_OFF', 'SESSION_NOT_FOUND'],
  getTotals: [],
  drain: [],
  getRules: ['NO_RULES'],
  reloadRules: ['NO_RULES', 'RULES_NOT_TAKEN'],
  getDryRun: ['NO_DRY_RUN'],
  startDryRun: ['BAD_REQUEST', 'NO_RULES', 'RULES_NOT_TAKEN'],
  stopDryRun: ['NO_DRY_RUN'],
  listPaused: ['NO_RULES'],
  getPaused: ['NO_RULES', 'NOT_PAUSED'],
  resumePaused: ['NO_RULES', 'NOT_PAUSED'],
  modifyPaused: ['BAD_REQUEST', 'NO_RULES', 'NOT_PAUSED'],
  blockPaused: ['BAD_REQUEST', 'NO_RULES', 'NOT_PAUSED'],
  listBreakpoints: ['NO_RULES'],
  addBreakpoint: ['BAD_REQUEST', 'NO_RULES', 'TOO_MANY_BREAKPOINTS'],
  removeBreakpoint: ['NO_RULES', 'NO_BREAKPOINT'],
  explainSession: ['SESSION_NOT_FOUND', 'REQUEST_NOT_FOUND'],
  getLeaks: ['NOT_FOUND'],
  getCluster: ['NO_CLUSTER'],
  getSessionPlace: ['NO_CLUSTER', 'SESSION_NOT_FOUND', 'CLUSTER_AWAY'],
};
