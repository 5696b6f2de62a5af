/** What a runtime's observers are told, as events of an EventTarget: for programs that are built of listeners. */

import type { Runtime } from '../runtime/api.ts';
import type { Observation } from '../runtime/observation.ts';

/** The event of one kind of observation, which is its `detail`. */
export type ObservationEvent<Type extends Observation['type']> = CustomEvent<
  Extract<Observation, { readonly type: Type }>
>;

/** A listener in either form that EventTarget knows. */
export type ObservationListener<Type extends Observation['type']> =
  ((event: ObservationEvent<Type>) => void) | { handleEvent(event: ObservationEvent<Type>): void };

/** As for every EventTarget. */
export interface ObservationListenerOptions {
  readonly capture?: boolean;
  readonly once?: boolean;
  readonly passive?: boolean;
  readonly signal?: AbortSignal;
}

/** An EventTarget whose events are named by the `type` of an observation. */
export interface ObservationTarget extends EventTarget {
  addEventListener<Type extends Observation['type']>(
    type: Type,
    listener: ObservationListener<Type> | null,
    options?: ObservationListenerOptions | boolean,
  ): void;
  removeEventListener<Type extends Observation['type']>(
    type: Type,
    listener: ObservationListener<Type> | null,
    options?: { readonly capture?: boolean } | boolean,
  ): void;
  /** No more events come. */
  stop(): void;
}

/**
 * What happens in a runtime from now on, as events. Listeners are called while it happens, as observers are, and what one throws
 * is logged by the runtime and harms nobody.
 *
 * ```ts
 * const target = observationTarget(runtime);
 * target.addEventListener('session-ended', ({ detail }) => {
 *   if (detail.status === 'failed') call(detail.sessionId);
 * });
 * ```
 */
export function observationTarget(runtime: Pick<Runtime, 'observe'>): ObservationTarget {
  return new Target(runtime);
}

type AnyListener = Parameters<EventTarget['addEventListener']>[1];

class Target extends EventTarget implements ObservationTarget {
  readonly stop: () => void;
  /** Under which listener of ours each one is known to the platform, which would end a Node process over what one throws. */
  readonly #guarded = new WeakMap<object, (event: Event) => void>();
  #thrown: unknown[] = [];

  constructor(runtime: Pick<Runtime, 'observe'>) {
    super();
    this.stop = runtime.observe((observation) => this.#tell(observation));
  }

  override addEventListener(
    type: string,
    listener: AnyListener | null,
    options?: ObservationListenerOptions | boolean,
  ): void {
    if (listener !== null) super.addEventListener(type, this.#guard(listener), options);
  }

  override removeEventListener(
    type: string,
    listener: AnyListener | null,
    options?: EventListenerOptions | boolean,
  ): void {
    if (listener !== null) super.removeEventListener(type, this.#guard(listener), options);
  }

  #tell(observation: Observation): void {
    this.dispatchEvent(new CustomEvent(observation.type, { detail: observation }));
    const thrown = this.#thrown;
    if (thrown.length === 0) return;
    this.#thrown = [];
    throw thrown.length === 1 ? thrown[0] : new AggregateError(thrown, 'Several listeners threw.');
  }

  #guard(listener: AnyListener): (event: Event) => void {
    const known = this.#guarded.get(listener);
    if (known !== undefined) return known;
    const guarded = (event: Event): void => {
      try {
        if (typeof listener === 'function') listener.call(this, event);
        else listener.handleEvent(event);
      } catch (error) {
        this.#thrown.push(error);
      }
    };
    this.#guarded.set(listener, guarded);
    // Node takes a listener away through this class when its signal aborts.
    this.#guarded.set(guarded, guarded);
    return guarded;
  }
}
