/** What an observer of the runtime is told, after the fact and in order. Plain data, copied; nothing to hold on to. */

import type { Direction, RequestId } from '../protocol/envelope.ts';
import type { EndReason, Outcome, SessionState, SessionStatus } from '../session/outcomes.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';

export type Observation =
  | { readonly type: 'session-opened'; readonly sessionId: string; readonly at: number }
  | {
      readonly type: 'state-changed';
      readonly sessionId: string;
      readonly at: number;
      readonly from: SessionState;
      readonly to: SessionState;
    }
  | {
      readonly type: 'request-settled';
      readonly sessionId: string;
      readonly at: number;
      readonly direction: Direction;
      readonly id: RequestId;
      readonly method: string;
      readonly outcome: Outcome;
      readonly elapsedMs: number;
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

export type Observer = (observation: Observation) => void;
