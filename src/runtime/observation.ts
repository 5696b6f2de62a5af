/**
 * What an observer of the runtime is told, after the fact and in order. Plain data, copied; nothing to hold on to.
 *
 * Of outcomes it is told what the sessions count, one for one. A request that no session took has none: one that came after
 * the end, or whose event was rolled back, is answered with an error and is in `unplacedEvents` or `rolledBackEvents` of the
 * totals.
 */

import type { Direction, RequestId } from '../protocol/envelope.ts';
import type { TransportType } from '../session/interception.ts';
import type { EndReason, Outcome, SessionState, SessionStatus } from '../session/outcomes.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';

/** One thing that happened, at `at` milliseconds on the clock of the runtime. */
export type Observation =
  | { readonly type: 'session-opened'; readonly sessionId: string; readonly at: number }
  | {
      readonly type: 'state-changed';
      readonly sessionId: string;
      readonly at: number;
      readonly from: SessionState;
      readonly to: SessionState;
      /** Milliseconds that it was in the state it left. */
      readonly dwellMs: number;
      readonly route: string | undefined;
    }
  | {
      readonly type: 'request-settled';
      readonly sessionId: string;
      readonly at: number;
      readonly direction: Direction;
      /** `null` where a request was refused whose id could not be read. */
      readonly id: RequestId | null;
      /** Empty where a request was refused because it is no well-formed message. */
      readonly method: string;
      readonly outcome: Outcome;
      readonly elapsedMs: number;
      /** Milliseconds, of `elapsedMs`, until it was sent on to whoever answers it; `undefined` where it never was. */
      readonly sentAfterMs: number | undefined;
      /** Of the error that its requester was told, whoever made it; `undefined` where there was none, or none that can be read. */
      readonly errorCode: number | undefined;
      readonly transportType: TransportType;
      readonly route: string | undefined;
      /** What the peers of its session have agreed on by now. */
      readonly protocolVersion: string | undefined;
    }
  | { readonly type: 'tags-changed'; readonly sessionId: string; readonly at: number; readonly tags: readonly string[] }
  | {
      readonly type: 'session-ended';
      readonly sessionId: string;
      readonly at: number;
      readonly reason: EndReason;
      readonly status: SessionStatus;
      readonly snapshot: SessionSnapshot;
    };

/** Is called while it happens, so it must be quick. What it throws is logged and harms nobody. */
export type Observer = (observation: Observation) => void;
