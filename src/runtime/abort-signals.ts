/**
 * What is to happen when somebody's signal is aborted. However many sessions one signal ends, it has one listener of ours, and
 * none when the last of them is over: platforms warn of signals with many listeners, and signals outlive sessions.
 */

import { LocalError } from '../local-error.ts';
import type { AbortSignalLike } from '../ports.ts';

interface Watch {
  readonly acts: Set<() => void>;
  readonly listener: () => void;
}

export class AbortSignals {
  readonly #watches = new Map<AbortSignalLike, Watch>();

  /** Calls `act` when the signal is aborted, once at most. Returns how to stop waiting for that. */
  watch(signal: AbortSignalLike, act: () => void): () => void {
    const { acts } = this.#watches.get(signal) ?? this.#listenTo(signal);
    acts.add(act);
    return () => {
      acts.delete(act);
      if (acts.size === 0) this.#leave(signal);
    };
  }

  #listenTo(signal: AbortSignalLike): Watch {
    const acts = new Set<() => void>();
    const listener = (): void => {
      this.#leave(signal);
      for (const act of acts) act();
    };
    const watch = { acts, listener };
    this.#watches.set(signal, watch);
    signal.addEventListener('abort', listener);
    return watch;
  }

  #leave(signal: AbortSignalLike): void {
    const watch = this.#watches.get(signal);
    this.#watches.delete(signal);
    if (watch !== undefined) signal.removeEventListener('abort', watch.listener);
  }
}

/** @throws LocalError ABORTED when the signal was aborted already. */
export function refuseAborted(signal: AbortSignalLike | undefined, what: string): void {
  if (signal?.aborted !== true) return;
  throw new LocalError('ABORTED', `${what} was asked for with a signal that is aborted already.`, {
    cause: signal.reason,
  });
}
