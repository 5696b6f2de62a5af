/**
 * What the log is told of events that found no session, or not one of their own: a warning for a frame (S4), since a peer
 * said it and nobody acts on it; a line for whoever looks closely for all else. Peers that go on talking must not fill the log. Does not count for users.
 */

import type { Log } from '../ports.ts';
import type { Direction } from '../protocol/envelope.ts';
import type { SessionEvent } from '../session/events.ts';
import type { Sender } from './api.ts';
import { warnOfNoise } from './noise.ts';
import { frameFields } from './session-logic.ts';

export class UnplacedLog {
  readonly #log: Log;
  #frames = 0;
  #foreign = 0;

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

  /** Somebody speaks to a session that is not theirs. */
  noteForeign(sessionId: string, direction: Direction, bytes: number, from: Sender): void {
    this.#foreign++;
    warnOfNoise(this.#log, this.#foreign, 'a message came from somebody else than whom its session belongs to', () => ({
      session: sessionId,
      direction,
      bytes,
      principal: from.principal,
      route: from.route,
    }));
  }

  #warn(fields: () => Readonly<Record<string, unknown>>): void {
    this.#frames++;
    warnOfNoise(this.#log, this.#frames, 'the session of this frame has ended', fields);
  }
}
