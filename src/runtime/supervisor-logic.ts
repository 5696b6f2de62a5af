/**
 * The supervisor's actor logic: its chart decides about the life of the whole; frames and the ends of sessions pass around
 * the interpreter, each in constant time. XState's own child book-keeping copies a list of all children for each one that
 * comes or goes, and remembers the id of each that ever was.
 */

import type { AnyEventObject, AnyMachineSnapshot, ActorScope, ActorSystem, ActorSystemInfo } from 'xstate';
import { type SupervisorEvent, supervisorMachine } from '../../machines/supervisor.ts';
import type { SessionEvent } from '../session/events.ts';
import type { Registry, Slot } from './registry.ts';
import type { SessionHost } from './session-host.ts';

/** A session's event on its way through the supervisor. */
export interface RoutedEvent {
  readonly type: 'session.event';
  readonly sessionId: string;
  readonly event: SessionEvent;
  /** Who is told when the session is not there any more; nobody waits for what a timer sends. */
  readonly host: SessionHost | undefined;
}

export type SupervisorActorEvent = SupervisorEvent | RoutedEvent;

const donePrefix = 'xstate.done.actor.';
const errorPrefix = 'xstate.error.actor.';

export interface SupervisorHooks {
  readonly registry: Registry;
  /** The session's actor is over, and out of the registry. With an error: it died of a defect instead of ending. */
  left(slot: Slot, error: unknown): void;
  /** There is no such session any more. */
  unplaced(routed: RoutedEvent): void;
}

export function supervisorLogic(hooks: SupervisorHooks): typeof supervisorMachine {
  const { registry } = hooks;
  const logic = Object.create(supervisorMachine) as typeof supervisorMachine;

  function transition(
    snapshot: AnyMachineSnapshot,
    event: AnyEventObject,
    scope: ActorScope<AnyMachineSnapshot, AnyEventObject, ActorSystem<ActorSystemInfo>>,
  ): AnyMachineSnapshot {
    if (event.type === 'session.event') {
      const routed = event as unknown as RoutedEvent;
      const slot = registry.get(routed.sessionId);
      // A session may have ended and not yet been taken out; XState would drop the event without a word.
      if (slot === undefined || slot.record.hasEnded) hooks.unplaced(routed);
      else slot.ref.send(routed.event);
      return snapshot;
    }
    if (event.type.startsWith(donePrefix))
      return leave(event.type.slice(donePrefix.length), undefined, scope, snapshot);
    if (event.type.startsWith(errorPrefix)) {
      return leave(event.type.slice(errorPrefix.length), event['error'] ?? new Error('unknown'), scope, snapshot);
    }
    return supervisorMachine.transition(snapshot as never, event as never, scope as never);
  }

  function leave(
    id: string,
    error: unknown,
    scope: ActorScope<AnyMachineSnapshot, AnyEventObject, ActorSystem<ActorSystemInfo>>,
    snapshot: AnyMachineSnapshot,
  ): AnyMachineSnapshot {
    const slot = registry.remove(id);
    if (slot === undefined) return snapshot;
    scope.defer(() => hooks.left(slot, error));
    if (registry.size > 0) return snapshot;
    return supervisorMachine.transition(snapshot as never, { type: 'supervisor.emptied' } as never, scope as never);
  }

  Object.defineProperty(logic, 'transition', { value: transition });
  return logic;
}
