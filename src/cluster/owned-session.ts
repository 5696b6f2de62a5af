/** What a cluster and whoever serves sessions owe each other. */

/** Names what one node has: `s:` and the id of a session, or whatever else must be in one place. */
export type OwnedKey = string;

/** The key is this node's, from here until `stop`. */
export interface Grant {
  readonly key: OwnedKey;
  /** Grows with every claim of the key: a fencing token. */
  readonly epoch: number;
  /** What was saved last, where the key was another node's before. */
  readonly snapshot: string | undefined;
  /**
   * Saves what the session wants to be told when another node opens it. Saves that follow each other quickly may be one.
   * @throws StaleOwner the key is not this node's any more. Unavailable.
   */
  save(snapshot: string): Promise<void>;
}

/** - `fenced`: the node may act no more. `lost`: the engine does not know the claim. `released`: it was given back. `drained`: no time is left. */
export type StopReason = 'fenced' | 'lost' | 'released' | 'drained';

/** Whoever opens sessions. Is called when a key has become this node's, and not again before `stop`. */
export interface SessionHost {
  /**
   * Undefined: nothing can be made of what was saved, here or anywhere, and the key is over.
   * @throws where another node may open it, or this one later: the key is given back.
   */
  open(grant: Grant): OwnedSession | undefined;
}

export interface OwnedSession {
  /** Whether another node can open it from what was saved. A process that was started here cannot. */
  readonly isRecoverable: boolean;
  /** Besides the frames that came through the cluster, it works on others of its own. */
  readonly isBusy?: boolean;
  /** Answers one frame; what it throws is told as `SESSION_FAILED`. */
  handle(frame: Uint8Array, answer: Answer): Promise<Uint8Array>;
  /** Nothing more is to be done for the key, and nothing that is under way counts. Called once. */
  stop(reason: StopReason): void;
}

/** What comes before the last message of an answer: progress, or all that a stream carries. */
export interface Answer {
  /** Nobody reads it any more. */
  readonly isClosed: boolean;
  /** Called once, when that becomes so before the answer is complete. */
  onClosed(listener: () => void): void;
  /** In order, each once. Resolves when there is room for more; at once where nobody reads. */
  write(part: Uint8Array): Promise<void>;
}

/** Another node has the key. */
export class StaleOwner extends Error {
  override readonly name = 'StaleOwner';
}
