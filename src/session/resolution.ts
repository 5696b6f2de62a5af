/**
 * Which session a frame belongs to (S4): explicit strategies, tried in one order. An answer is a session or a reason why
 * there is none; two candidates are a refusal, never a choice; and nobody is ever found across principals or routes.
 */

import type { RequestId } from '../protocol/envelope.ts';

export const resolutionStrategies = [
  'session-header',
  'transport-binding',
  'answered-request',
  'progress-token',
  'route-key',
  'fallback',
  'sole-session',
] as const;

export type ResolutionStrategy = (typeof resolutionStrategies)[number];

/** What is known about a frame before its session is. Everything but `principal` and `route` comes from the wire. */
export interface FrameOrigin {
  readonly principal: string | undefined;
  readonly route: string | undefined;
  /** The value of the session header. */
  readonly sessionHeader?: string | undefined;
  /** The connection or child process that the frame came through. */
  readonly binding?: string | undefined;
  /** The request that a response answers. */
  readonly answers?: RequestId | undefined;
  readonly progressToken?: RequestId | undefined;
  /** A gateway's cookie, or a key made of route and principal. */
  readonly routeKey?: string | undefined;
  /** What the embedding code says when nothing else does. */
  readonly fallback?: string | undefined;
}

/** A session that a strategy may find, with whom it belongs to. */
export interface Candidate {
  readonly sessionId: string;
  readonly principal: string | undefined;
  readonly route: string | undefined;
}

/** Where sessions are looked up. Each question is answered with all candidates there are. */
export interface SessionIndex {
  byId(sessionId: string): Candidate | undefined;
  byBinding(binding: string): Candidate | undefined;
  byPendingRequest(id: RequestId): readonly Candidate[];
  byProgressToken(token: RequestId): readonly Candidate[];
  byRouteKey(key: string): readonly Candidate[];
  /** Active sessions of one principal and route; at most two are needed to know that there is not one. */
  activeOf(principal: string | undefined, route: string | undefined): readonly Candidate[];
}

/** Which session a message belongs to, or why none is found. */
export type Resolution =
  | { readonly sessionId: string; readonly strategy: ResolutionStrategy }
  | {
      readonly unresolved: 'no-such-session' | 'ambiguous' | 'foreign' | 'nothing-known';
      /** The strategy that ended the search; `undefined` when none had anything to go by. */
      readonly strategy: ResolutionStrategy | undefined;
    };

/** How sessions are found. */
export interface ResolutionOptions {
  /** Off unless asked for: with it, a frame that names nothing goes to the only active session of its principal and route. */
  readonly soleSession?: boolean;
}

/**
 * The first strategy that has something to go by decides, for better or worse: a session header that names nothing is not
 * rescued by a guess further down.
 */
export function resolveSession(origin: FrameOrigin, index: SessionIndex, options: ResolutionOptions = {}): Resolution {
  if (origin.sessionHeader !== undefined) {
    return settle('session-header', oneOrNone(index.byId(origin.sessionHeader)), origin);
  }
  if (origin.binding !== undefined) {
    return settle('transport-binding', oneOrNone(index.byBinding(origin.binding)), origin);
  }
  const byContent = resolveByContent(origin, index);
  if (byContent !== undefined) return byContent;
  if (origin.routeKey !== undefined) {
    const found = index.byRouteKey(origin.routeKey);
    if (found.length > 0) return settle('route-key', found, origin);
  }
  if (origin.fallback !== undefined) return settle('fallback', oneOrNone(index.byId(origin.fallback)), origin);
  if (options.soleSession === true)
    return settle('sole-session', index.activeOf(origin.principal, origin.route), origin);
  return { unresolved: 'nothing-known', strategy: undefined };
}

/**
 * Ids and tokens are only unique within a session, so other people's sessions may hold the same ones: here they do not
 * count as candidates, and with nobody left the next strategy is asked.
 */
function resolveByContent(origin: FrameOrigin, index: SessionIndex): Resolution | undefined {
  const attempts = [
    ['answered-request', origin.answers, index.byPendingRequest.bind(index)],
    ['progress-token', origin.progressToken, index.byProgressToken.bind(index)],
  ] as const;
  for (const [strategy, key, lookUp] of attempts) {
    if (key === undefined) continue;
    const own = lookUp(key).filter((candidate) => isOwn(candidate, origin));
    if (own.length > 0) return settle(strategy, own, origin);
  }
  return undefined;
}

function oneOrNone(candidate: Candidate | undefined): readonly Candidate[] {
  return candidate === undefined ? [] : [candidate];
}

function settle(strategy: ResolutionStrategy, candidates: readonly Candidate[], origin: FrameOrigin): Resolution {
  const own = candidates.filter((candidate) => isOwn(candidate, origin));
  if (own.length === 1) return { sessionId: own[0]!.sessionId, strategy };
  if (own.length > 1) return { unresolved: 'ambiguous', strategy };
  return { unresolved: candidates.length > 0 ? 'foreign' : 'no-such-session', strategy };
}

function isOwn(candidate: Candidate, origin: FrameOrigin): boolean {
  return candidate.principal === origin.principal && candidate.route === origin.route;
}
