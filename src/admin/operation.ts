/** One row of the table of the admin API: a path, a method, a name, and what is answered. */

import type { Administered } from './administered.ts';
import type { Problem } from './problems.ts';

export interface ApiCall {
  /** What stands in the place of each `{name}` of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The JSON of the body; undefined where there is none. */
  readonly body?: unknown;
}

export type ApiAnswer = { readonly status: 200 | 202; readonly body: unknown } | { readonly status: 204 } | Problem;

export interface Operation {
  readonly name: OperationName;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  answer(call: ApiCall, administered: Administered, now: number): ApiAnswer | Promise<ApiAnswer>;
}

export type OperationName =
  | 'getProcess'
  | 'listSessions'
  | 'getSession'
  | 'explainSession'
  | 'getLeaks'
  | 'getCluster'
  | 'getSessionPlace'
  | 'closeSession'
  | 'injectFault'
  | 'addTag'
  | 'removeTag'
  | 'getTotals'
  | 'drain'
  | 'getRules'
  | 'reloadRules'
  | 'listPaused'
  | 'getPaused'
  | 'resumePaused'
  | 'modifyPaused'
  | 'blockPaused'
  | 'listBreakpoints'
  | 'addBreakpoint'
  | 'removeBreakpoint'
  | 'getDryRun'
  | 'startDryRun'
  | 'stopDryRun';
