/**
 * Other nodes that serve the same sessions, as an HTTP front sees them: who has a session, and how its requests come to it. Types
 * only; how nodes agree and talk is decided by whoever stands behind this.
 */

import type { Refusal } from '../errors.ts';
import type { AbortSignalLike } from '../ports.ts';
import type { Recollection } from '../runtime/handover.ts';
import type { EndReason } from '../session/outcomes.ts';

/** The way back of an answer that is not complete yet, piece by piece. */
export interface PieceWay {
  /** Nobody reads it any more. */
  readonly isClosed: boolean;
  /** Called once, when that becomes so before the answer is complete. */
  onClosed(listener: () => void): void;
  /** In order, each once. Resolves when there is room for more; at once where nobody reads. */
  write(piece: Uint8Array): Promise<void>;
}

/** Serves what another node's client has asked, as if it had asked here. Resolves with the last piece of the answer. */
export type ServeRouted = (frame: Uint8Array, way: PieceWay) => Promise<Uint8Array>;

/** A session that another node had. */
export interface Reopening {
  readonly sessionId: string;
  readonly recollection: Recollection;
  /** How often it was opened again, this time included. */
  readonly life: number;
}

/** Opens it here, for whom it was opened before; or says why not. */
export type Reopen = (reopening: Reopening) => Refusal | undefined;

export interface Carrying {
  /** The next piece comes when what it returns has resolved. */
  readonly onPiece: (piece: Uint8Array) => void | Promise<void>;
  readonly signal: AbortSignalLike;
}

/**
 * - `answered`: with the last piece. `not-found`: nobody has the session, and nobody will.
 * - `failed`: the refusal says in `executed` whether the request may have run.
 */
export type Carried =
  | { readonly kind: 'answered'; readonly last: Uint8Array }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'failed'; readonly refusal: Refusal; readonly status: number };

export interface HttpElsewhere {
  /** Called once, before anything else: how requests are served here that came to other nodes, and sessions opened that those had. */
  begins(serve: ServeRouted, reopen: Reopen): void;
  /** The id of a new session, which is this node's from here on; or why none is to be opened here now. */
  reserve(): Promise<{ readonly sessionId: string } | { readonly refusal: Refusal }>;
  /** The session is over, or nothing has come of it: then there is no reason. */
  over(sessionId: string, reason?: EndReason): void;
  /** Brings a request to whoever has the session. Ends once and never rejects. */
  carry(sessionId: string, frame: Uint8Array, carrying: Carrying): Promise<Carried>;
}
