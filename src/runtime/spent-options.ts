/**
 * What an actor was created with, let go of once it has started. XState joins an actor's options out of its own and those given to
 * it, and V8 gives each such object a hidden class of its own: with the input of the session that it holds, some 430 bytes that
 * nobody asks for any more.
 */

import type { Actor, AnyActorLogic } from 'xstate';

const spent = {};

/** @param actor that has been started. XState reads its options once more only where its development tools are attached. */
export function forgetOptions<TLogic extends AnyActorLogic>(actor: Actor<TLogic>): void {
  actor.options = spent;
}
