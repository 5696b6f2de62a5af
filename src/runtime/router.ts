/**
 * Brings events to their sessions: one at a time, in the order in which they were routed, each with all its effects before
 * the next. What leaves a session's chart where it is (nearly every frame) is decided in place; everything else goes through
 * the supervisor's mailbox and the session's own. Does not know what events mean.
 */

import type { SessionEvent } from '../session/events.ts';
import type { Registry, Slot } from './registry.ts';
import type { SessionHost } from './session-host.ts';
import type { RoutedEvent } from './supervisor-logic.ts';

export interface RouterOptions {
  readonly registry: Registry;
  /** Decides an event for a session at rest without its mailbox; false when its actor has to. */
  takeInPlace(slot: Slot, event: SessionEvent): boolean;
  /** Sends the event through the supervisor's mailbox. */
  send(routed: RoutedEvent): void;
  /** Something threw where nothing may: the session cannot be trusted any more. */
  defect(slot: Slot, error: unknown): void;
}

/** So many events that were brought may stand before those that wait. */
const forgottenAt = 1000;

export class Router {
  readonly #options: RouterOptions;
  #isBusy = false;
  #waiting: RoutedEvent[] = [];

  constructor(options: RouterOptions) {
    this.#options = options;
  }

  /**
   * @param host who is told when the session is not there any more.
   * @throws what the supervisor throws, when everything that waits has been brought.
   */
  route(sessionId: string, event: SessionEvent, host: SessionHost | undefined): void {
    if (this.#isBusy) {
      this.#waiting.push({ type: 'session.event', sessionId, event, host });
      return;
    }
    this.#isBusy = true;
    try {
      this.#bring(sessionId, event, host);
    } finally {
      this.#bringWaiting();
    }
  }

  /** What came meanwhile, and what comes meanwhile. One that fails keeps none of the others from its session. */
  #bringWaiting(): void {
    let failure: { readonly error: unknown } | undefined;
    for (let next = 0; next < this.#waiting.length; next++) {
      const { sessionId, event, host } = this.#waiting[next]!;
      try {
        this.#bring(sessionId, event, host);
      } catch (error) {
        failure ??= { error };
      }
      // Peers that answer each other at once can keep this up for long.
      if (next === forgottenAt) {
        this.#waiting.splice(0, next + 1);
        next = -1;
      }
    }
    if (this.#waiting.length > 0) this.#waiting = [];
    this.#isBusy = false;
    if (failure !== undefined) throw failure.error;
  }

  #bring(sessionId: string, event: SessionEvent, host: SessionHost | undefined): void {
    const options = this.#options;
    const { registry } = options;
    const slot = host === undefined ? registry.get(sessionId) : registry.slotOf(host.record);
    if (slot !== undefined && !slot.record.hasEnded) {
      try {
        if (options.takeInPlace(slot, event)) return;
      } catch (error) {
        options.defect(slot, error);
        return;
      }
    }
    options.send({ type: 'session.event', sessionId, event, host });
  }
}
