/** What becomes of a frame that is sent to whoever owns its key, and what may be concluded where it failed. */

/** `unknown`: it may have run, once. It is never sent again by itself. */
export type Executed = 'no' | 'unknown';

/**
 * - `NODE_FENCED`: this node may not act. `DRAINING`, `BUSY`: the owner takes no more, or no more now.
 * - `DEADLINE`, `CANCELLED`: whoever asked does not wait any longer.
 * - `ENGINE_UNAVAILABLE`: the directory or the owner cannot be reached.
 * - `KEY_UNKNOWN`: nobody has it, and it is not to be had any more.
 * - `WRONG_OWNER`: it moved again and again. `OWNER_LOST`: the owner is gone. `OWNER_SILENT`: it did not say that the frame came.
 * - `REQUEST_LOST`: the owner does not know of it any more. `CLAIM_LOST`: it found that the key is not its own.
 * - `FRAME_TOO_LARGE`, `ANSWER_TOO_LARGE`: more than the engine carries. `SESSION_FAILED`: what serves the key threw.
 */
export const failureCodes = [
  'NODE_FENCED',
  'DRAINING',
  'BUSY',
  'DEADLINE',
  'CANCELLED',
  'ENGINE_UNAVAILABLE',
  'KEY_UNKNOWN',
  'WRONG_OWNER',
  'OWNER_LOST',
  'OWNER_SILENT',
  'REQUEST_LOST',
  'CLAIM_LOST',
  'FRAME_TOO_LARGE',
  'ANSWER_TOO_LARGE',
  'SESSION_FAILED',
] as const;

export type FailureCode = (typeof failureCodes)[number];

export interface Failure {
  readonly ok: false;
  readonly code: FailureCode;
  readonly executed: Executed;
  /** For people. */
  readonly reason?: string;
}

export type SendResult = { readonly ok: true; readonly bytes: Uint8Array } | Failure;

export function notExecuted(code: FailureCode, reason?: string): Failure {
  return { ok: false, code, executed: 'no', ...(reason !== undefined && { reason }) };
}

export function maybeExecuted(code: FailureCode, reason?: string): Failure {
  return { ok: false, code, executed: 'unknown', ...(reason !== undefined && { reason }) };
}
