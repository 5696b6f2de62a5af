/** A rule of the author of a thing under test: something that may be done in a play besides what everybody does. Types alone. */

import type { Clock } from '../../ports.ts';
import type { History, WireMessage } from './history.ts';
import type { Model } from './model.ts';

/** What a rule is given. */
export interface RuleWorld {
  /** What is there: connections, and who waits for what. Read it, and leave it as it is. */
  readonly model: Model;
  readonly clock: Clock;
  readonly history: History;
  /** Says something on an open connection, marked as everything is that we say. `about`: see Sent. */
  readonly send: (connection: number, message: WireMessage, about?: number) => void;
}

export interface Rule<Value = unknown> {
  /** Whether it can be followed now; always, unless said otherwise. */
  when?(model: Model): boolean;
  /** Follows it. A text that is returned says what is wrong, and breaks the law `rules`. */
  run(world: RuleWorld, value: Value): Promise<string | void> | string | void;
}
