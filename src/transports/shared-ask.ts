/** What members of a shared server ask, and what is to be done about it: decided by one part, done by another. Types only. */

import type { Frame, RequestId } from '../protocol/envelope.ts';
import type { SendEffect } from '../session/effects.ts';
import type { PendingEntry } from '../session/pending.ts';
import type { SharedMember } from './shared-member.ts';

/** A request of a member, as it would go to the server. */
export interface Ask {
  readonly member: SharedMember;
  /** The id under which it is sent. */
  readonly id: RequestId;
  readonly entry: PendingEntry;
  /** As its sender wrote it. */
  readonly frame: Frame;
  readonly message: readonly Uint8Array[];
  readonly about: SendEffect;
}

/** An answer that a member gets in the server's place. */
export interface Answer {
  readonly member: SharedMember;
  readonly message: Uint8Array;
}

/** What follows from something that was asked, answered, or given up; often nothing. */
export interface Steps {
  readonly answers?: readonly Answer[];
  /** These go to the server. */
  readonly sends?: readonly Ask[];
  /** Nobody wants to hear of these resources any more. */
  readonly unsubscribes?: readonly string[];
}
