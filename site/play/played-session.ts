/** A session that can be looked at after each of its events, whether it is on a tape or goes on in this page. Types alone. */

import type { SessionView, TracedEvent } from '../../src/inspector/feed-messages.ts';

export interface PlayedSession {
  readonly id: string;
  /** Oldest first; grows in a session that goes on. */
  readonly events: readonly TracedEvent[];
  /** As it was after one of its events. @param index of the event, from 0. */
  viewAt(index: number): SessionView | undefined;
  /** The message of an event, as it was spelled; undefined where it has none, or none is kept. */
  bodyOf(seq: number): string | undefined;
  /** Added to the time of an event, makes milliseconds since 1970. */
  readonly epochOffset: number;
}
