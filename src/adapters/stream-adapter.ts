/**
 * What the adapters over byte streams have in common: their shape, their options, and the order in which a session is told
 * what happened: nothing before the start, and nothing after the end. Knows no streams.
 */

import { LocalError } from '../local-error.ts';
import type { Clock, UpstreamLink } from '../ports.ts';
import { defaultLimits } from '../session/limits.ts';
import type { PeerAdapter, PeerReports } from './peer-adapter.ts';

/** One peer behind a pair of streams. */
export interface StreamAdapter extends PeerAdapter {
  readonly link: UpstreamLink;
  /**
   * Resolves when the streams are given back: what was written has been taken, or never will be, both are ended, and no lock
   * is held. Never rejects; what went wrong was told to `onError`.
   */
  readonly closed: Promise<void>;
}

/** How a pair of streams is read and written. */
export interface StreamOptions {
  /** Longest message that is handed on; the sender of a longer one is told. Default 10 MiB, as `frameBytesMax`. */
  readonly messageBytesMax?: number;
  /** Bytes that wait for the peer in this process above which the session holds the next ones back. Default 64 KiB. */
  readonly highWaterBytesMax?: number;
  /** For the peer to take what was written last when the session has ended; then the streams are cut. Default 5 s. */
  readonly closeTimeoutMs?: number;
  readonly clock?: Clock;
  /** What broke a stream, for the log; comes before `closed` is reported. A stream that simply ends is no error. */
  readonly onError?: (error: Error) => void;
}

export const streamDefaults = {
  messageBytesMax: defaultLimits.frameBytesMax,
  highWaterBytesMax: 65_536,
  closeTimeoutMs: 5000,
} as const satisfies StreamOptions;

/** @throws LocalError INVALID_OPTION */
export function checkStreamOptions(options: StreamOptions): void {
  for (const name of ['messageBytesMax', 'highWaterBytesMax', 'closeTimeoutMs'] as const) {
    const value = options[name] ?? 0;
    if (value >= 0) continue;
    throw new LocalError('INVALID_OPTION', `${name} is ${value}; allowed is a number from 0 on, or Infinity.`);
  }
}

/** How long somebody who is written to no longer is still heard: what it had said before may be under way. */
export const lastWordsMs = 100;

/** Whom a stream's peer is reported to. */
export class Teller {
  #reports: PeerReports | undefined;
  #isOver = false;
  #isUntold = false;

  /** Undefined when nothing may be told: not yet, or not any more. */
  get reports(): PeerReports | undefined {
    return this.#isOver ? undefined : this.#reports;
  }

  /** @throws LocalError ALREADY_STARTED */
  start(reports: PeerReports): void {
    if (this.#reports !== undefined) throw new LocalError('ALREADY_STARTED', 'The streams have a session already.');
    this.#reports = reports;
    // Whoever starts an adapter does not hear anything before `start` has returned.
    if (this.#isUntold) queueMicrotask(() => reports.closed());
  }

  /** The peer is gone. When that comes before the start, it is told at the start. */
  gone(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#reports === undefined) this.#isUntold = true;
    else this.#reports.closed();
  }

  /** We closed: the session does not want to hear of it any more. */
  silence(): void {
    this.#isOver = true;
    this.#isUntold = false;
  }
}
