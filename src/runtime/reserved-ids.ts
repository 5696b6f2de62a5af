/** Ids of sessions, some of which were agreed on with others before the session is opened. Knows nothing of whom they were agreed with. */

import type { Ids } from '../ports.ts';
import { randomId } from './random-id.ts';

export class ReservedIds implements Ids {
  #reserved: string | undefined = undefined;

  sessionId(): string {
    const id = this.#reserved ?? randomId();
    this.#reserved = undefined;
    return id;
  }

  /** The session that `open` opens, if it does, has this id; any other one has an id that nobody has said before. */
  opening<Opened>(id: string | undefined, open: () => Opened): Opened {
    this.#reserved = id;
    try {
      return open();
    } finally {
      this.#reserved = undefined;
    }
  }
}
