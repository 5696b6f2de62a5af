/**
 * Who looks at a runtime and has no say in it: observers, the tracer, and callbacks of whoever embeds it. What one of them throws is
 * logged, and harms neither a session nor the next of them.
 */

import type { Log } from '../ports.ts';
import type { Effect } from '../session/effects.ts';
import type { SessionEvent } from '../session/events.ts';
import type { SessionState } from '../session/outcomes.ts';
import type { SessionRecord } from '../session/record.ts';
import type { Observation, Observer } from './observation.ts';
import type { Decision, Tracer, UnplacedFact } from './tracer.ts';

export class Onlookers {
  readonly #tracer: Tracer | undefined;
  readonly #log: Log;
  readonly #observers = new Set<Observer>();

  constructor(tracer: Tracer | undefined, log: Log) {
    this.#tracer = tracer;
    this.#log = log;
  }

  /** False: an observation need not be made, since nobody would be told of it. */
  get areTold(): boolean {
    return this.#observers.size > 0;
  }

  /** Returns how to take it back. */
  add(observer: Observer): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  tell(observation: Observation): void {
    for (const observer of this.#observers) {
      try {
        observer(observation);
      } catch (error) {
        this.#log.error({ error, observation: observation.type }, 'an observer threw');
      }
    }
  }

  /** Calls back whoever embeds the runtime. */
  call(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.#log.error({ error }, 'a callback threw');
    }
  }

  opened(record: SessionRecord): void {
    try {
      this.#tracer?.opened(record);
    } catch (error) {
      this.#tracerThrew(error);
    }
  }

  decided(
    record: SessionRecord,
    event: SessionEvent,
    decision: Decision,
    from: SessionState,
    effects: readonly Effect[],
  ): void {
    try {
      this.#tracer?.decided(record, event, decision, from, effects);
    } catch (error) {
      this.#tracerThrew(error);
    }
  }

  ended(record: SessionRecord): void {
    try {
      this.#tracer?.ended(record);
    } catch (error) {
      this.#tracerThrew(error);
    }
  }

  resettled(at: number): void {
    try {
      this.#tracer?.resettled?.(at);
    } catch (error) {
      this.#tracerThrew(error);
    }
  }

  unplaced(fact: UnplacedFact): void {
    try {
      this.#tracer?.unplaced?.(fact);
    } catch (error) {
      this.#tracerThrew(error);
    }
  }

  #tracerThrew(error: unknown): void {
    this.#log.error({ error }, 'a tracer threw');
  }
}
