/** What a view of a session may ask of its process. Types alone. */

import type { Body } from '../feed-messages.ts';
import type { AdminAnswer } from './connection/admin.ts';

export interface SessionActions {
  /** A piece of the body of an event's frame. Rejects, with a sentence, when it is gone or the process is. */
  readonly readBody: (seq: number, from?: number) => Promise<Body>;
  /** Shows one event. */
  readonly openEvent: (seq: number) => void;
  /** Ends the session. */
  readonly close: () => Promise<AdminAnswer>;
  /** Puts a tag on the session, or takes it off. */
  readonly tag: (tag: string, isSet: boolean) => Promise<AdminAnswer>;
}
