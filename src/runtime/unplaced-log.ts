/**
 * What the log is told of events that found no session: a warning for a frame (S4), since a peer said it and nobody acts on
 * it; a line for whoever looks closely for all else. Peers that go on talking must not fill the log. Does not count for users.
 */

import type { Log } from '../ports.ts';
import type { SessionEvent } from '../session/events.ts';
import { warnOfNoise } from './noise.ts';
import { frameFields } from './session-logic.ts';

export class UnplacedLog {
  readonly #log: Log;
  #frames = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  note(sessionId: string, event: SessionEvent): void {
    const fields = { session: sessionId, event: event.type };
    if ('frame' in event) this.#warn(() => ({ ...fields, ...frameFields(event) }));
    else if (event.type === 'frame.malformed') {
      const { direction, fault, bytes } = event;
      this.#warn(() => ({ ...fields, direction, fault: fault.fault, bytes }));
    } else this.#log.debug(fields, 'the session has ended');
  }

  #warn(fields: () => Readonly<Record<string, unknown>>): void {
    this.#frames++;
    warnOfNoise(this.#log, this.#frames, 'the session of this frame has ended', fields);
  }
}
