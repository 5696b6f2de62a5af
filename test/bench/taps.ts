/**
 * Listens in on the runtime from outside, while something happens in it: which events come to sessions, and which of them
 * XState's interpreter decides. The product has no hooks for this; methods are replaced for the time of one call.
 */

import { sessionMachine } from '../../machines/session.ts';
import { Router } from '../../src/runtime/router.ts';
import type { SessionEvent } from '../../src/session/events.ts';

/** An event that came to a session, and the way to send it again. */
export interface RoutedEvent {
  readonly event: SessionEvent;
  readonly again: () => void;
}

/** The events that come to sessions during `act`, in order. */
export function eventsDuring(act: () => void): readonly RoutedEvent[] {
  const seen: RoutedEvent[] = [];
  during(
    Router.prototype,
    'route',
    (route) =>
      function tapped(this: Router, ...[sessionId, event, host]: Parameters<Router['route']>): void {
        seen.push({ event, again: () => this.route(sessionId, event, host) });
        route.call(this, sessionId, event, host);
      },
    act,
  );
  return seen;
}

/** How many events of sessions XState's interpreter decides during `act`. */
export function interpretedDuring(act: () => void): number {
  let count = 0;
  during(
    sessionMachine,
    'transition',
    (transition) =>
      function tapped(this: typeof sessionMachine, ...parameters: Parameters<typeof transition>) {
        // Those are XState's own: an actor that starts or stops is no event of a session.
        if (!parameters[1].type.startsWith('xstate.')) count += 1;
        return transition.apply(this, parameters);
      },
    act,
  );
  return count;
}

/** Replaces a method while `act` runs. */
function during<T extends object, K extends keyof T>(
  of: T,
  name: K,
  replacement: (method: T[K]) => T[K],
  act: () => void,
): void {
  const own = Object.getOwnPropertyDescriptor(of, name);
  Object.defineProperty(of, name, { value: replacement(of[name]), configurable: true, writable: true });
  try {
    act();
  } finally {
    if (own === undefined) Reflect.deleteProperty(of, name);
    else Object.defineProperty(of, name, own);
  }
}
