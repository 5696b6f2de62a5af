/**
 * The one record of a session, kept under one key of its actor's context: its data, and the unit of work through which alone
 * the data changes.
 */

import { SessionData, type SessionInput } from './session-data.ts';
import { SessionUnit } from './unit-of-work.ts';

export class SessionRecord extends SessionData {
  readonly unit: SessionUnit;
  /** Kept by the runtime: how the chart's present state handles events. */
  plan: unknown = undefined;
  /** Kept by the runtime: the session's place in its registry. */
  place: unknown = undefined;
  /** Kept by a tracer: what it remembers of the session. */
  trace: unknown = undefined;

  constructor(input: SessionInput) {
    super(input);
    this.unit = new SessionUnit(this);
  }
}
