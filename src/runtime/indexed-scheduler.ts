/**
 * Gives an actor system of XState a scheduler that knows which delayed events belong to which actor. XState's own looks
 * through the delayed events of the whole system whenever one actor stops, which with 10 000 sessions costs more than
 * everything else a session does. Decides nothing about what is delivered, when, or to whom.
 */
import type { AnyActorRef, EventObject } from 'xstate';
import type { Clock, TimerHandle } from '../ports.ts';

type ActorSystem = AnyActorRef['system'];

/** The part of XState's system that its types leave out: delivers an event and tells inspectors about it. */
interface Relaying {
  _relay(source: AnyActorRef, target: AnyActorRef, event: EventObject): void;
}

/** A delayed event without an id cannot be cancelled by name; a number stands for it, which no name can equal. */
type TimerKey = string | number;

/**
 * Replaces the scheduler of the system for good. Call it once, between `createActor(root)` and `root.start()`.
 *
 * One difference from XState: an event that is scheduled under an id that still waits replaces the one that waits. XState
 * lets both fire and can no longer cancel the first.
 *
 * @throws Error when the system is not shaped as that of XState 5.33, or has events waiting already.
 */
export function indexScheduler(system: ActorSystem, clock: Clock): void {
  if (!hasKnownShape(system)) {
    throw new Error(
      'This XState schedules delayed events in another way than 5.33 does, or was given a scheduler before',
    );
  }
  if (Object.keys(system.getSnapshot()._scheduledEvents).length > 0) {
    throw new Error('Events wait in this actor system already: index its scheduler before its root actor starts');
  }

  const timersOf = new Map<AnyActorRef, Map<TimerKey, TimerHandle>>();
  let unnamed = 0;

  function forget(source: AnyActorRef, key: TimerKey): TimerHandle {
    const timers = timersOf.get(source);
    const timer = timers?.get(key);
    timers?.delete(key);
    if (timers?.size === 0) timersOf.delete(source);
    return timer;
  }

  function remember(source: AnyActorRef, key: TimerKey, timer: TimerHandle): void {
    const timers = timersOf.get(source);
    if (timers === undefined) timersOf.set(source, new Map([[key, timer]]));
    else timers.set(key, timer);
  }

  function cancel(source: AnyActorRef, key: TimerKey): void {
    const timer = forget(source, key);
    if (timer !== undefined) clock.clearTimeout(timer);
  }

  system.scheduler.schedule = (source, target, event, delayMs, id) => {
    const key = id ?? (unnamed += 1);
    cancel(source, key);
    const deliver = () => {
      forget(source, key);
      system._relay(source, target, event);
    };
    remember(source, key, clock.setTimeout(deliver, delayMs));
  };

  system.scheduler.cancel = cancel;

  system.scheduler.cancelAll = (source) => {
    for (const timer of timersOf.get(source)?.values() ?? []) clock.clearTimeout(timer);
    timersOf.delete(source);
  };
}

/** Numbers of parameters are compared too: they are the only sign a running program has of what a function expects. */
function hasKnownShape(system: ActorSystem): system is ActorSystem & Relaying {
  return (
    parametersOf(system, '_relay') === 3 &&
    parametersOf(system, 'getSnapshot') === 0 &&
    parametersOf(system.scheduler, 'schedule') === 4 &&
    parametersOf(system.scheduler, 'cancel') === 2 &&
    parametersOf(system.scheduler, 'cancelAll') === 1
  );
}

function parametersOf(owner: object | undefined, method: string): number | undefined {
  const value: unknown = owner === undefined ? undefined : Reflect.get(owner, method);
  return typeof value === 'function' ? value.length : undefined;
}
