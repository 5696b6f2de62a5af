/**
 * Who sees every event of every session as it is decided: the ring behind the inspector, and recorders. It stands on the path of
 * each frame, so it notes and returns; what it is handed is the runtime's own and must not be changed, and not be kept longer than
 * its reader can bear: an event holds its frame, and a frame the chunk that it was read from.
 */

import type { Direction, Frame } from '../protocol/envelope.ts';
import type { Effect } from '../session/effects.ts';
import type { SessionEvent } from '../session/events.ts';
import type { SessionState } from '../session/outcomes.ts';
import type { SessionRecord } from '../session/record.ts';

/** What became of an event: decided, no transition of the present state takes it, or undone because something threw. */
export type Decision = 'committed' | 'unexpected' | 'rolled-back';

export interface Tracer {
  /** A session has opened: nothing has happened to it yet. */
  opened(record: SessionRecord): void;
  /**
   * An event has been decided; what it asks of the world is not done yet.
   * @param from the state before it; `record.state` is the one after it.
   * @param effects in the order in which they will be performed; none unless it was committed.
   */
  decided(
    record: SessionRecord,
    event: SessionEvent,
    decision: Decision,
    from: SessionState,
    effects: readonly Effect[],
  ): void;
  /** The session is over and will have no further event. */
  ended(record: SessionRecord): void;
  /** Limits or times of sessions that are open are others from here on. */
  resettled?(at: number): void;
  /** Something that no session took. */
  unplaced?(fact: UnplacedFact): void;
}

/** Over HTTP a session is asked for its stream, or to end, with no message. */
export type SessionMethod = 'GET' | 'DELETE';

/**
 * An event for a session that was there no more; a message or a method that names a session which nobody knows; or a message from
 * somebody else than whom its session belongs to.
 */
export type UnplacedFact =
  | { readonly type: 'ended'; readonly sessionId: string; readonly at: number; readonly event: SessionEvent }
  | {
      readonly type: 'unknown';
      readonly sessionId: string;
      readonly at: number;
      readonly said: Frame | SessionMethod;
    }
  | {
      readonly type: 'foreign';
      readonly sessionId: string;
      readonly at: number;
      readonly direction: Direction;
      readonly bytes: number;
    };
