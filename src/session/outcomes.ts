/**
 * How requests and sessions end. Every request accepted from either side ends in exactly one outcome; the status that
 * users see is a pure function of the chart's state and the reason it ended with, and is stored nowhere.
 */

/** How a request can end; what each means is told in docs/reference/states-and-outcomes.md. */
export const outcomes = ['result', 'error', 'cancelled', 'timeout', 'upstream-lost', 'client-gone', 'refused'] as const;

/** How one request ended: exactly one of these for each request that was taken on. */
export type Outcome = (typeof outcomes)[number];

/** The leaf states of the session chart, as metrics, traces and snapshots spell them. */
export const sessionStates = [
  'initializing',
  'active.serving',
  'active.recovering',
  'shuttingDown',
  'closed',
  'failed',
] as const;

/** Where a session is in its chart: see docs/charts/session.md. */
export type SessionState = (typeof sessionStates)[number];

/** Why a session left for `closed` or `failed`. */
export type EndReason =
  | 'client-closed'
  | 'client-gone'
  | 'drained'
  | 'closed-by-operator'
  | 'shutdown-agreed'
  | 'initialize-timeout'
  | 'idle'
  | 'age'
  | 'drain-deadline'
  | 'upstream-lost'
  | 'upstream-exhausted'
  | 'upstream-changed'
  | 'recovery-deadline'
  | 'buffer-full'
  | 'evicted'
  | 'handed-over'
  | 'node-fenced'
  | 'internal-error';

/** A session in one word, for lists: see `statusOf`. */
export type SessionStatus = 'active' | 'completed' | 'failed' | 'timeout';

const timeoutReasons: ReadonlySet<EndReason | undefined> = new Set<EndReason>([
  'initialize-timeout',
  'idle',
  'age',
  'drain-deadline',
]);

/** The status that a list of sessions shows. */
export function statusOf(state: SessionState, reason: EndReason | undefined): SessionStatus {
  switch (state) {
    case 'initializing':
    case 'active.serving':
    case 'active.recovering':
    case 'shuttingDown':
      return 'active';
    case 'closed':
      return 'completed';
    case 'failed':
      return timeoutReasons.has(reason) ? 'timeout' : 'failed';
  }
}
