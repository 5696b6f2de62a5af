/**
 * What the log is told of events that found no session: a warning for a frame (S4), since a peer said it and nobody acts on
 * it; a line for whoever looks closely for all else. Peers that go on talking must not fill the log. Does not count for users.
 */

import type { Log } from '../ports.ts';
import type { SessionEvent } from '../session/events.ts';
import { frameFields, noiseLinesMax } from './session-logic.ts';

export class UnplacedLog {
  readonly #log: Log;
  #frames = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  note(sessionId: string, event: SessionEvent): void {
    const fields = { session: sessionId, event: event.type };
    if ('frame' in event) this.#warn({ ...fields, ...frameFields(event) });
    else if (event.type === 'frame.malformed') {
      this.#warn({ ...fields, direction: event.direction, fault: event.fault.fault, bytes: event.bytes });
    } else this.#log.debug(fields, 'the session has ended');
  }

  #warn(fields: Readonly<Record<string, unknown>>): void {
    if (this.#frames >= noiseLinesMax) return;
    this.#frames++;
    const text = 'the session of this frame has ended';
    this.#log.warn(fields, this.#frames === noiseLinesMax ? `${text} (further ones are only counted)` : text);
  }
}
